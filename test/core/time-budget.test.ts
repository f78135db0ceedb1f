import { setTimeout as sleep } from "node:timers/promises";

import { Agent, type Model, tool } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

const nothing = z.object({});
const never = new Promise<never>(() => {});

/** How long something takes, in milliseconds. */
async function timed<Value>(work: Promise<Value>): Promise<readonly [Value, number]> {
  const startedAt = performance.now();
  const value = await work;
  return [value, performance.now() - startedAt];
}

test("a run whose time is over ends within 50 ms, even when its tool is deaf", async () => {
  const deaf = tool({
    description: "Work for ever",
    inputSchema: nothing,
    effect: "write",
    execute: () => never,
  });
  const model = scripted([{ toolCalls: [{ id: "a", name: "deaf" }] }, "Done."]);
  const agent = new Agent({ model, tools: { deaf } });

  const [stopped, tookMs] = await timed(agent.run("Work.", { budget: { ms: 60 } }));

  expect(stopped).toMatchObject({ status: "stopped", reason: "budget", limit: "ms" });
  expect(tookMs).toBeGreaterThanOrEqual(58);
  expect(tookMs).toBeLessThan(110);
  expect(stopped.steps[0]?.toolResults[0]?.error).toMatchObject({ outcome: "unknown" });
});

test("a run whose time is over ends within 50 ms, even when its model is deaf", async () => {
  const deaf: Model = {
    id: "deaf",
    capabilities: { tools: true },
    // oxlint-disable-next-line require-yield -- it says nothing
    async *respond() {
      return await never;
    },
  };
  const run = new Agent({ model: deaf }).run("Work.", { budget: { ms: 60 } });

  const [stopped, tookMs] = await timed(run);

  expect(stopped).toMatchObject({ status: "stopped", reason: "budget", limit: "ms" });
  expect(tookMs).toBeLessThan(110);
});

test("the time of all parts of a run counts, and not the time in which it waits for a decision", async () => {
  const pay = tool({
    description: "Pay",
    inputSchema: nothing,
    needsApproval: true,
    execute: () => sleep(500),
  });
  const model = scripted([{ toolCalls: [{ id: "p", name: "pay" }], delayMs: 60 }, "Done."]);
  const agent = new Agent({ model, tools: { pay } });
  const paused = await agent.run("Pay.", { budget: { ms: 150 } });
  expect(paused.status).toBe("paused");
  expect(paused.state.spent?.ms).toBeGreaterThanOrEqual(58);
  expect(paused.state.spent?.ms).toBeLessThan(110);
  await sleep(120);

  const decisions = [{ callId: "p", approve: true }];
  const [stopped, tookMs] = await timed(agent.resume(paused.state, { decisions }));

  expect(stopped).toMatchObject({ status: "stopped", limit: "ms" });
  expect(tookMs).toBeGreaterThanOrEqual(35);
  expect(tookMs).toBeLessThan(150);
});

test("with no time left no model is asked and no tool is run", async () => {
  const model = scripted(["Done."]);
  const stopped = await new Agent({ model }).run("Work.", { budget: { ms: 0 } });

  expect(stopped).toMatchObject({ status: "stopped", reason: "budget", limit: "ms" });
  expect(model.requests).toEqual([]);
});

test("a run that ended in time leaves no timer behind", async () => {
  const before = process.getActiveResourcesInfo().filter((each) => each === "Timeout").length;
  const agent = new Agent({ model: scripted(["Done."]) });
  expect(await agent.run("Work.", { budget: { ms: 60_000 } })).toMatchObject({
    status: "completed",
  });
  const after = process.getActiveResourcesInfo().filter((each) => each === "Timeout").length;

  expect(after).toBe(before);
});
