import { Agent, type RunState, tool } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

import { office, payTwice } from "./office.ts";

function stored(state: RunState): RunState {
  return JSON.parse(JSON.stringify(state));
}

test("a call can be approved with other arguments, and the model is told", async () => {
  const { agent, done, model } = office([payTwice, "Paid."]);
  const paused = await agent().run("Pay both.");

  const result = await agent().resume(stored(paused.state), {
    decisions: [
      { callId: "call-1", approve: true, input: { amount: 5 } },
      { callId: "call-3", approve: true },
    ],
  });

  expect(done.toSorted()).toEqual(["looked", "paid 5", "paid 8"]);
  expect(result.steps[0]?.toolResults[0]).toMatchObject({ input: { amount: 5 } });
  expect(model.requests[1]?.messages.slice(2).map(({ content }) => content)).toEqual([
    '[A person changed the arguments to {"amount":5}]\n{"receipt":5}',
    "1",
    '{"receipt":8}',
  ]);
});

test("a call two agents down can be approved with other arguments", async () => {
  const { agent: inner, done } = office([{ toolCalls: [{ name: "pay", id: "p" }] }, "Paid."]);
  const middle = new Agent({
    name: "middle",
    model: scripted([{ toolCalls: [{ name: "office", id: "o", input: { task: "Pay." } }] }, "Ok."]),
    tools: { office: inner().asTool({ description: "The office" }) },
  });
  const outer = new Agent({
    model: scripted([{ toolCalls: [{ name: "middle", id: "m", input: { task: "Pay." } }] }, "Ok."]),
    tools: { middle: middle.asTool({ description: "The middle" }) },
  });
  const paused = await outer.run("Pay.");

  const wrong = await outer.resume(stored(paused.state), {
    decisions: [{ callId: "m/o/p", approve: true, input: { amount: "x" } }],
  });
  const result = await outer.resume(stored(wrong.state), {
    decisions: [{ callId: "m/o/p", approve: true, input: { amount: 3 } }],
  });

  expect(wrong).toMatchObject({
    status: "paused",
    approvals: [
      { callId: "m/o/p", agent: "office", toolName: "pay", issues: [expect.any(String)] },
    ],
  });
  expect(result.status).toBe("completed");
  expect(done).toEqual(["paid 3"]);
});

test("arguments that do not fit are shown to the person again, and nothing is lost", async () => {
  const { agent, done } = office([payTwice, "Paid."]);
  const paused = await agent().run("Pay both.");

  const again = await agent().resume(stored(paused.state), {
    decisions: [
      { callId: "call-1", approve: true, input: { amount: "five" } },
      { callId: "call-3", approve: true },
    ],
  });
  const result = await agent().resume(stored(again.state), {
    decisions: [{ callId: "call-1", approve: true, input: { amount: 5 } }],
  });

  expect(again).toMatchObject({
    status: "paused",
    approvals: [
      { callId: "call-1", input: { amount: 7 }, issues: [expect.stringMatching(/^amount: /)] },
    ],
  });
  expect(result.status).toBe("completed");
  expect(done).toEqual(["looked", "paid 8", "paid 5"]);
});

test("an approval is good for one call, however often the state is used", async () => {
  const { agent, done } = office([payTwice, "Paid.", "Paid."]);
  const one = agent();
  const paused = await one.run("Pay both.");
  const decisions = ["call-1", "call-3"].map((callId) => ({ callId, approve: true }));
  const resumed = await one.resume(stored(paused.state), { decisions });

  await expect(one.resume(stored(paused.state), { decisions })).rejects.toThrow(
    'resume: the approval of call "call-1" was used before. Go on from the state of the result that it led to.',
  );
  await expect(one.resume(stored(resumed.state), { decisions })).rejects.toThrow(
    /no call "call-1" waits for a decision/,
  );
  expect(done).toEqual(["looked", "paid 7", "paid 8"]);
});

test("a double click runs a call once", async () => {
  const { agent, done } = office([payTwice, "Paid.", "Paid."]);
  const one = agent();
  const paused = await one.run("Pay both.");
  const decisions = ["call-1", "call-3"].map((callId) => ({ callId, approve: true }));

  const results = await Promise.all([
    one.resume(stored(paused.state), { decisions }),
    one.resume(stored(paused.state), { decisions }),
  ]);

  expect(done).toEqual(["looked", "paid 7", "paid 8"]);
  const refused = results.flatMap(({ steps }) => steps[0]?.toolResults ?? []);
  expect(refused.filter(({ error }) => error?.code === "denied")).toHaveLength(2);
});

test("an approval whose call was not begun is still good", async () => {
  const { agent, done } = office([payTwice, "Paid."]);
  const one = agent();
  const paused = await one.run("Pay both.");
  const decisions = [{ callId: "call-1", approve: true, input: { amount: "?" } }];
  await one.resume(stored(paused.state), { decisions });

  await one.resume(stored(paused.state), { decisions: [{ callId: "call-1", approve: true }] });

  expect(done).toEqual(["looked", "paid 7"]);
});

test("a state is small: at most 2 KB beside its messages, also with forty calls waiting", async () => {
  const pay = tool({
    description: "Pay",
    inputSchema: z.object({ amount: z.number() }),
    needsApproval: true,
    execute: () => "paid",
  });
  const toolCalls = Array.from({ length: 40 }, (_, amount) => ({ name: "pay", input: { amount } }));
  const agent = new Agent({ model: scripted([{ toolCalls }]), tools: { pay } });
  const budget = { tokens: 1e6, ms: 60_000, toolCalls: 100, steps: 50 };

  const { state } = await agent.run("Pay.", { budget });

  const { messages, ...rest } = state;
  expect(state.waiting).toHaveLength(40);
  expect(messages).toHaveLength(2);
  expect(JSON.stringify(rest).length).toBeLessThan(2048);
});

test("a damaged state is refused before anything runs", async () => {
  const { agent } = office([payTwice]);
  const { state } = await agent().run("Pay both.");
  const damaged = [
    { spent: { ...state.spent, steps: "many" } },
    { spent: 7 },
    { budget: { tokens: -1 } },
    { steering: "soon" },
    { steering: [{ role: "user" }] },
    { speaker: "nobody" },
    { version: 2 },
  ];

  for (const each of damaged)
    await expect(agent().resume({ ...state, ...each } as never)).rejects.toThrow(
      /^resume: .*(damaged|no run state of version 1|handed over to agent "nobody")/,
    );
});

test("a decision with a word that nobody knows is refused: a misspelt change must not be none", async () => {
  const { agent } = office([payTwice]);
  const { state } = await agent().run("Pay both.");
  const decide = (more: object) =>
    agent().resume(state, { decisions: [{ callId: "call-1", approve: true, ...more }] });

  await expect(decide({ inputs: { amount: 3 } })).rejects.toThrow(
    'resume: a decision: unknown option "inputs". Did you mean "input"?',
  );
  await expect(decide({ reason: {} })).rejects.toThrow('has a "reason" that is no text');
});

test("a decision is kept as long as its call is open, a no as well as a yes", async () => {
  const { agent, done, model } = office([payTwice, "Paid."]);
  const { state } = await agent().run("Pay both.");
  const decisions = [
    { callId: "call-1", approve: false, reason: "Never." },
    { callId: "call-3", approve: true },
  ];

  const out = await agent().resume(stored(state), { decisions, budget: { toolCalls: 1 } });
  const result = await agent().resume(stored(out.state), { budget: { toolCalls: 9 } });

  expect(out).toMatchObject({ status: "stopped", limit: "toolCalls" });
  expect(result.status).toBe("completed");
  expect(Object.keys(result.state.records)).toEqual([]);
  expect(done).toEqual(["looked", "paid 8"]);
  expect(model.requests[1]?.messages[2]?.content).toContain("Never.");
});

test("what checks a call cannot change what the model said", async () => {
  const look = tool({
    description: "Look",
    inputSchema: z.object({}).loose(),
    needsApproval: (input) => {
      (input as { a: { b: number } }).a.b = 99;
      return false;
    },
    execute: (input) => Object.assign((input as { a: object }).a, { c: 1 }),
  });
  const call = { name: "look", input: { a: { b: 1 } } };
  const model = scripted([{ toolCalls: [call] }, "Done."]);

  const { messages } = await new Agent({ model, tools: { look } }).run("Go.");

  expect(messages[1]).toMatchObject({ toolCalls: [{ input: { a: { b: 1 } } }] });
  expect(call.input).toEqual({ a: { b: 1 } });
});

test("input that is no object of arguments is refused", async () => {
  const { agent } = office([payTwice]);
  const { state } = await agent().run("Pay both.");

  await expect(
    agent().resume(state, { decisions: [{ callId: "call-1", approve: true, input: 5 as never }] }),
  ).rejects.toThrow('the decision on call "call-1" has an "input" that is no object of arguments');
});
