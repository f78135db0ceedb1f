import { Agent, tool, type RunState } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

/** A state as it comes back from a database. */
function stored(state: RunState): RunState {
  return JSON.parse(JSON.stringify(state)) as RunState;
}

const usage = { inputTokens: 10, outputTokens: 1, totalTokens: 11 };

/** A company three deep: the head hands to the desk, the desk to the clerk, and the clerk pays. */
function company() {
  const done: string[] = [];
  const head = scripted([
    { toolCalls: [{ id: "h", name: "desk", input: { task: "Pay." } }], usage },
    { text: "All done.", usage },
  ]);
  const desk = scripted([
    { toolCalls: [{ id: "d", name: "clerk", input: { task: "Pay 7 and 8." } }], usage },
    { text: "The clerk paid.", usage },
  ]);
  const clerk = scripted([
    { toolCalls: [{ id: "look", name: "look" }], usage },
    {
      toolCalls: [
        { id: "p7", name: "pay", input: { amount: 7 } },
        { id: "see", name: "look" },
        { id: "p8", name: "pay", input: { amount: 8 } },
      ],
      usage,
    },
    { text: "Paid.", usage },
  ]);
  const look = tool({
    description: "Look",
    inputSchema: z.object({}),
    execute: (_, { callId }) => done.push(callId),
  });
  const pay = tool({
    description: "Pay",
    inputSchema: z.object({ amount: z.number() }),
    effect: "irreversible",
    needsApproval: true,
    execute: ({ amount }) => done.push(`paid ${amount}`),
  });
  // Made anew each time, as in another process.
  const agent = () => {
    const clerkTool = new Agent({ name: "clerk", model: clerk, tools: { look, pay } });
    const deskTool = new Agent({
      name: "desk",
      model: desk,
      tools: { clerk: clerkTool.asTool({ description: "Pays" }) },
    });
    return new Agent({
      name: "head",
      model: head,
      tools: { desk: deskTool.asTool({ description: "Has things paid" }) },
    });
  };
  return { agent, done, clerk, desk, head };
}

test("an inner approval pauses the outer run and shows the inner call under its path", async () => {
  const { agent, done } = company();
  const requested: unknown[] = [];
  const head = agent();
  head.on("approval-request", ({ approval }) => requested.push(approval.callId));

  const paused = await head.run("Pay the bills.");

  expect(paused).toMatchObject({
    status: "paused",
    approvals: [
      { callId: "h/d/p7", agent: "clerk", toolName: "pay", input: { amount: 7 } },
      { callId: "h/d/p8", agent: "clerk", effect: "irreversible" },
    ],
  });
  expect(requested).toEqual(["h/d/p7", "h/d/p8"]);
  expect(done).toEqual(["look", "see"]);
});

test("a run resumes two agents deep, and repeats nothing that was done", async () => {
  const { agent, done, clerk, desk, head } = company();
  const paused = await agent().run("Pay the bills.");

  const result = await agent().resume(stored(paused.state), {
    decisions: [
      { callId: "h/d/p8", approve: false, reason: "Not that one." },
      { callId: "h/d/p7", approve: true },
    ],
  });

  expect(result).toMatchObject({ status: "completed", output: "All done." });
  expect(done).toEqual(["look", "see", "paid 7"]);
  expect([clerk, desk, head].map(({ requests }) => requests.length)).toEqual([3, 2, 2]);
  expect(clerk.requests[2]?.messages.slice(-3)).toMatchObject([
    { callId: "p7", content: "3" },
    { callId: "see" },
    { callId: "p8", content: expect.stringContaining("Not that one.") },
  ]);
  expect(result.usage.totalTokens).toBe(7 * 11);
  expect(result.state.records).toEqual({});
});

test.for([true, false])(
  "inner decisions may come one at a time, and none is asked for twice (%s)",
  async (approve) => {
    const { agent, done, clerk } = company();
    const first = await agent().run("Pay the bills.");

    const second = await agent().resume(stored(first.state), {
      decisions: [{ callId: "h/d/p7", approve }],
    });
    expect(second).toMatchObject({ status: "paused", state: { waiting: ["h/d/p8"] } });

    const third = await agent().resume(stored(second.state), {
      decisions: [{ callId: "h/d/p8", approve: true }],
    });
    expect(third).toMatchObject({ status: "completed", output: "All done." });
    expect(done).toEqual(["look", "see", ...(approve ? ["paid 7"] : []), "paid 8"]);
    expect(clerk.requests).toHaveLength(3);
    expect(third.state.records).toEqual({});
  },
);

test("two subagents that pause at once wait side by side", async () => {
  const paid: string[] = [];
  const pay = tool({
    description: "Pay",
    inputSchema: z.object({}),
    needsApproval: true,
    execute: (_, { idempotencyKey }) => paid.push(idempotencyKey),
  });
  // Both subagents number their calls alike.
  const inner = scripted(
    Array.from(
      { length: 4 },
      () =>
        ({ messages }) =>
          messages.length > 1 ? "Paid." : { toolCalls: [{ id: "same", name: "pay" }] },
    ),
  );
  const clerk = new Agent({ model: inner, tools: { pay } }).asTool({ description: "Pays" });
  const call = { name: "clerk", input: { task: "Pay." } };
  const model = scripted([{ toolCalls: [call, call] }, "Both paid."]);
  const agent = new Agent({ model, tools: { clerk } });

  const paused = await agent.run("Pay.", { runId: "r" });
  expect(paused.status === "paused" && paused.approvals.map(({ callId }) => callId)).toEqual([
    "call-1/same",
    "call-2/same",
  ]);

  const second = await agent.resume(stored(paused.state), {
    decisions: [{ callId: "call-2/same", approve: true }],
  });
  expect(second).toMatchObject({ status: "paused", state: { waiting: ["call-1/same"] } });
  expect(paid).toEqual(["r:call-2:same"]);

  const third = await agent.resume(stored(second.state), {
    decisions: [{ callId: "call-1/same", approve: true }],
  });
  expect(third).toMatchObject({ status: "completed", output: "Both paid." });
  expect(paid).toEqual(["r:call-2:same", "r:call-1:same"]);
});
