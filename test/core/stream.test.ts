import { setTimeout as sleep } from "node:timers/promises";

import { Agent, tool, type AgentEvent } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

const nothing = z.object({});

const add = tool({
  description: "Add two numbers",
  inputSchema: z.object({ a: z.number(), b: z.number() }),
  execute: ({ a, b }) => sleep(a, a + b),
});

const twoCalls = {
  toolCalls: [
    { name: "add", input: { a: 20, b: 1 } },
    { name: "add", input: { a: 1, b: 1 } },
  ],
};

async function eventsOf(stream: AsyncIterable<AgentEvent>): Promise<AgentEvent[]> {
  const events: AgentEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

test("a stream tells a run of two steps with two parallel calls from start to finish", async () => {
  const agent = new Agent({ model: scripted([twoCalls, "Done now."]), tools: { add } });

  const events = await eventsOf(agent.stream("Add."));

  expect(events.map((event) => ("callId" in event ? `${event.type} ${event.callId}` : event.type)))
    .toMatchInlineSnapshot(`
    [
      "start",
      "step-start",
      "tool-input-start call-1",
      "tool-input-delta call-1",
      "tool-input-end call-1",
      "tool-input-start call-2",
      "tool-input-delta call-2",
      "tool-input-end call-2",
      "tool-call call-1",
      "tool-call call-2",
      "tool-start call-1",
      "tool-start call-2",
      "tool-end call-2",
      "tool-result call-2",
      "tool-end call-1",
      "tool-result call-1",
      "step-finish",
      "step-start",
      "text-delta",
      "text-delta",
      "step-finish",
      "finish",
    ]
  `);
});

test("the events carry what they tell of", async () => {
  const usage = { inputTokens: 1, outputTokens: 2, totalTokens: 3 };
  const model = scripted([
    { ...twoCalls, usage },
    { text: "Done now.", reasoning: "Hm." },
  ]);
  const agent = new Agent({ model, tools: { add }, name: "adder" });
  const stream = agent.stream("Add.", { runId: "r" });

  const events = await eventsOf(stream);
  const of = (type: AgentEvent["type"]) => events.filter((event) => event.type === type);

  expect(of("start")).toEqual([{ type: "start", runId: "r", agent: "adder" }]);
  expect(of("step-start")).toMatchObject([{ step: 1 }, { step: 2 }]);
  expect(of("tool-call")[0]).toMatchObject({ toolName: "add", input: { a: 20, b: 1 } });
  expect(of("tool-end")[1]).toMatchObject({ outcome: "ok", durationMs: expect.any(Number) });
  expect(of("tool-result")).toMatchObject([{ output: 2 }, { output: 21 }]);
  expect(of("reasoning-delta")).toMatchObject([{ text: "Hm." }]);
  expect(of("text-delta")).toMatchObject([{ text: "Done" }, { text: " now." }]);
  expect(of("step-finish")).toMatchObject([
    { step: 1, finishReason: "tool-calls", usage },
    { step: 2, finishReason: "stop" },
  ]);
  expect(of("finish")).toEqual([{ type: "finish", result: await stream.result }]);
});

test("result and text are there without a reader", async () => {
  const agent = new Agent({ model: scripted(["One.", "Two.", "Three."]) });

  expect(await agent.stream("Hi").result).toMatchObject({ status: "completed", text: "One." });
  expect(await agent.stream("Hi").text).toBe("Two.");
  const stream = agent.stream("Hi");
  expect(await Promise.all([stream.text, stream.result, stream.text])).toMatchObject([
    "Three.",
    { text: "Three." },
    "Three.",
  ]);
});

test("result may be asked for before, during and after the reading", async () => {
  const stream = new Agent({ model: scripted(["One."]) }).stream("Hi");

  const before = stream.result;
  const types = (await eventsOf(stream)).map(({ type }) => type);

  expect(types).toEqual(["start", "step-start", "text-delta", "step-finish", "finish"]);
  expect(await before).toBe(await stream.result);
});

test("a stream has one reader", async () => {
  const agent = new Agent({ model: scripted(["One.", "Two."]) });
  const read = agent.stream("Hi");
  await eventsOf(read);
  const drained = agent.stream("Hi");
  await drained.result;

  expect(() => read[Symbol.asyncIterator]()).toThrow("A stream has one reader");
  expect(() => drained[Symbol.asyncIterator]()).toThrow(TypeError);
});

test("nothing runs before a stream is read", async () => {
  const model = scripted(["One."]);
  const stream = new Agent({ model }).stream("Hi");
  await sleep(20);
  expect(model.requests).toHaveLength(0);

  await stream.result;
  expect(model.requests).toHaveLength(1);
});

test("leaving the loop aborts what is at work, and each call is answered", async () => {
  let signal: AbortSignal | undefined;
  const wait = tool({
    description: "Wait",
    inputSchema: nothing,
    effect: "write",
    execute: (_, options) => {
      signal = options.signal;
      options.progress("at work");
      return new Promise<never>(() => {});
    },
  });
  const model = scripted([
    { text: "I wait.", toolCalls: [{ name: "add", input: { a: 0, b: 1 } }, { name: "wait" }] },
  ]);
  const agent = new Agent({ model, tools: { add, wait } });
  const finished: unknown[] = [];
  agent.on("finish", ({ result }) => finished.push(result.status));
  const stream = agent.stream("Go.");

  const startedAt = performance.now();
  for await (const { type } of stream) if (type === "tool-progress") break;
  expect(performance.now() - startedAt).toBeLessThan(100);

  const result = await stream.result;
  expect(signal?.aborted).toBe(true);
  expect(result).toMatchObject({
    status: "aborted",
    text: "I wait.",
    reason: { message: "The stream's reader left before the end." },
  });
  expect(result.messages.slice(2)).toMatchObject([
    { callId: "call-1" },
    { callId: "call-2", content: expect.stringContaining("may have taken effect") },
  ]);
  expect(finished).toEqual(["aborted"]);
});

test("leaving the loop ends the model's answer", async () => {
  const model = scripted([{ text: "One two three four." }, "Never asked."]);
  const stream = new Agent({ model }).stream("Hi");

  for await (const event of stream) if (event.type === "text-delta") break;

  expect(await stream.result).toMatchObject({ status: "aborted", text: "One" });
  expect(await stream.text).toBe("One");
});

test("whoever throws inside the loop leaves it", async () => {
  const stream = new Agent({ model: scripted(["One two."]) }).stream("Hi");
  const reading = (async () => {
    for await (const event of stream) throw new Error(`no more after ${event.type}`);
  })();

  await expect(reading).rejects.toThrow("no more after start");
  expect(await stream.result).toMatchObject({ status: "aborted" });
});

test("leaving at the last event leaves a run that is over as it is", async () => {
  const stream = new Agent({ model: scripted(["One."]) }).stream("Hi");

  for await (const { type } of stream) if (type === "finish") break;

  expect(await stream.result).toMatchObject({ status: "completed", output: "One." });
});

test("leaving before the first event ends the run before it begins", async () => {
  const model = scripted(["One."]);
  const stream = new Agent({ model }).stream("Hi");

  await stream[Symbol.asyncIterator]().return?.();

  expect(await stream.result).toMatchObject({ status: "aborted" });
  expect(model.requests).toHaveLength(0);
});

test("a slow reader is not run ahead of", async () => {
  const did: string[] = [];
  const work = tool({
    description: "Work",
    inputSchema: nothing,
    execute: (_, { callId }) => did.push(callId),
  });
  const call = { toolCalls: [{ name: "work" }, { name: "work" }] };
  const model = scripted([call, call, "Done."]);
  const seen: string[] = [];

  for await (const event of new Agent({ model, tools: { work } }).stream("Go.")) {
    if (event.type === "tool-start") seen.push(event.callId);
    await sleep(2);
    // A call is at work only once its start was taken, and a step only once the one before was.
    expect(seen.length).toBeGreaterThanOrEqual(did.length);
    expect(seen).toEqual(expect.arrayContaining(did));
    expect(model.requests.length).toBeLessThanOrEqual(1 + did.length / 2);
  }
  expect(did).toHaveLength(4);
});
