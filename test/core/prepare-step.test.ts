import { Agent, type PrepareStep, tool } from "@pawl/core";
import { scripted, type ScriptedTurn } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

const nothing = z.object({});
const tools = {
  look: tool({ description: "Look", inputSchema: nothing, execute: () => "seen" }),
  drop: tool({ description: "Drop", inputSchema: nothing, execute: () => "dropped" }),
};

/** An agent that is prepared like this, and what its model is asked. */
function prepared(prepareStep: PrepareStep, turns: readonly (string | ScriptedTurn)[]) {
  const model = scripted(turns);
  return { model, agent: new Agent({ model, instructions: "Base.", tools, prepareStep }) };
}

const look = { toolCalls: [{ name: "look" }] };

test("a step can have other instructions, messages, tools and choice, and the next one has the usual again", async () => {
  const { agent, model } = prepared(
    ({ step, messages }) =>
      step === 2
        ? {
            instructions: "Be brief.",
            messages: messages.slice(0, 1),
            activeTools: ["drop"],
            toolChoice: { tool: "drop" },
          }
        : undefined,
    [look, { toolCalls: [{ name: "drop" }] }, "Done."],
  );

  const { messages } = await agent.run("Go.");

  expect(model.requests[1]).toMatchObject({
    instructions: "Be brief.",
    messages: [{ role: "user", content: "Go." }],
    tools: [{ name: "drop" }],
    toolChoice: { tool: "drop" },
  });
  expect(model.requests[2]).toMatchObject({
    instructions: "Base.",
    tools: [{ name: "look" }, { name: "drop" }],
    toolChoice: "auto",
  });
  expect(model.requests[2]?.messages).toHaveLength(5);
  expect(messages).toHaveLength(6);
});

test("a step can ask another model", async () => {
  const large = scripted(["The large one."]);
  const { agent, model } = prepared(({ step }) => (step === 2 ? { model: large } : {}), [look]);

  expect(await agent.run("Go.")).toMatchObject({ status: "completed", text: "The large one." });
  expect(model.requests).toHaveLength(1);
  expect(large.requests[0]?.messages).toHaveLength(3);
});

test("a call of a tool that is not offered in its step does not run", async () => {
  const { agent, model } = prepared(() => ({ activeTools: ["drop"] }), [look, "Done."]);

  const { steps } = await agent.run("Go.");

  expect(steps[0]?.toolResults).toMatchObject([
    { error: { code: "unknown-tool", outcome: "not-run" } },
  ]);
  expect(model.requests[1]?.messages.at(-1)?.content).toBe(
    'Not executed: "look" is not among the tools of this step.',
  );
});

test("the same tools are the same list, so that what was made of them stays good", async () => {
  const { agent, model } = prepared(
    ({ step }) => ({ activeTools: step === 2 ? [] : ["look"] }),
    [look, look, "Done."],
  );

  await agent.run("Go.");

  expect(model.requests[2]?.tools).toBe(model.requests[0]?.tools);
  expect(model.requests[1]?.tools).toEqual([]);
});

test("it is told of the run so far", async () => {
  const seen: unknown[] = [];
  const { agent } = prepared(
    ({ step, runId, agent: name, context, messages, steps, usage, signal }) => {
      seen.push([step, runId, name, context, messages.length, steps.length, usage.totalTokens]);
      expect(signal.aborted).toBe(false);
    },
    [{ ...look, usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 } }, "Done."],
  );

  await agent.run("Go.", { runId: "run-1", context: 7 });

  expect(seen).toEqual([
    [1, "run-1", "agent", 7, 1, 0, 0],
    [2, "run-1", "agent", 7, 3, 1, 5],
  ]);
});

test("what it throws fails the run with its words, and the steps before it are kept", async () => {
  const { agent } = prepared(
    ({ step }) => {
      if (step === 2) throw new Error("no plan");
    },
    [look],
  );

  expect(await agent.run("Go.")).toMatchObject({
    status: "failed",
    error: { message: "no plan" },
    steps: [{ step: 1 }],
  });
});

test("a history that it cuts in the middle is mended, as one that is given to a run", async () => {
  const { agent, model } = prepared(
    ({ messages }) => ({ messages: messages.slice(-3) }),
    [
      { toolCalls: [{ name: "look" }, { name: "drop" }, { name: "look" }, { name: "drop" }] },
      "Done.",
    ],
  );

  const failed = await agent.run("Go.");
  const { agent: kept, model: asked } = prepared(
    ({ messages }) => ({ messages: [{ role: "user", content: "On." }, ...messages.slice(-1)] }),
    [look, "Done."],
  );
  await kept.run("Go.");

  expect(failed).toMatchObject({ status: "failed" });
  expect(model.requests).toHaveLength(1);
  expect(asked.requests[1]?.messages).toEqual([{ role: "user", content: "On." }]);
});

test("what it does to the list of messages stays its own", async () => {
  const { agent } = prepared(
    ({ messages }) => {
      (messages as unknown[]).length = 0;
    },
    [look, "Done."],
  );

  const { messages, status } = await agent.run("Go.");

  expect(status).toBe("completed");
  expect(messages.map(({ role }) => role)).toEqual(["user", "assistant", "tool", "assistant"]);
});

test("it cannot hold up a step's deadline, which fails the run", async () => {
  const model = scripted([]);
  const agent = new Agent({
    model,
    timeouts: { stepMs: 20 },
    prepareStep: () => new Promise(() => {}),
  });

  expect(await agent.run("Go.")).toMatchObject({
    status: "failed",
    error: { code: "timeout", message: expect.stringContaining("20 ms") },
  });
});

test("it cannot hold up an abort", async () => {
  const { agent } = prepared(() => new Promise(() => {}), []);
  const startedAt = performance.now();

  const result = await agent.run("Go.", { signal: AbortSignal.timeout(20) });

  expect(result.status).toBe("aborted");
  expect(performance.now() - startedAt).toBeLessThan(70);
});

test.for([
  [{ models: [] }, 'prepareStep: unknown option "models". Did you mean "model"?'],
  [{ model: "gpt" }, 'prepareStep: "model" must be a model, not its name.'],
  [{ messages: [] }, 'prepareStep: "messages" must be a list of at least one message.'],
  [{ activeTools: "look" }, 'prepareStep: "activeTools" must be a list of names.'],
  [{ activeTools: ["lok"] }, 'prepareStep: "activeTools" names "lok"; the tools are: look, drop.'],
  [{ activeTools: [], toolChoice: { tool: "look" } }, 'prepareStep: "toolChoice" must be "auto"'],
  [{ toolChoice: null }, 'prepareStep: "toolChoice" must be "auto"'],
  [{ toolChoice: "banana" }, 'prepareStep: "toolChoice" must be "auto"'],
  [{ messages: [undefined] }, 'prepareStep: message 0 needs a "role"'],
  [{ instructions: 7 }, 'prepareStep: "instructions" must be a string.'],
] as const)("a change that is none fails the run: %o", async ([changes, message]) => {
  const { agent } = prepared(() => changes as never, ["Done."]);

  expect(await agent.run("Go.")).toMatchObject({
    status: "failed",
    error: { message: expect.stringContaining(message) },
  });
});
