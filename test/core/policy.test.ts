import { Agent, type PolicyCall, tool, type Verdict } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

import { office } from "./office.ts";

const payOnce = { toolCalls: [{ name: "pay", input: { amount: 7 } }] };

/** An agent that pays once, under a policy; what it paid, and what it says at the end. */
function payer(policy: (call: PolicyCall) => unknown, needsApproval = false) {
  const paid: number[] = [];
  const pay = tool({
    description: "Pay",
    inputSchema: z.object({ amount: z.number() }),
    effect: "irreversible",
    needsApproval,
    timeoutMs: 30,
    execute: ({ amount }) => paid.push(amount),
  });
  const model = scripted([payOnce, "Done."]);
  const agent = new Agent({
    name: "clerk",
    model,
    tools: { pay },
    policy: policy as (call: PolicyCall) => Verdict,
  });
  const told = (): unknown => model.requests[1]?.messages.at(-1)?.content;
  return { agent, paid, told };
}

test("a policy sees the checked call, and what it allows runs", async () => {
  const seen: PolicyCall[] = [];
  const { agent, paid } = payer((call) => {
    seen.push(call);
    return "allow";
  });

  await agent.run("Pay.", { context: "office", runId: "run-1" });

  expect(paid).toEqual([7]);
  expect(seen).toMatchObject([
    {
      callId: "call-1",
      toolName: "pay",
      input: { amount: 7 },
      effect: "irreversible",
      agent: "clerk",
      runId: "run-1",
      context: "office",
    },
  ]);
  expect(seen[0]?.signal).toBeInstanceOf(AbortSignal);
});

test("what a policy denies does not run, and the model is told why", async () => {
  const { agent, paid, told } = payer(() => ({ verdict: "deny", reason: "Over the limit." }));

  expect(await agent.run("Pay.")).toMatchObject({ status: "completed" });
  expect(paid).toEqual([]);
  expect(told()).toBe("Not executed: this call is not allowed. Reason: Over the limit.");
});

test("what a policy wants to have asked waits for a person, with the reason", async () => {
  const { agent, paid } = payer(() => ({ verdict: "ask", reason: "More than 5." }));

  const paused = await agent.run("Pay.");

  expect(paused).toMatchObject({
    status: "paused",
    approvals: [{ callId: "call-1", toolName: "pay", reason: "More than 5." }],
  });
  expect(paid).toEqual([]);
  await agent.resume(paused.state, { decisions: [{ callId: "call-1", approve: true }] });
  expect(paid).toEqual([7]);
});

test("the stricter of policy and tool holds", async () => {
  const asks = payer(() => "allow", true);
  const denies = payer(() => "deny", true);
  const none = payer(() => undefined);

  expect(await asks.agent.run("Pay.")).toMatchObject({ status: "paused" });
  expect(await denies.agent.run("Pay.")).toMatchObject({ status: "completed" });
  await none.agent.run("Pay.");

  expect([asks.paid, denies.paid, none.paid]).toEqual([[], [], [7]]);
});

test("a policy that throws, hangs or says something else lets nothing pass", async () => {
  const throws = payer(() => {
    throw new Error("no database");
  });
  const hangs = payer(() => new Promise(() => {}));
  const mumbles = payer(() => "yes");
  const nods = payer(() => null);

  for (const { agent } of [throws, hangs, mumbles, nods]) await agent.run("Pay.");

  expect([throws.paid, hangs.paid, mumbles.paid, nods.paid]).toEqual([[], [], [], []]);
  expect(nods.told()).toMatch(/the policy must return "allow", "ask", "deny"/);
  expect(throws.told()).toBe("Not executed: no database");
  expect(hangs.told()).toMatch(/check for approval did not finish within 30 ms/);
  expect(mumbles.told()).toMatch(/the policy must return "allow", "ask", "deny"/);
});

test("a person's no holds, even if nobody would ask any longer", async () => {
  let verdict = "ask";
  const { agent, paid, told } = payer(() => verdict);
  const paused = await agent.run("Pay.");
  verdict = "allow";

  await agent.resume(paused.state, {
    decisions: [{ callId: "call-1", approve: false, reason: "Not today." }],
  });

  expect(paid).toEqual([]);
  expect(told()).toBe("Not executed: a person denied this call. Reason: Not today.");
});

test("a policy's no holds over a person's yes", async () => {
  let verdict = "ask";
  const { agent, paid } = payer(() => verdict);
  const paused = await agent.run("Pay.");
  verdict = "deny";

  await agent.resume(paused.state, { decisions: [{ callId: "call-1", approve: true }] });

  expect(paid).toEqual([]);
});

test("a policy that is no function is refused", () => {
  expect(() => payer("ask" as never)).toThrow('Agent: "policy" must be a function.');
});

test("what was decided on a call that is done is not asked again when its subagent goes on", async () => {
  const asked: string[] = [];
  let verdict: "allow" | "deny" = "allow";
  const run: string[] = [];
  const step = (name: string, needsApproval: boolean) =>
    tool({
      description: name,
      inputSchema: z.object({}),
      needsApproval,
      execute: () => run.push(name),
    });
  const inner = new Agent({
    name: "inner",
    model: scripted([
      { toolCalls: [{ name: "work" }, { name: "refused" }] },
      { toolCalls: [{ name: "pay" }] },
      "Inner done.",
    ]),
    tools: { work: step("work", false), refused: step("refused", false), pay: step("pay", true) },
    policy: ({ toolName }) => {
      asked.push(toolName);
      return toolName === "refused" ? (verdict === "allow" ? "deny" : "allow") : verdict;
    },
  });
  const outer = new Agent({
    model: scripted([{ toolCalls: [{ name: "sub", id: "s", input: { task: "Go." } }] }, "Done."]),
    tools: { sub: inner.asTool({ description: "Sub" }) },
  });
  const paused = await outer.run("Go.");
  const before = [...asked];
  verdict = "deny";

  const again = await outer.resume(JSON.parse(JSON.stringify(paused.state)));

  expect(before).toEqual(["work", "refused", "pay"]);
  expect(again.steps[0]?.toolResults).toMatchObject([{ output: "Inner done." }]);
  expect(asked.slice(3)).toEqual(["pay"]);
  expect(run).toEqual(["work"]);
});

test("a call that was allowed and is open is not judged again when it goes on", async () => {
  let verdict: Verdict = "allow";
  const { agent: inner, done } = office([{ toolCalls: [{ name: "pay", id: "p" }] }, "Paid."]);
  const outer = new Agent({
    model: scripted([{ toolCalls: [{ name: "sub", id: "s", input: { task: "Pay." } }] }, "Done."]),
    tools: { sub: inner().asTool({ description: "Sub" }) },
    policy: () => verdict,
  });
  const paused = await outer.run("Go.");
  verdict = "deny";

  const result = await outer.resume(JSON.parse(JSON.stringify(paused.state)), {
    decisions: [{ callId: "s/p", approve: true }],
  });

  expect(result.steps[0]?.toolResults).toMatchObject([{ output: "Paid." }]);
  expect(done).toEqual(["paid 1"]);
});
