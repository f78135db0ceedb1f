import { setTimeout as sleep } from "node:timers/promises";

import { Agent, tool } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

const nothing = z.object({});
const usage = { inputTokens: 10, outputTokens: 1, totalTokens: 11 };
const never = (): Promise<never> => new Promise(() => {});

/** A model that hands one task to `expert` and answers. */
function asking() {
  return scripted([
    { toolCalls: [{ name: "expert", input: { task: "Find it." } }], usage },
    { text: "Found.", usage },
  ]);
}

test("an agent as a tool gets a task, and its answer is the output", async () => {
  const inner = scripted(["It is here."]);
  const expert = new Agent({ model: inner, instructions: "Search." }).asTool({
    description: "Finds things",
  });
  const model = asking();

  const result = await new Agent({ model, tools: { expert } }).run("Where is it?");

  expect(result).toMatchObject({ status: "completed", output: "Found." });
  expect(result.steps[0]?.toolResults).toMatchObject([
    { toolName: "expert", input: { task: "Find it." }, output: "It is here." },
  ]);
  expect(inner.requests).toMatchObject([
    { instructions: "Search.", messages: [{ role: "user", content: "Find it." }] },
  ]);
  expect(model.requests[0]?.tools).toMatchObject([
    { name: "expert", description: "Finds things", parameters: { required: ["task"] } },
  ]);
});

test("a task that is no text is the model's to mend", async () => {
  const inner = scripted(["Never asked."]);
  const expert = new Agent({ model: inner }).asTool({ description: "x" });
  const model = scripted([{ toolCalls: [{ name: "expert", input: { task: " " } }] }, "Sorry."]);

  const result = await new Agent({ model, tools: { expert } }).run("Go.");

  expect(result.steps[0]?.toolResults).toMatchObject([{ error: { code: "invalid-input" } }]);
  expect(inner.requests).toHaveLength(0);
});

test("its events come as progress", async () => {
  const expert = new Agent({ model: scripted(["It is here."]), name: "finder" }).asTool({
    description: "x",
  });
  const agent = new Agent({ model: asking(), tools: { expert } });
  const inner: unknown[] = [];
  for await (const event of agent.stream("Go.", { runId: "r" }))
    if (event.type === "tool-progress") inner.push(event.value);

  expect(inner).toMatchObject([
    { type: "start", runId: "r:call-1", agent: "finder" },
    { type: "step-start", step: 1 },
    { type: "text-delta" },
    { type: "text-delta" },
    { type: "text-delta" },
    { type: "step-finish", step: 1 },
    { type: "finish", result: { status: "completed" } },
  ]);
});

test("what it consumed is added to the outer run, also when it fails", async () => {
  const answers = new Agent({ model: scripted([{ text: "Here.", usage }]) });
  const fails = new Agent({
    model: scripted([{ toolCalls: [{ name: "none" }], usage }, { error: new Error("down") }]),
  });

  for (const each of [answers, fails]) {
    const agent = new Agent({
      model: asking(),
      tools: { expert: each.asTool({ description: "x" }) },
    });
    expect((await agent.run("Go.")).usage).toMatchObject({ inputTokens: 30, totalTokens: 33 });
  }
});

test.for<[string, Agent, string]>([
  [
    "fails",
    new Agent({ model: scripted([{ error: new Error("no credit") }]) }),
    "Error: no credit",
  ],
  [
    "stops",
    new Agent({ model: scripted([{ text: "Hm.", toolCalls: [{ name: "x" }] }]), maxSteps: 1 }),
    "Error: The agent stopped (max-steps) before it had an answer. Its last words: Hm.",
  ],
])("a subagent that %s is a tool error", async ([, each, content]) => {
  const model = asking();
  const agent = new Agent({ model, tools: { expert: each.asTool({ description: "x" }) } });

  expect(await agent.run("Go.")).toMatchObject({ status: "completed" });
  expect(model.requests[1]?.messages.at(-1)).toMatchObject({ content, isError: true });
});

test("an abort reaches the tools of the innermost agent", async () => {
  const signals: AbortSignal[] = [];
  let cleaned = 0;
  const wait = tool({
    description: "Wait",
    inputSchema: nothing,
    execute: async function* (_, { signal }) {
      signals.push(signal);
      try {
        yield "at work";
        await sleep(5_000, undefined, { signal });
      } finally {
        cleaned++;
      }
    },
  });
  const inner = new Agent({
    model: scripted([{ toolCalls: [{ name: "wait" }] }]),
    tools: { wait },
  });
  const middle = new Agent({
    model: asking(),
    tools: { expert: inner.asTool({ description: "x" }) },
  });
  const outer = new Agent({
    model: asking(),
    tools: { expert: middle.asTool({ description: "x" }) },
  });
  const controller = new AbortController();
  const ended = outer.run("Go.", { signal: controller.signal });
  await sleep(30);

  const abortedAt = performance.now();
  controller.abort("enough");

  expect(await ended).toMatchObject({ status: "aborted", reason: "enough" });
  expect(performance.now() - abortedAt).toBeLessThan(50);
  expect(signals.map(({ reason }) => reason as unknown)).toEqual(["enough"]);
  await sleep(5);
  expect(cleaned).toBe(1);
});

test.for(["read", "write"] as const)(
  "its timeout reaches the tools inside, and a lost write is told (%s)",
  async (effect) => {
    const signals: AbortSignal[] = [];
    const wait = tool({
      description: "Wait",
      inputSchema: nothing,
      effect,
      execute: (_, { signal }) => {
        signals.push(signal);
        return never();
      },
    });
    const expert = new Agent({
      model: scripted([{ toolCalls: [{ name: "wait" }] }]),
      tools: { wait },
    }).asTool({ description: "x", timeoutMs: 30 });
    const model = asking();

    const startedAt = performance.now();
    const result = await new Agent({ model, tools: { expert } }).run("Go.");

    expect(performance.now() - startedAt).toBeLessThan(80);
    expect(result).toMatchObject({ status: "completed", output: "Found." });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(model.requests[1]?.messages.at(-1)?.content).toBe(
      effect === "read"
        ? "The tool did not finish within 30 ms."
        : "The tool did not finish within 30 ms. Its outcome is unknown: it may have taken effect.",
    );
  },
);

test("the context of the run is the context of its subagents", async () => {
  const seen: unknown[] = [];
  const look = tool({
    description: "Look",
    inputSchema: nothing,
    execute: (_, { context }) => seen.push(context),
  });
  const expert = new Agent({
    model: scripted([{ toolCalls: [{ name: "look" }] }, "Here."]),
    tools: { look },
    instructions: (context) => {
      seen.push(context);
      return "Look.";
    },
  }).asTool({ description: "x" });
  const context = { user: "Ada" };

  await new Agent({ model: asking(), tools: { expert } }).run("Go.", { context });

  expect(seen).toEqual([context, context]);
  expect(seen[0]).toBe(context);
});

test("the name of an inner run is made of what a name may hold", async () => {
  const inner = scripted(["One.", "Two."]);
  const expert = new Agent({ model: inner }).asTool({ description: "x" });
  const toolCalls = ["call|ä\n", "call_7cä\n"].map((id) => ({
    id,
    name: "expert",
    input: { task: "Go." },
  }));
  const model = scripted([{ toolCalls }, "Done."]);

  await new Agent({ model, tools: { expert } }).run("Go.", { runId: "r" });

  const ids = inner.requests.map(({ requestId }) => requestId);
  expect(ids).toMatchObject(
    [/^[\w.:-]+$/, /^[\w.:-]+$/].map((each) => expect.stringMatching(each)),
  );
});
