import { getEventListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

import { Agent, tool, type Message, type Model, type RunResult } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

const nothing = z.object({});
const never = (): Promise<never> => new Promise(() => {});

const deaf = tool({ description: "Hear nothing", inputSchema: nothing, execute: never });
const ok = tool({ description: "Be quick", inputSchema: nothing, execute: () => "ok" });

/** Aborts after `ms` and says how the run ended and how long it took from there. */
async function abortAfter(ms: number, begin: (signal: AbortSignal) => Promise<RunResult>) {
  const controller = new AbortController();
  const reason = { because: "the caller says so" };
  const ended = begin(controller.signal);
  await sleep(ms);
  const abortedAt = performance.now();
  controller.abort(reason);
  const result = await ended;
  const tookMs = performance.now() - abortedAt;
  expect(result.status).toBe("aborted");
  expect(result.status === "aborted" && result.reason).toBe(reason);
  expect(tookMs).toBeLessThan(50);
  expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  return result;
}

/** Each call has exactly one answer, right behind its own message and in the order of the calls. */
function expectValid(messages: readonly Message[]): void {
  const expected = messages.flatMap((message) =>
    message.role === "tool"
      ? []
      : [
          message,
          ...((message.role === "assistant" && message.toolCalls) || []).map(({ id }) =>
            messages.find((each) => each.role === "tool" && each.callId === id),
          ),
        ],
  );
  expect(messages).toEqual(expected);
}

test("a signal that is aborted before keeps everything from running", async () => {
  const model = scripted(["Hello."]);
  let made = 0;
  const agent = new Agent({ model, instructions: () => String(++made) });
  const signal = AbortSignal.abort("early");

  const result = await agent.run("Hi", { signal });

  expect(result).toMatchObject({ status: "aborted", reason: "early", text: "", steps: [] });
  expect(model.requests).toHaveLength(0);
  expect(made).toBe(0);
});

test("a run can be aborted while the model thinks", async () => {
  const agent = new Agent({ model: scripted([{ text: "Late.", delayMs: 5_000 }]) });

  const { messages } = await abortAfter(20, (signal) => agent.run("Hi", { signal }));

  expect(messages).toEqual([{ role: "user", content: "Hi" }]);
});

test("an adapter that ignores its signal is left behind, and its text is kept", async () => {
  let isClosed = false;
  const model: Model = {
    id: "deaf",
    capabilities: { tools: true },
    async *respond() {
      try {
        yield { type: "text-delta", text: "Half a" };
        return await never();
      } finally {
        isClosed = true;
      }
    },
  };

  const result = await abortAfter(20, (signal) => new Agent({ model }).run("Hi", { signal }));

  expect(result).toMatchObject({ text: "Half a", steps: [] });
  expect(result.messages).toHaveLength(1);
  expect(isClosed).toBe(false);
});

test("an adapter that hears its signal does not turn the abort into a failure", async () => {
  const model: Model = {
    id: "polite",
    capabilities: { tools: true },
    async *respond({ signal }) {
      yield { type: "text-delta", text: "One" };
      return await sleep(5_000, undefined as never, { signal });
    },
  };

  const result = await abortAfter(20, (signal) => new Agent({ model }).run("Hi", { signal }));

  expect(result.text).toBe("One");
});

test("a run can be aborted while instructions are made", async () => {
  const agent = new Agent({ model: scripted([]), instructions: never });

  const result = await abortAfter(10, (signal) => agent.run("Hi", { signal }));

  expect(result).toMatchObject({ text: "", steps: [] });
});

test("deaf tools are left behind, and each call is answered once", async () => {
  const signals: AbortSignal[] = [];
  const wait = tool({
    description: "Wait",
    inputSchema: nothing,
    effect: "write",
    execute: (_, { signal }) => {
      signals.push(signal);
      return never();
    },
  });
  const toolCalls = ["ok", "deaf", "wait", "ok"].map((name) => ({ name }));
  const agent = new Agent({ model: scripted([{ toolCalls }]), tools: { ok, deaf, wait } });

  const { messages, steps } = await abortAfter(20, (signal) => agent.run("Go.", { signal }));

  expectValid(messages);
  expect(messages.slice(2).map(({ content }) => content)).toEqual([
    "ok",
    "The run was aborted while the tool was at work.",
    "The run was aborted while the tool was at work. Its outcome is unknown: it may have taken effect.",
    "ok",
  ]);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  expect(steps).toHaveLength(1);
});

test("a queued call does not start after the abort", async () => {
  let started = 0;
  const wait = tool({
    description: "Wait",
    inputSchema: nothing,
    execute: () => {
      started++;
      return never();
    },
  });
  const toolCalls = Array.from({ length: 6 }, () => ({ name: "wait" }));
  const agent = new Agent({
    model: scripted([{ toolCalls }]),
    tools: { wait },
    toolConcurrency: 2,
  });

  const { messages } = await abortAfter(20, (signal) => agent.run("Go.", { signal }));
  await sleep(10);

  expect(started).toBe(2);
  expectValid(messages);
  expect(messages.at(-1)).toMatchObject({ content: "Not executed: the run was aborted before." });
});

test("a call whose start waits to be seen does not start after the abort", async () => {
  let started = 0;
  const count = tool({ description: "Count", inputSchema: nothing, execute: () => ++started });
  const controller = new AbortController();
  const agent = new Agent({
    model: scripted([{ toolCalls: [{ name: "count" }] }]),
    tools: { count },
  });
  const stream = agent.stream("Go.", { signal: controller.signal });
  for await (const { type } of stream) if (type === "tool-start") controller.abort();

  const { status, messages } = await stream.result;

  expect(status).toBe("aborted");
  expect(started).toBe(0);
  expect(messages.at(-1)).toMatchObject({ content: "Not executed: the run was aborted before." });
});

test("a generator whose progress waits to be seen does not go on after the abort", async () => {
  let written = 0;
  const write = tool({
    description: "Write",
    inputSchema: nothing,
    execute: async function* () {
      yield "ready";
      written++;
    },
  });
  const controller = new AbortController();
  const agent = new Agent({
    model: scripted([{ toolCalls: [{ name: "write" }] }]),
    tools: { write },
  });
  const stream = agent.stream("Go.", { signal: controller.signal });
  for await (const { type } of stream) if (type === "tool-progress") controller.abort();
  await sleep(5);

  expect(written).toBe(0);
});

test("a run can be aborted while approval is considered", async () => {
  let runs = 0;
  const pay = tool({
    description: "Pay",
    inputSchema: nothing,
    needsApproval: never,
    execute: () => ++runs,
  });
  const agent = new Agent({ model: scripted([{ toolCalls: [{ name: "pay" }] }]), tools: { pay } });

  const { messages } = await abortAfter(20, (signal) => agent.run("Go.", { signal }));

  expectValid(messages);
  expect(messages.at(-1)).toMatchObject({ content: "Not executed: the run was aborted before." });
  expect(runs).toBe(0);
});

test("a run can be aborted while arguments are checked", async () => {
  const check = tool({ description: "x", inputSchema: nothing.refine(never), execute: () => 1 });
  const agent = new Agent({
    model: scripted([{ toolCalls: [{ name: "check" }] }]),
    tools: { check },
  });

  const { messages } = await abortAfter(20, (signal) => agent.run("Go.", { signal }));

  expect(messages).toHaveLength(3);
});

test("an abort between two steps keeps the first and does not ask again", async () => {
  const controller = new AbortController();
  const model = scripted([{ toolCalls: [{ name: "ok" }] }, "Never said."]);
  const agent = new Agent({ model, tools: { ok } });
  agent.on("step-finish", () => controller.abort("enough"));
  let begun = 0;
  agent.on("step-start", () => begun++);

  const result = await agent.run("Go.", { signal: controller.signal });

  expect(result).toMatchObject({ status: "aborted", reason: "enough" });
  expect(result.steps).toHaveLength(1);
  expect(begun).toBe(1);
  expect(model.requests).toHaveLength(1);
});
