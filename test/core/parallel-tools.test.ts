import { setTimeout as sleep } from "node:timers/promises";

import { Agent, tool } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

const nothing = z.object({});

test("calls of one answer run at the same time", async () => {
  let arrived = 0;
  const everybody = Promise.withResolvers<void>();
  const meet = tool({
    description: "Wait for the others",
    inputSchema: nothing,
    execute: async () => {
      if (++arrived === 3) everybody.resolve();
      await everybody.promise;
    },
  });
  const toolCalls = Array.from({ length: 3 }, () => ({ name: "meet" }));
  const agent = new Agent({ model: scripted([{ toolCalls }, "All met."]), tools: { meet } });

  expect(await agent.run("Meet.")).toMatchObject({ status: "completed" });
});

test("no more than toolConcurrency calls run at once, and each of them runs", async () => {
  let atOnce = 0;
  let most = 0;
  const work = tool({
    description: "Work",
    inputSchema: z.object({ n: z.number() }),
    execute: async ({ n }) => {
      most = Math.max(most, ++atOnce);
      await sleep(5 + (n % 3) * 5);
      atOnce--;
      return n;
    },
  });
  const toolCalls = Array.from({ length: 12 }, (_, n) => ({ name: "work", input: { n } }));
  const agent = new Agent({
    model: scripted([{ toolCalls }, "Done."]),
    tools: { work },
    toolConcurrency: 3,
  });

  const result = await agent.run("Work.");

  expect(most).toBe(3);
  expect(result.steps[0]?.toolResults).toHaveLength(12);
});

test("results come in the order of the calls, whatever order they complete in", async () => {
  const finished: number[] = [];
  const wait = tool({
    description: "Wait",
    inputSchema: z.object({ ms: z.number() }),
    execute: async ({ ms }) => {
      await sleep(ms);
      finished.push(ms);
      return ms;
    },
  });
  const delays = [60, 1, 30];
  const toolCalls = delays.map((ms) => ({ name: "wait", input: { ms } }));
  const model = scripted([{ toolCalls }, "Done."]);

  const result = await new Agent({ model, tools: { wait } }).run("Wait.");

  expect(finished).toEqual([1, 30, 60]);
  expect(result.steps[0]?.toolResults).toMatchObject(delays.map((output) => ({ output })));
  expect(model.requests[1]?.messages.slice(2)).toMatchObject(
    delays.map((ms, i) => ({ callId: `call-${i + 1}`, content: String(ms) })),
  );
});

test("an error, a timeout and an unknown tool do not disturb their siblings", async () => {
  const ok = tool({
    description: "x",
    inputSchema: nothing,
    execute: async () => {
      await sleep(40);
      return "fine";
    },
  });
  const bad = tool({
    description: "x",
    inputSchema: nothing,
    execute: () => {
      throw new Error("bad");
    },
  });
  const slow = tool({
    description: "x",
    inputSchema: nothing,
    timeoutMs: 10,
    execute: () => new Promise<never>(() => {}),
  });
  const toolCalls = ["bad", "ok", "slow", "who", "ok"].map((name) => ({ name }));
  const model = scripted([{ toolCalls }, "Done."]);

  const result = await new Agent({ model, tools: { ok, bad, slow } }).run("Go.");

  expect(result.status).toBe("completed");
  expect(
    result.steps[0]?.toolResults.map((each) => (each.error ? each.error.code : each.output)),
  ).toEqual(["failed", "fine", "timeout", "unknown-tool", "fine"]);
});
