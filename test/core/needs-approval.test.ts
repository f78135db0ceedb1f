import { setTimeout as sleep } from "node:timers/promises";
import { runInNewContext } from "node:vm";

import { Agent, tool } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

import { office, payTwice, type NeedsApproval } from "./office.ts";

test.for<[string, NeedsApproval]>([
  ["a function of the arguments", ({ amount }) => amount > 7],
  ["an async function", ({ amount }) => sleep(1, amount > 7)],
  ["a function of the context", ({ amount }, { context }) => amount > (context as number)],
])("needsApproval may be %s", async ([, needsApproval]) => {
  const { agent, done } = office([payTwice], needsApproval);

  const result = await agent().run("Pay.", { context: 7 });

  expect(result).toMatchObject({ status: "paused", approvals: [{ callId: "call-3" }] });
  expect(done.toSorted()).toEqual(["looked", "paid 7"]);
});

test.for<[string, NeedsApproval]>([
  [
    "throws",
    () => {
      throw new Error("no rules today");
    },
  ],
  ["rejects", () => Promise.reject(new Error("no rules today"))],
])("a needsApproval that %s lets nothing run", async ([, needsApproval]) => {
  const { agent, done, model } = office([payTwice, "It failed."], needsApproval);

  expect(await agent().run("Pay.")).toMatchObject({ status: "completed" });
  expect(model.requests[1]?.messages[2]).toMatchObject({
    content: "Not executed: no rules today",
    isError: true,
  });
  expect(done).toEqual(["looked"]);
});

test("a needsApproval that takes longer than the tool may lets nothing run", async () => {
  let runs = 0;
  const pay = tool({
    description: "Pay",
    inputSchema: z.object({}),
    timeoutMs: 20,
    needsApproval: () => new Promise<never>(() => {}),
    execute: () => ++runs,
  });
  const model = scripted([{ toolCalls: [{ name: "pay" }] }, "It failed."]);

  const result = await new Agent({ model, tools: { pay } }).run("Pay.");

  expect(result.steps[0]?.toolResults).toMatchObject([
    { error: { code: "timeout", outcome: "not-run" } },
  ]);
  expect(model.requests[1]?.messages[2]).toMatchObject({
    content: "Not executed: the check for approval did not finish within 20 ms.",
  });
  expect(runs).toBe(0);
});

test("arguments that do not fit are told before anybody is asked", async () => {
  const turn = { toolCalls: [{ name: "pay", input: { amount: "all" } }] };
  const { agent, done } = office([turn, "It failed."]);

  expect(await agent().run("Pay.")).toMatchObject({ status: "completed" });
  expect(done).toEqual([]);
});

test("a check that answers with a promise of another realm, and never, does not outlive the abort", async () => {
  const never: Promise<boolean> = runInNewContext("new Promise(() => {})");
  const slow = tool({
    description: "x",
    inputSchema: z.object({}),
    needsApproval: () => never,
    execute: () => "done",
  });
  const agent = new Agent({
    model: scripted([{ toolCalls: [{ name: "slow" }] }]),
    tools: { slow },
  });
  const result = await agent.run("Go.", { signal: AbortSignal.timeout(20) });
  expect(result.status).toBe("aborted");
});
