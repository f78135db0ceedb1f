import { expect, test } from "vitest";
import { z } from "zod";

import {
  Agent,
  type CompactionOptions,
  memoryResults,
  type ModelRequest,
  type RunResult,
  type RunState,
  tool,
} from "@pawl/core";
import { prose, sizeOf, strict, type StrictModel } from "./strict.ts";

const note = tool({
  name: "note",
  description: "Keeps a note.",
  inputSchema: z.object({ text: z.string() }),
  execute: () => "Noted.",
});
const reading = { description: "Reads.", inputSchema: z.object({ n: z.number() }) };
const read = tool({
  ...reading,
  name: "read",
  execute: ({ n }) => prose(6000, n),
});
const pay = tool({
  name: "pay",
  description: "Pays.",
  inputSchema: z.object({}),
  effect: "irreversible",
  needsApproval: true,
  execute: () => "Paid.",
});
const limits = { contextTokens: 8000 };

test("a state holds the summary and what was taken out, and a run goes on with both", async () => {
  const model = strict(limits, (step) =>
    step > 40
      ? "Done."
      : step % 2
        ? { toolCalls: [{ name: "note", input: { text: prose(500, step) } }] }
        : { toolCalls: [{ name: "read", input: { n: step } }] },
  );
  const agent = new Agent({ model, tools: [note, read], maxSteps: 60 });
  const stopped = await agent.run("Read and note.", { maxSteps: 30 });
  expect(stopped.status).toBe("stopped");
  const state = JSON.parse(JSON.stringify(stopped.state)) as RunState;
  expect(state.view?.summary?.text).toBe("It was all read.");
  expect(state.view?.cuts.length).toBeGreaterThan(0);
  expect(JSON.stringify(state.view).length).toBeLessThan(2000);
  const before = model.summaries.length;
  const [last] = model.requests.slice(-1);
  await agent.resume(state, { maxSteps: 31 });
  expect(model.summaries).toHaveLength(before);
  const [next] = model.requests.slice(-1);
  expect(next?.messages.slice(0, last?.messages.length)).toEqual(last?.messages);
  expect((await agent.resume(state)).status).toBe("completed");
});

function stepOf({ requestId }: ModelRequest): number {
  return Number(requestId.split(".").at(-1));
}

/** A boss whose clerk writes nineteen notes, and then asks to pay. */
function office(compaction: CompactionOptions): { boss: Agent; inner: StrictModel } {
  const inner = strict({}, (_, request) => {
    const step = stepOf(request);
    if (step === 20) return { toolCalls: [{ name: "pay" }] };
    if (step > 20) return "All paid.";
    return { toolCalls: [{ name: "note", input: { text: prose(2000, step) } }] };
  });
  const options = { model: inner, tools: [note, pay], maxSteps: 40, compaction };
  const clerk = new Agent({ name: "clerk", ...options }).asTool({ description: "Pays." });
  const outer = strict({}, (_, request) =>
    stepOf(request) === 1 ? { toolCalls: [{ name: "clerk", input: { task: "Pay." } }] } : "Done.",
  );
  return { boss: new Agent({ model: outer, tools: { clerk } }) as never, inner };
}

async function approve(boss: Agent, paused: RunResult): Promise<RunResult> {
  const state = JSON.parse(JSON.stringify(paused.state)) as RunState;
  const [callId = ""] = state.waiting;
  return await boss.resume(state, { decisions: [{ callId, approve: true }] });
}

test("a subagent that was paused has the summary that it had, and asks for it no more", async () => {
  const { boss, inner } = office({ tokens: 6400 });
  const paused = await boss.run("Have it paid.");
  const { length } = inner.summaries;
  expect(length).toBeGreaterThan(0);
  const last = inner.requests.at(-1);
  expect(await approve(boss, paused)).toMatchObject({ status: "completed", text: "Done." });
  expect(inner.summaries).toHaveLength(length);
  const next = inner.requests.at(-1);
  expect(next?.messages.slice(0, last?.messages.length)).toEqual(last?.messages);
});

test("what was recorded under one limit is of use under another, as far as it is", async () => {
  const paused = await office({ tokens: 6400 }).boss.run("Have it paid.");
  for (const compaction of [{ tokens: 1500 }, { tokens: 9000 }, { tokens: 6400, keepSteps: 8 }]) {
    const { boss, inner } = office(compaction);
    expect(await approve(boss, paused)).toMatchObject({ status: "completed", text: "Done." });
    const [only] = inner.requests;
    expect(only?.messages.at(-1)?.content).toBe("Paid.");
    expect(sizeOf(only?.messages ?? [])).toBeLessThan(compaction.tokens * 1.2);
  }
});

test("a damaged view is refused", async () => {
  const model = strict(limits, () => "Done.");
  const agent = new Agent({ model });
  const { state } = await agent.run("Hi.");
  const good = { cuts: [], attempts: 0, notBefore: 0 };
  for (const view of [
    null,
    { ...good, cuts: [[1, "x"]] },
    { ...good, attempts: "1" },
    { ...good, summary: { upTo: 1 } },
    { ...good, changed: { at: 1 } },
  ])
    await expect(agent.resume({ ...state, view } as never)).rejects.toThrow(/state is damaged/);
  expect((await agent.resume({ ...state, view: good })).status).toBe("completed");
});

test("the way to a result that is kept aside outlasts the result", async () => {
  const dump = tool({ ...reading, name: "dump", execute: ({ n }) => prose(60_000, n) });
  const model = strict(limits, (step) =>
    step > 20 ? "Done." : { toolCalls: [{ name: "dump", input: { n: step } }] },
  );
  const agent = new Agent({
    model,
    tools: [dump],
    maxSteps: 40,
    offload: { store: memoryResults() },
  });
  await agent.run("Dump them.");
  const shown = model.requests.at(-1)?.messages.find(({ role }) => role === "tool");
  expect(shown?.content).toMatch(
    /^\[result removed to make room: .*\]\n\[cut: .* read_result\(\{ "id": "call-\d+", "offset": 2048 \}\)\]$/,
  );
});
