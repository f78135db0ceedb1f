import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { Agent, tool } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

import { callOf } from "./call-of.ts";

const nothing = z.object({});

test.for(["read", "write", "irreversible"] as const)(
  "a deaf tool is left behind at its deadline (%s)",
  async (effect) => {
    let isAborted = false;
    const it = tool({
      description: "x",
      inputSchema: nothing,
      effect,
      timeoutMs: 30,
      execute: async (_, { signal }) => {
        signal.addEventListener("abort", () => (isAborted = true));
        await sleep(5_000, undefined, { ref: false });
      },
    });

    const startedAt = performance.now();
    const { content, events, error } = await callOf(it);

    expect(performance.now() - startedAt).toBeLessThan(80);
    expect(isAborted).toBe(true);
    expect(error).toMatchObject({ code: "timeout", outcome: "unknown" });
    expect(error?.cause).toMatchObject({ name: "TimeoutError" });
    expect(events.find(({ type }) => type === "tool-end")).toMatchObject({ outcome: "unknown" });
    expect(content).toBe(
      effect === "read"
        ? "The tool did not finish within 30 ms."
        : "The tool did not finish within 30 ms. Its outcome is unknown: it may have taken effect.",
    );
  },
);

test("a generator is closed at its deadline, and a hanging clean-up holds nobody", async () => {
  let isCleaning = false;
  const it = tool({
    description: "x",
    inputSchema: nothing,
    timeoutMs: 30,
    execute: async function* () {
      try {
        for (;;) {
          await sleep(5);
          yield "tick";
        }
      } finally {
        isCleaning = true;
        await sleep(5_000, undefined, { ref: false });
      }
    },
  });

  const startedAt = performance.now();
  const { error } = await callOf(it);

  expect(performance.now() - startedAt).toBeLessThan(80);
  expect(error).toMatchObject({ code: "timeout", outcome: "unknown" });
  await sleep(10);
  expect(isCleaning).toBe(true);
});

test("an iterator made by hand needs no return method", async () => {
  const it = tool({
    description: "x",
    inputSchema: nothing,
    timeoutMs: 20,
    execute: () => ({
      next: () => new Promise<never>(() => {}),
      [Symbol.asyncIterator]() {
        return this;
      },
    }),
  });

  expect((await callOf(it)).error).toMatchObject({ code: "timeout", outcome: "unknown" });
});

test("the time of a tool does not run while it waits for a slow watcher", async () => {
  const it = tool({
    description: "x",
    inputSchema: nothing,
    timeoutMs: 30,
    execute: (_, { signal }) => signal.aborted,
  });
  const model = scripted([{ toolCalls: [{ name: "it" }] }, "Done."]);
  for await (const event of new Agent({ model, tools: { it } }).stream("Go."))
    if (event.type === "tool-start") await sleep(60);

  expect(model.requests[1]?.messages.at(-1)).toMatchObject({ content: "false" });
});

test("what a tool reports after its time is not seen in later steps", async () => {
  const it = tool({
    description: "x",
    inputSchema: nothing,
    timeoutMs: 10,
    execute: async (_, { progress, spend }) => {
      await sleep(30);
      progress("too late");
      spend({ inputTokens: 1, outputTokens: 1, totalTokens: 2 });
    },
  });
  const model = scripted([{ toolCalls: [{ name: "it" }] }, { text: "Done.", delayMs: 50 }]);
  const stream = new Agent({ model, tools: { it } }).stream("Go.");
  const seen: string[] = [];
  for await (const { type } of stream) seen.push(type);

  expect(seen).not.toContain("tool-progress");
  expect((await stream.result).usage.totalTokens).toBe(0);
});

function timers(): number {
  return process.getActiveResourcesInfo().filter((each) => each === "Timeout").length;
}

test("a tool that is done in time leaves no timer behind", async () => {
  const it = tool({
    description: "x",
    inputSchema: nothing,
    timeoutMs: 60_000,
    needsApproval: () => false,
    execute: () => "done",
  });

  const before = timers();
  await callOf(it);

  expect(timers()).toBe(before);
});

test("what a tool that was left behind goes on to report is not kept", async () => {
  let report: ((value: object) => void) | undefined;
  const it = tool({
    description: "x",
    inputSchema: nothing,
    timeoutMs: 10,
    execute: (_, { progress }) => {
      report = progress;
      return new Promise<never>(() => {});
    },
  });
  await callOf(it);
  const reported = (() => {
    const value = {};
    report?.(value);
    return new WeakRef(value);
  })();

  setFlagsFromString("--expose-gc");
  await sleep(1);
  (runInNewContext("gc") as () => void)();

  expect(reported.deref()).toBeUndefined();
  expect(report).toBeDefined();
});
