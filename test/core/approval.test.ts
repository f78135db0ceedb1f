import type { Decision, RunState } from "@pawl/core";
import { expect, test } from "vitest";

import { office, payTwice } from "./office.ts";

/** A state as it comes back from a database. */
function stored(state: RunState): RunState {
  return JSON.parse(JSON.stringify(state)) as RunState;
}

test("a call that needs approval pauses the run, and says who wants what", async () => {
  const { agent, done } = office([payTwice]);

  const result = await agent().run("Pay.");

  expect(result).toMatchObject({
    status: "paused",
    text: "I pay.",
    approvals: [
      {
        callId: "call-1",
        kind: "approval",
        agent: "office",
        toolName: "pay",
        input: { amount: 7 },
        effect: "irreversible",
      },
      { callId: "call-3", input: { amount: 8 } },
    ],
    state: { waiting: ["call-1", "call-3"] },
  });
  expect(done).toEqual(["looked"]);
});

test("approved calls run in a fresh agent from a stored state; their siblings are not run again", async () => {
  const { agent, done, model } = office([payTwice, "All paid."]);
  const paused = await agent().run("Pay.", { runId: "r" });

  const result = await agent().resume(stored(paused.state), {
    decisions: [
      { callId: "call-3", approve: true },
      { callId: "call-1", approve: true },
    ],
  });

  expect(result).toMatchObject({ status: "completed", output: "All paid.", runId: "r" });
  expect(done.toSorted()).toEqual(["looked", "paid 7", "paid 8"]);
  expect(model.requests[1]?.messages.slice(2)).toMatchObject([
    { role: "tool", callId: "call-1", content: '{"receipt":7}' },
    { role: "tool", callId: "call-2", content: "1" },
    { role: "tool", callId: "call-3", content: '{"receipt":8}' },
  ]);
});

test("a denied call does not run, and the model is told why", async () => {
  const { agent, done, model } = office([payTwice, "Not paid."]);
  const { state } = await agent().run("Pay.");

  const result = await agent().resume(stored(state), {
    decisions: [
      { callId: "call-1", approve: false, reason: "Too much." },
      { callId: "call-3", approve: false },
    ],
  });

  expect(result).toMatchObject({ status: "completed", output: "Not paid." });
  expect(done).toEqual(["looked"]);
  expect(model.requests[1]?.messages.filter(({ role }) => role === "tool")).toMatchObject([
    { content: "Not executed: a person denied this call. Reason: Too much.", isError: true },
    {},
    { content: "Not executed: a person denied this call.", isError: true },
  ]);
  expect(result.steps[0]?.toolResults).toMatchObject([
    { error: { code: "denied", outcome: "not-run" } },
    { error: { code: "denied", outcome: "not-run" } },
  ]);
});

test("decisions may come one at a time, the last first", async () => {
  const { agent, done, model } = office([payTwice, "Paid one."]);
  const first = await agent().run("Pay.");

  const second = await agent().resume(stored(first.state), {
    decisions: [{ callId: "call-3", approve: true }],
  });
  expect(second).toMatchObject({ status: "paused", approvals: [{ callId: "call-1" }] });
  expect(model.requests).toHaveLength(1);

  const none = await agent().resume(stored(second.state));
  expect(none).toMatchObject({ status: "paused", approvals: [{ callId: "call-1" }] });

  const third = await agent().resume(stored(none.state), {
    decisions: [{ callId: "call-1", approve: false }],
  });
  expect(third).toMatchObject({ status: "completed", output: "Paid one." });
  expect(done).toEqual(["looked", "paid 8"]);
  expect(third.messages.slice(2, 5)).toMatchObject(
    ["call-1", "call-2", "call-3"].map((callId) => ({ callId })),
  );
});

test.for<[unknown, string]>([
  [[{ callId: "call-9", approve: true }], 'no call "call-9" waits for a decision'],
  [[{ callId: "call-2", approve: true }], "Waiting: call-1, call-3."],
  [[{ approve: true }], 'no call "undefined" waits'],
  [[null], 'no call "undefined" waits'],
  [[{ callId: "call-1", approved: true }], '"call-1" needs "approve": true or false.'],
  [
    [
      { callId: "call-1", approve: true },
      { callId: "call-1", approve: false },
    ],
    'there are two decisions on call "call-1".',
  ],
])(
  "a decision that decides nothing is a TypeError, and nothing runs (%#)",
  async ([given, message]) => {
    const { agent, done } = office([payTwice]);
    const { state } = await agent().run("Pay.");
    const decisions = given as Decision[];

    await expect(agent().resume(state, { decisions })).rejects.toThrow(TypeError);
    await expect(agent().resume(state, { decisions })).rejects.toThrow(message);
    expect(done).toEqual(["looked"]);
  },
);

test("a decision on a call that was decided before is a TypeError", async () => {
  const { agent } = office([payTwice]);
  const first = await agent().run("Pay.");
  const decisions = [{ callId: "call-1", approve: true }];
  const second = await agent().resume(first.state, { decisions });

  await expect(agent().resume(second.state, { decisions })).rejects.toThrow(
    'no call "call-1" waits for a decision (it may have been decided before). Waiting: call-3.',
  );
});

test("a sibling that fails does not keep the run from pausing and going on", async () => {
  const turn = { toolCalls: [{ name: "unknown" }, { name: "pay" }] };
  const { agent, done, model } = office([turn, "Paid."]);
  const paused = await agent().run("Pay.");

  const result = await agent().resume(stored(paused.state), {
    decisions: [{ callId: "call-2", approve: true }],
  });

  expect(result.status).toBe("completed");
  expect(done).toEqual(["paid 1"]);
  expect(model.requests[1]?.messages.slice(2)).toMatchObject([
    { isError: true },
    { callId: "call-2" },
  ]);
});

test("a new run with the messages of a paused one has an answer to each call", async () => {
  const { agent, done, model } = office([payTwice, "Never mind."]);
  const { messages } = await agent().run("Pay.");

  await agent().run([...messages, { role: "user", content: "Forget it." }]);

  expect(model.requests[1]?.messages.slice(2)).toMatchObject([
    { callId: "call-2" },
    { callId: "call-1", content: "Not executed: the run ended before.", isError: true },
    { callId: "call-3", content: "Not executed: the run ended before.", isError: true },
    { role: "user" },
  ]);
  expect(done).toEqual(["looked"]);
});

test("a paused run tells its watchers who waits, and only the resumed one finishes the step", async () => {
  const { agent } = office([payTwice, "Paid."]);
  const types: string[] = [];
  const stream = agent().stream("Pay.");
  for await (const { type } of stream) types.push(type);
  const { state } = await stream.result;
  expect(types.filter((type) => type === "approval-request")).toHaveLength(2);
  expect(types).not.toContain("step-finish");

  types.length = 0;
  const decisions = ["call-1", "call-3"].map((callId) => ({ callId, approve: true }));
  for await (const { type } of agent().resumeStream(state, { decisions })) types.push(type);
  expect(types.filter((type) => type === "step-finish" || type === "step-start")).toEqual([
    "step-finish",
    "step-start",
    "step-finish",
  ]);
});
