import { Agent, tool, type Model, type RunState } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

const nothing = z.object({});

/** A state as it comes back from a database. */
function stored(state: RunState): RunState {
  return JSON.parse(JSON.stringify(state)) as RunState;
}

test("usage is the sum of the steps and of what tools spent", async () => {
  const usage = { inputTokens: 10, outputTokens: 2, totalTokens: 12 };
  const ask = tool({
    description: "Ask an oracle",
    inputSchema: nothing,
    execute: (_, { spend }) => {
      spend({ inputTokens: 100, outputTokens: 1, totalTokens: 101, usd: 0.5 });
      spend({ inputTokens: 1, outputTokens: 1, totalTokens: 2 });
      throw new Error("It sleeps.");
    },
  });
  const model = scripted([
    { toolCalls: [{ name: "ask" }], usage: { ...usage, cachedInputTokens: 4 } },
    { text: "Nobody knows.", usage: { ...usage, isEstimated: true } },
  ]);
  const agent = new Agent({ model, tools: { ask }, maxSteps: 1 });

  const stopped = await agent.run("Ask.");
  const result = await agent.resume(stored(stopped.state), { maxSteps: 2 });

  expect(stopped.usage).toEqual({
    inputTokens: 111,
    outputTokens: 4,
    totalTokens: 115,
    cachedInputTokens: 4,
    usd: 0.5,
  });
  expect(result.usage).toEqual({
    inputTokens: 121,
    outputTokens: 6,
    totalTokens: 127,
    cachedInputTokens: 4,
    usd: 0.5,
    isEstimated: true,
  });
  expect(result.steps[0]?.usage).toEqual({ ...usage, isEstimated: true });
});

test("a result has a run id, the citations of the answer, and a state of plain JSON", async () => {
  const citations = [{ start: 0, end: 5, text: "Paris", sources: [{ id: "doc-1" }] }];
  const plain = scripted(["Paris."]);
  const model: Model = {
    ...plain,
    async *respond(request) {
      return { ...(yield* plain.respond(request)), citations };
    },
  };

  const result = await new Agent({ model, name: "guide" }).run("Capital of France?");

  expect(result.runId).toMatch(/^[\da-f-]{36}$/);
  expect(result.citations).toEqual(citations);
  expect(result.state).toEqual({
    version: 1,
    runId: result.runId,
    agent: "guide",
    messages: result.messages,
    start: 1,
    waiting: [],
    records: {},
    spent: { usage: result.usage, steps: 1, toolCalls: 0, ms: expect.any(Number) },
  });
  expect(stored(result.state)).toEqual(result.state);
});
