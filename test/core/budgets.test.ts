import { Agent, tool, type RunState, type Usage } from "@pawl/core";
import { scripted, type ScriptedTurn } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

const nothing = z.object({});

/** A state as it comes back from a database. */
function stored(state: RunState): RunState {
  return JSON.parse(JSON.stringify(state)) as RunState;
}

function used(inputTokens: number, outputTokens: number, usd?: number): Usage {
  const totalTokens = inputTokens + outputTokens;
  return { inputTokens, outputTokens, totalTokens, ...(usd !== undefined && { usd }) };
}

/** An agent that is made anew each time, as in another process; `done` has what its tool did. */
function worker(turns: Parameters<typeof scripted>[0]) {
  const done: number[] = [];
  const model = scripted(turns);
  const work = tool({
    description: "Work",
    inputSchema: z.object({ n: z.number() }),
    execute: ({ n }) => done.push(n),
  });
  const pay = tool({
    description: "Pay",
    inputSchema: nothing,
    needsApproval: true,
    effect: "irreversible",
    execute: () => done.push(-1),
  });
  return { done, model, agent: () => new Agent({ model, tools: { work, pay } }) };
}

function works(count: number, first = 0): ScriptedTurn["toolCalls"] {
  return Array.from({ length: count }, (_, n) => ({ name: "work", input: { n: first + n } }));
}

function fourTurns(usage: Usage): ScriptedTurn[] {
  return [0, 1, 2, 3].map((n) => ({ toolCalls: works(1, n), usage }));
}

test("of 8 calls with 6 left exactly 6 begin, and a larger budget lets the other 2 run and no other", async () => {
  const { agent, done } = worker([{ toolCalls: works(2, 90) }, { toolCalls: works(8) }, "Done."]);

  const stopped = await agent().run("Work.", { budget: { toolCalls: 8 } });

  expect(stopped).toMatchObject({ status: "stopped", reason: "budget", limit: "toolCalls" });
  expect(done).toEqual([90, 91, 0, 1, 2, 3, 4, 5]);
  expect(stopped.steps[1]?.toolResults).toHaveLength(6);
  const result = await agent().resume(stored(stopped.state), { budget: { toolCalls: 10 } });
  expect(result).toMatchObject({ status: "completed", text: "Done." });
  expect(done).toEqual([90, 91, 0, 1, 2, 3, 4, 5, 6, 7]);
});

test("a resume without a budget keeps the old one, and asks and does nothing more", async () => {
  const { agent, done, model } = worker([{ toolCalls: works(3) }, "Done."]);
  const stopped = await agent().run("Work.", { budget: { toolCalls: 2 } });

  const again = await agent().resume(stored(stopped.state));

  expect(again).toMatchObject({ status: "stopped", reason: "budget", limit: "toolCalls" });
  expect([done, model.requests.length]).toEqual([[0, 1], 1]);
});

test("what was done before a pause counts after it, and a denied call does not", async () => {
  const { agent, done } = worker([
    { toolCalls: [...(works(2) ?? []), { id: "p", name: "pay" }, { id: "q", name: "pay" }] },
    { toolCalls: works(3, 10) },
  ]);
  const paused = await agent().run("Work.", { budget: { toolCalls: 5 } });
  expect(paused.state).toMatchObject({ budget: { toolCalls: 5 }, spent: { toolCalls: 2 } });

  const stopped = await agent().resume(stored(paused.state), {
    decisions: [
      { callId: "p", approve: true },
      { callId: "q", approve: false },
    ],
  });

  expect(stopped).toMatchObject({ status: "stopped", limit: "toolCalls" });
  expect(done).toEqual([0, 1, -1, 10, 11]);
});

test("an approved call for which there is no budget runs once there is, without a second question", async () => {
  const { agent, done } = worker([
    { toolCalls: [...(works(2) ?? []), { id: "p", name: "pay" }] },
    "Done.",
  ]);
  const one = agent();
  const paused = await one.run("Work.", { budget: { toolCalls: 2 } });
  const decisions = [{ callId: "p", approve: true }];
  const stopped = await one.resume(stored(paused.state), { decisions });
  expect([stopped.status, done]).toEqual(["stopped", [0, 1]]);

  const larger = { budget: { toolCalls: 3 } };
  const [result] = await Promise.all([
    one.resume(stored(stopped.state), larger),
    one.resume(stored(stopped.state), larger),
  ]);
  expect(done).toEqual([0, 1, -1]);
  expect(result.state.records).toEqual({});
});

test("calls that never began are not counted", async () => {
  const { agent, done } = worker([
    { toolCalls: [{ name: "nobody" }, { name: "work", input: {} }, ...(works(1) ?? [])] },
    "Done.",
  ]);

  expect(await agent().run("Work.", { budget: { toolCalls: 1 } })).toMatchObject({
    status: "completed",
  });
  expect(done).toEqual([0]);
});

test("a budget in steps counts the answers of models, those before a resume too", async () => {
  const turns = [1, 2, 3].map((n) => ({ toolCalls: works(1, n) }));
  const { agent, model } = worker([...turns, "Done."]);

  const stopped = await agent().run("Work.", { budget: { steps: 2 } });
  expect(stopped).toMatchObject({ status: "stopped", reason: "budget", limit: "steps" });
  expect(model.requests).toHaveLength(2);
  const again = await agent().resume(stored(stopped.state), { budget: { steps: 3 } });
  expect(again).toMatchObject({ status: "stopped", limit: "steps" });
  expect(model.requests).toHaveLength(3);
});

test("a budget in tokens tells the model how long its answer may be, and ends before one that would not fit", async () => {
  const { agent, done, model } = worker(fourTurns(used(300, 100)));

  const stopped = await agent().run("Work.", { budget: { tokens: 1000 } });

  const longest = model.requests.map(({ maxOutputTokens = NaN }) => maxOutputTokens);
  expect(longest.slice(0, 2).every((each, n) => each > 0 && each < 1000 - n * 400)).toBe(true);
  expect(stopped).toMatchObject({ status: "stopped", reason: "budget", limit: "tokens" });
  expect(stopped.usage.totalTokens).toBe(400 * model.requests.length);
  expect(done).toEqual(model.requests.map((_, n) => n));
  const more = { budget: { tokens: 100_000 }, maxSteps: 4 };
  expect(await agent().resume(stored(stopped.state), more)).toMatchObject({ reason: "max-steps" });
});

test("an answer that the budget cut short is no answer: the run is stopped, and asks again when there is more", async () => {
  const { agent, model } = worker([
    ({ maxOutputTokens = NaN }) => ({
      text: "It begins",
      finishReason: "length",
      usage: used(100, maxOutputTokens),
    }),
    "It begins, and it ends.",
    { text: "Cut by the model", finishReason: "length", usage: used(100, 100) },
  ]);

  const stopped = await agent().run("Tell.", { budget: { tokens: 1000 } });

  expect(stopped).toMatchObject({ status: "stopped", limit: "tokens", text: "It begins" });
  expect(stopped.messages).toHaveLength(1);
  const result = await agent().resume(stored(stopped.state), { budget: { tokens: 9000 } });
  expect(result).toMatchObject({ status: "completed", text: "It begins, and it ends." });
  expect(model.requests).toHaveLength(2);
  const other = await agent().run("Tell.", { budget: { tokens: 9000 } });
  expect(other).toMatchObject({ status: "completed", text: "Cut by the model" });
});

test("without a budget in tokens or US dollars the model is told no longest answer", async () => {
  const { agent, model } = worker(["Done."]);
  await agent().run("Work.", { budget: { steps: 5, toolCalls: 5, ms: 5000 } });

  expect(model.requests[0]).not.toHaveProperty("maxOutputTokens");
});

test("a budget in US dollars ends a run before the answer that it cannot pay", async () => {
  const { agent, model } = worker(fourTurns(used(500, 100, 0.004)));

  const stopped = await agent().run("Work.", { budget: { usd: 0.0085 } });

  expect(stopped).toMatchObject({ status: "stopped", reason: "budget", limit: "usd" });
  expect(stopped.usage.usd).toBe(0.008);
  expect(model.requests).toHaveLength(2);
});

test("a budget in US dollars fails with a model that does not say what it costs", async () => {
  const { agent } = worker([{ toolCalls: works(1), usage: used(60, 40) }, "Done."]);

  const failed = await agent().run("Work.", { budget: { usd: 0.1 } });

  expect(failed).toMatchObject({
    status: "failed",
    error: { message: expect.stringContaining("use a budget in tokens, or a model with prices") },
  });
  expect(failed.usage.totalTokens).toBe(100);
});

test("a result and a state say what was used, in all parts of a run together", async () => {
  const turn = { toolCalls: works(2), usage: used(10, 5) };
  const { agent } = worker([turn, { text: "Done.", usage: used(20, 5) }]);
  const stopped = await agent().run("Work.", { budget: { steps: 1 } });

  const result = await agent().resume(stored(stopped.state), { budget: { steps: 2 } });

  expect(result.usage).toEqual(used(30, 10));
  expect(result.state.spent).toMatchObject({ steps: 2, toolCalls: 2, usage: used(30, 10) });
});

test("a budget that cannot be one is a mistake, not a run", async () => {
  const { agent } = worker(["Done."]);

  await expect(agent().run("Work.", { budget: { token: 5 } as object })).rejects.toThrow(
    'run: "budget": unknown option "token". Did you mean "tokens"?',
  );
  const { state } = await agent().run("Work.");
  await expect(agent().resume(state, { budget: { steps: 0.5 } })).rejects.toThrow(
    'resume: "budget.steps" must be a whole number of at least 0, got 0.5; leave it out for no limit.',
  );
});
