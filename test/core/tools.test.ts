import { setTimeout as sleep } from "node:timers/promises";

import { Agent, tool } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

import { callOf } from "./call-of.ts";

const nothing = z.object({});

test("a generator yields progress and returns the output", async () => {
  const it = tool({
    description: "x",
    inputSchema: nothing,
    execute: async function* (_, { progress }) {
      progress("called");
      yield "one";
      await sleep(1);
      yield "two";
      return "three";
    },
  });

  const { content, events } = await callOf(it);

  expect(content).toBe("three");
  expect(
    events
      .filter(({ type }) => type.startsWith("tool-"))
      .map((e) => ("value" in e ? e.value : e.type)),
  ).toEqual([
    "tool-input-start",
    "tool-input-delta",
    "tool-input-end",
    "tool-call",
    "tool-start",
    "called",
    "one",
    "two",
    "tool-end",
    "tool-result",
  ]);
});

test("a generator that throws is an error, and its clean-up has run", async () => {
  let isClean = false;
  const it = tool({
    description: "x",
    inputSchema: nothing,
    execute: async function* () {
      try {
        yield 1;
        throw new Error("half way");
      } finally {
        isClean = true;
      }
    },
  });

  expect((await callOf(it)).content).toBe("Error: half way");
  expect(isClean).toBe(true);
});

test("progress is seen while the tool is at work", async () => {
  const seen: unknown[] = [];
  const isSeen = Promise.withResolvers<void>();
  const it = tool({
    description: "x",
    inputSchema: nothing,
    execute: async (_, { progress }) => {
      progress({ percent: 50 });
      await isSeen.promise;
      return "seen";
    },
  });
  const model = scripted([{ toolCalls: [{ name: "it" }] }, "Done."]);
  for await (const event of new Agent({ model, tools: { it } }).stream("Go."))
    if (event.type === "tool-progress") {
      seen.push(event);
      isSeen.resolve();
    }

  expect(seen).toEqual([
    { type: "tool-progress", callId: "call-1", toolName: "it", value: { percent: 50 } },
  ]);
  expect(model.requests[1]?.messages.at(-1)).toMatchObject({ content: "seen" });
});

test("a thenable is awaited like a promise", async () => {
  const it = tool({
    description: "x",
    inputSchema: nothing,
    // oxlint-disable-next-line unicorn/no-thenable -- what is tested
    execute: () => ({ then: (resolve: (value: string) => void) => resolve("later") }),
  });

  expect((await callOf(it)).content).toBe("later");
});

test("a tool is told the context, its call and its run", async () => {
  const context = { user: "Ada" };
  let told: Record<string, unknown> = {};
  const it = tool({
    description: "x",
    inputSchema: nothing,
    execute: (_, options) => {
      told = { ...options };
    },
  });
  const agent = new Agent({
    model: scripted([{ toolCalls: [{ name: "renamed" }] }, "Done."]),
    tools: { renamed: it },
  });

  await agent.run("Go.", { context, runId: "r" });

  expect(told).toMatchObject({
    callId: "call-1",
    toolName: "renamed",
    runId: "r",
    idempotencyKey: "r:call-1",
  });
  expect(told["context"]).toBe(context);
  expect(told["signal"]).toBeInstanceOf(AbortSignal);
});

test("a tool that changes its arguments does not change what the model said", async () => {
  const it = tool({
    description: "x",
    inputSchema: { type: "object", properties: { list: { type: "array" } } },
    execute: (input) => {
      (input["list"] as number[]).push(2);
      delete input["list"];
      return "ok";
    },
  });

  const { prompt } = await callOf(it, { input: { list: [1] } });

  expect(prompt).toContain('"input":{"list":[1]}');
});

test("each call has an idempotency key of its own, the same before and after a pause", async () => {
  const asked: string[] = [];
  const ran: string[] = [];
  const it = tool({
    description: "x",
    inputSchema: nothing,
    needsApproval: (_, { idempotencyKey }) => asked.push(idempotencyKey) > 0,
    execute: (_, { idempotencyKey }) => ran.push(idempotencyKey),
  });
  const agent = new Agent({
    model: scripted([{ toolCalls: [{ name: "it" }, { name: "it" }] }, "Done."]),
    tools: { it },
  });

  const paused = await agent.run("Go.");
  await agent.resume(paused.state, {
    decisions: ["call-1", "call-2"].map((callId) => ({ callId, approve: true })),
  });

  expect(ran).toHaveLength(2);
  expect(new Set(ran).size).toBe(2);
  expect(asked).toEqual([...ran, ...ran]);
});
