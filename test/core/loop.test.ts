import { Agent, tool, type RunState } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

const add = tool({
  description: "Add two numbers",
  inputSchema: z.object({ a: z.number(), b: z.number() }),
  execute: ({ a, b }) => a + b,
});

/** A state as it comes back from a database. */
function stored(state: RunState): RunState {
  return JSON.parse(JSON.stringify(state)) as RunState;
}

test("a run asks, does the calls side by side, feeds the results in, and answers", async () => {
  const model = scripted([
    {
      text: "I add.",
      toolCalls: [
        { name: "add", input: { a: 2, b: 3 } },
        { name: "add", input: { a: 4, b: 5 } },
      ],
    },
    "The sums are 5 and 9.",
  ]);
  const agent = new Agent({ model, instructions: "Use tools.", tools: { add } });

  const result = await agent.run("2+3 and 4+5?");

  expect(result).toMatchObject({
    status: "completed",
    text: "The sums are 5 and 9.",
    output: "The sums are 5 and 9.",
  });
  expect(result.messages.map(({ role }) => role)).toEqual([
    "user",
    "assistant",
    "tool",
    "tool",
    "assistant",
  ]);
  expect(result.messages[2]).toMatchObject({ callId: "call-1", content: "5" });
  expect(result.steps[0]?.toolResults).toMatchObject([{ output: 5 }, { output: 9 }]);
  expect(model.requests[0]).toMatchObject({ instructions: "Use tools.", tools: [{ name: "add" }] });
  expect(model.requests[1]?.messages).toHaveLength(4);
});

test("a run takes as many steps as the model wants", async () => {
  const turns = [1, 2, 3, 4].map((a) => ({ toolCalls: [{ name: "add", input: { a, b: a } }] }));
  const model = scripted([...turns, "20"]);

  const result = await new Agent({ model, tools: { add } }).run("Add up.");

  expect(result.steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5]);
  expect(model.requests.map(({ messages }) => messages.length)).toEqual([1, 3, 5, 7, 9]);
  expect(model.requests.map(({ requestId }) => requestId)).toEqual(
    [1, 2, 3, 4, 5].map((step) => `${result.runId}.${step}`),
  );
});

test("maxSteps stops a run, and its stored state goes on with a larger one", async () => {
  const call = { toolCalls: [{ name: "add", input: { a: 1, b: 2 } }] };
  const model = scripted([call, call, "Twice 3."]);
  const agent = new Agent({ model, tools: { add }, maxSteps: 2 });

  const stopped = await agent.run("Add twice.", { runId: "r1" });

  expect(stopped).toMatchObject({ status: "stopped", reason: "max-steps", runId: "r1" });
  expect(model.requests).toHaveLength(2);
  expect(stopped.messages.at(-1)).toMatchObject({ role: "tool", content: "3" });

  const same = await agent.resume(stored(stopped.state));
  expect(same).toMatchObject({ status: "stopped", reason: "max-steps" });
  expect(model.requests).toHaveLength(2);

  const more = await agent.resume(stored(stopped.state), { maxSteps: 3 });
  expect(more).toMatchObject({ status: "completed", output: "Twice 3.", runId: "r1" });
  expect(more.steps.map(({ step }) => step)).toEqual([3]);
  expect(more.messages.slice(0, 5)).toEqual(stopped.messages);
});

test("a run whose answer is there is not asked again when it is resumed", async () => {
  const model = scripted(["Hello."]);
  const agent = new Agent({ model });

  const first = await agent.run("Hi");
  const again = await agent.resume(stored(first.state));

  expect(again).toMatchObject({ status: "completed", output: "Hello." });
  expect(again.messages).toEqual(first.messages);
  expect(model.requests).toHaveLength(1);
});

test.for(["required", { tool: "add" }] as const)(
  "toolChoice %j is forced in the first step only",
  async (toolChoice) => {
    const model = scripted([{ toolCalls: [{ name: "add", input: { a: 1, b: 2 } }] }, "3"]);

    await new Agent({ model, tools: { add }, toolChoice }).run("1+2?");

    expect(model.requests.map((request) => request.toolChoice)).toEqual([toolChoice, "auto"]);
  },
);

test("toolChoice none holds in each step", async () => {
  const model = scripted([{ toolCalls: [{ name: "add", input: { a: 1, b: 2 } }] }, "3"]);

  await new Agent({ model, tools: { add }, toolChoice: "none" }).run("1+2?");

  expect(model.requests.map((request) => request.toolChoice)).toEqual(["none", "none"]);
});

test("many runs of one agent at once do not mix", async () => {
  const model = scripted(
    Array.from({ length: 100 }, () => ({ messages }) => {
      const last = messages.at(-1);
      return last?.role === "tool"
        ? `${JSON.stringify(messages[0]?.content).slice(1, -1)}=${last.content}`
        : { toolCalls: [{ id: "same", name: "add", input: { a: Number(last?.content), b: 1 } }] };
    }),
  );
  const agent = new Agent({ model, tools: { add } });

  const results = await Promise.all(
    Array.from({ length: 50 }, (_, i) => agent.run(String(i), { runId: `run-${i}` })),
  );

  expect(results.map(({ text }) => text)).toEqual(
    Array.from({ length: 50 }, (_, i) => `${i}=${i + 1}`),
  );
  expect(results.map(({ runId }) => runId)).toEqual(
    Array.from({ length: 50 }, (_, i) => `run-${i}`),
  );
  expect(new Set(results.map(({ steps }) => steps.length))).toEqual(new Set([2]));
});
