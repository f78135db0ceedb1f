import { Agent, type AgentEvent, handoff, type RunState, tool, type ToolSet } from "@pawl/core";
import { scripted, type ScriptedTurn } from "@pawl/core/testing";
import { expect, expectTypeOf, test } from "vitest";
import { z } from "zod";

function stored(state: RunState): RunState {
  return JSON.parse(JSON.stringify(state));
}

/** A front desk that hands over to billing, who pays after a person agreed. */
function desk(front: readonly (string | ScriptedTurn)[], back: readonly (string | ScriptedTurn)[]) {
  const paid: number[] = [];
  const pay = tool({
    description: "Pay",
    inputSchema: z.object({ amount: z.number() }),
    needsApproval: true,
    execute: ({ amount }) => paid.push(amount),
  });
  const billingModel = scripted(back);
  const billing = new Agent({
    name: "billing",
    model: billingModel,
    instructions: () => "You pay.",
    tools: { pay },
  });
  const model = scripted(front);
  const agent = new Agent({
    name: "desk",
    model,
    instructions: "You greet.",
    tools: [handoff(billing)],
  });
  return { agent, model, billingModel, paid };
}

const over = { toolCalls: [{ name: "transfer_to_billing" }] };

test("after a handoff the other agent goes on with the conversation", async () => {
  const { agent, model, billingModel } = desk([over], ["It is paid already."]);
  const events: AgentEvent[] = [];
  const stream = agent.stream("Pay invoice 7.");
  for await (const event of stream) events.push(event);

  expect(await stream.result).toMatchObject({ status: "completed", text: "It is paid already." });
  expect(model.requests).toHaveLength(1);
  expect(billingModel.requests).toMatchObject([
    { instructions: "You pay.", tools: [{ name: "pay" }] },
  ]);
  expect(billingModel.requests[0]?.messages.map(({ role, content }) => [role, content])).toEqual([
    ["user", "Pay invoice 7."],
    ["assistant", ""],
    ["tool", 'The conversation is now with "billing".'],
  ]);
  expect(events.filter(({ type }) => type === "handoff")).toEqual([
    { type: "handoff", from: "desk", to: "billing" },
  ]);
});

test("a run that was handed over is paused and resumed as the other's", async () => {
  const payIt = { toolCalls: [{ id: "pay-1", name: "pay", input: { amount: 7 } }] };
  const { agent, paid, billingModel } = desk([over], [payIt, "Paid."]);

  const paused = await agent.run("Pay invoice 7.");
  const result = await agent.resume(stored(paused.state), {
    decisions: [{ callId: "pay-1", approve: true }],
  });

  expect(paused).toMatchObject({
    status: "paused",
    approvals: [{ agent: "billing", toolName: "pay" }],
    state: { agent: "desk", speaker: "billing" },
  });
  expect(result).toMatchObject({ status: "completed", text: "Paid." });
  expect(paid).toEqual([7]);
  expect(billingModel.requests[1]?.instructions).toBe("You pay.");
});

test("two agents can hand over to each other, on one count of steps", async () => {
  const back = Array.from({ length: 5 }, (_, i) => ({
    toolCalls: [{ name: "to_b", id: `a${i}` }],
  }));
  const forth = Array.from({ length: 5 }, (_, i) => ({
    toolCalls: [{ name: "to_a", id: `b${i}` }],
  }));
  const a: Agent<ToolSet> = new Agent({
    name: "a",
    model: scripted(back),
    tools: [handoff(() => b, { name: "to_b", description: "Hand over to b" })],
  });
  const b: Agent<ToolSet> = new Agent({
    name: "b",
    model: scripted(forth),
    tools: [handoff(a, { name: "to_a" })],
  });

  const stopped = await a.run("Go.", { maxSteps: 3 });

  expect(stopped).toMatchObject({
    status: "stopped",
    reason: "max-steps",
    state: { agent: "a", speaker: "b" },
  });
  expect(await a.resume(stopped.state)).toMatchObject({
    status: "stopped",
    reason: "no-progress",
  });
});

test("one answer hands over once; what else it calls is done by the first agent", async () => {
  const both = {
    toolCalls: [{ name: "transfer_to_billing" }, { name: "transfer_to_billing" }],
  };
  const { agent, billingModel } = desk([both], ["Mine."]);

  expect(await agent.run("Go.")).toMatchObject({ status: "completed", text: "Mine." });
  expect(billingModel.requests[0]?.messages.at(-1)).toMatchObject({
    isError: true,
    content: "Not executed: one answer can hand over to one agent only.",
  });
});

test.for(["approval", "budget"])(
  "a handoff beside a call that waits for its %s is not lost",
  async (what) => {
    const log: string[] = [];
    const note = tool({
      description: "Note",
      inputSchema: z.object({}),
      needsApproval: what === "approval",
      execute: () => log.push("noted"),
    });
    const b = new Agent({ name: "b", model: scripted(["B here."]) });
    const a = new Agent({
      name: "a",
      model: scripted([{ toolCalls: [{ name: "transfer_to_b" }, { name: "note", id: "n" }] }]),
      tools: [handoff(b), { ...note, name: "note" }],
    });

    const first = await a.run("Go.", what === "budget" ? { budget: { toolCalls: 1 } } : {});
    const result = await a.resume(stored(first.state), {
      decisions: first.status === "paused" ? [{ callId: "n", approve: true }] : [],
      budget: { toolCalls: 5 },
    });

    expect(first.status).toBe(what === "budget" ? "stopped" : "paused");
    expect(result).toMatchObject({ status: "completed", text: "B here." });
    expect(log).toEqual(["noted"]);
  },
);

test("a handoff beside a call that is aborted holds when the run goes on", async () => {
  const b = new Agent({ name: "b", model: scripted(["B here."]) });
  const wait = tool({
    name: "wait",
    description: "Wait",
    inputSchema: z.object({}),
    execute: () => new Promise<never>(() => {}),
  });
  const a = new Agent({
    name: "a",
    model: scripted([{ toolCalls: [{ name: "transfer_to_b" }, { name: "wait" }] }]),
    tools: [handoff(b), wait],
  });

  const aborted = await a.run("Go.", { signal: AbortSignal.timeout(20) });

  expect(aborted.status).toBe("aborted");
  expect(await a.resume(stored(aborted.state))).toMatchObject({ text: "B here." });
});

test("agents that a run can be handed to must have names of their own", async () => {
  const b = new Agent({ model: scripted([]) });
  const a = new Agent({ model: scripted(["Hi."]), tools: [handoff(b, { name: "go" })] });

  await expect(a.run("Go.")).rejects.toThrow(
    'handoff: two agents are named "agent". Give each a "name" of its own.',
  );
});

test("the context that the other agent's tools need is needed by the first", () => {
  const who = tool({
    description: "Who",
    inputSchema: z.object({}),
    execute: (_, { context }: { context: { user: string } }) => context.user,
  });
  const other = new Agent({ name: "other", model: scripted([]), tools: { who } });
  const agent = new Agent({ model: scripted([]), tools: [handoff(other)] });

  expectTypeOf<(typeof agent)["run"]>().parameter(1).toExtend<{ context: { user: string } }>();
  // @ts-expect-error context is missing
  void agent.run("Go.").catch(() => {});
});

test("what is no agent is refused", async () => {
  expect(() => handoff({} as never)).toThrow("handoff: takes an Agent");
  expect(() => handoff((() => undefined) as never)).toThrow(
    '"name" and "description" must be given',
  );
  const broken = handoff((() => undefined) as never, { name: "go", description: "Go" });
  const agent = new Agent({
    model: scripted([{ toolCalls: [{ name: "go" }] }]),
    tools: [broken],
  });
  await expect(agent.run("Go.")).rejects.toThrow(
    'handoff: the function of "go" must return an Agent.',
  );
});

test("a handoff that could not be made does not stand for one that was", async () => {
  const b = new Agent({ name: "b", model: scripted(["B here."]) });
  const calls = [
    { name: "transfer_to_b", invalid: { reason: "the arguments were cut off", text: "{" } },
    { name: "transfer_to_b" },
  ];
  const a = new Agent({
    name: "a",
    model: scripted([{ toolCalls: calls }]),
    tools: [handoff(b)],
  });

  expect(await a.run("Go.")).toMatchObject({ text: "B here." });
});

test("a handoff that is denied leaves the run where it is", async () => {
  const b = new Agent({ name: "b", model: scripted(["B here."]) });
  const a = new Agent({
    name: "a",
    model: scripted([{ toolCalls: [{ name: "transfer_to_b" }] }, "A here."]),
    tools: [handoff(b)],
    policy: () => "deny",
  });

  expect(await a.run("Go.")).toMatchObject({ text: "A here." });
});
