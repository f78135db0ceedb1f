import { setTimeout as sleep } from "node:timers/promises";

import { Agent, ModelError, tool, ToolError, type Model } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

const rejections: unknown[] = [];
const onRejection = (reason: unknown): unknown => rejections.push(reason);
process.on("unhandledRejection", onRejection);

const nothing = z.object({});

/** A model whose adapter is nothing but this. */
function modelOf(respond: () => unknown): Model {
  return { id: "x", capabilities: { tools: true }, respond: respond as Model["respond"] };
}

test("a provider's error ends the run as failed, with the text so far", async () => {
  const error = new ModelError("Overloaded", { code: "server", status: 529, requestId: "req-1" });
  const agent = new Agent({ model: scripted([{ text: "Half an", error }]) });

  const result = await agent.run("Hi");

  expect(result).toMatchObject({ status: "failed", text: "Half an", steps: [] });
  expect(result.status === "failed" && result.error).toBe(error);
  expect(result.messages).toEqual([{ role: "user", content: "Hi" }]);
});

test("the text of a run that fails in a later step is what arrived of that step", async () => {
  const count = tool({ description: "x", inputSchema: nothing, execute: () => 1 });
  const model = scripted([
    { text: "I count.", toolCalls: [{ name: "count" }] },
    { text: "There a", error: new Error("cut") },
  ]);

  const result = await new Agent({ model, tools: { count } }).run("Count.");

  expect(result).toMatchObject({ status: "failed", text: "There a" });
});

test("a failed run goes on from its state, and repeats no call", async () => {
  let runs = 0;
  const count = tool({ description: "x", inputSchema: nothing, execute: () => ++runs });
  const error = new ModelError("Overloaded", { code: "server", retryable: true });
  const model = scripted([{ toolCalls: [{ name: "count" }] }, { error }, "Counted."]);
  const agent = new Agent({ model, tools: { count } });

  const failed = await agent.run("Count.");
  const result = await agent.resume(
    JSON.parse(JSON.stringify(failed.state)) as typeof failed.state,
  );

  expect(failed).toMatchObject({ status: "failed", error: { retryable: true } });
  expect(failed.steps).toHaveLength(1);
  expect(result).toMatchObject({ status: "completed", output: "Counted." });
  expect(runs).toBe(1);
  expect(model.requests[2]?.requestId).toBe(model.requests[1]?.requestId);
});

test.for<[unknown, string]>([
  ["out of order", "out of order"],
  [undefined, "undefined"],
  [null, "null"],
  [{ message: "an object's" }, "an object's"],
  [Object.create(null), "something without a message was thrown"],
])("an adapter may throw anything (%#)", async ([thrown, message]) => {
  const model = modelOf(() => {
    throw thrown;
  });
  const stream = new Agent({ model }).stream("Hi");

  const result = await stream.result;

  expect(result.status === "failed" && result.error).toBeInstanceOf(Error);
  expect(result).toMatchObject({ status: "failed", error: { message } });
  expect(result.status === "failed" && result.error.cause).toBe(thrown);
});

test.for([() => undefined, () => Promise.resolve("Hello."), async function* () {}])(
  "an adapter that keeps no contract ends the run as failed (%#)",
  async (respond) => {
    expect(await new Agent({ model: modelOf(respond) }).run("Hi")).toMatchObject({
      status: "failed",
      error: { name: "TypeError" },
    });
  },
);

test("an adapter that fails after it was left behind disturbs nobody", async () => {
  const model = modelOf(async function* () {
    await sleep(20);
    yield Promise.reject(new Error("late"));
  });

  const result = await new Agent({ model }).run("Hi", { signal: AbortSignal.timeout(5) });

  expect(result.status).toBe("aborted");
  await sleep(30);
  expect(rejections).toEqual([]);
});

test("tools that fail after they were left behind disturb nobody", async () => {
  const late = tool({
    description: "x",
    inputSchema: nothing,
    timeoutMs: 5,
    execute: async () => {
      await sleep(20);
      throw new Error("late");
    },
  });
  const generator = tool({
    description: "x",
    inputSchema: nothing,
    timeoutMs: 5,
    execute: async function* () {
      try {
        await sleep(20);
        yield 1;
      } finally {
        await Promise.reject(new Error("late clean-up"));
      }
    },
  });
  const approval = tool({
    description: "x",
    inputSchema: nothing,
    timeoutMs: 5,
    needsApproval: () => sleep(20).then(() => Promise.reject(new Error("late question"))),
    execute: () => 1,
  });
  const tools = { late, generator, approval };
  const toolCalls = Object.keys(tools).map((name) => ({ name }));

  const result = await new Agent({ model: scripted([{ toolCalls }, "Done."]), tools }).run("Go.");

  expect(result.steps[0]?.toolResults).toMatchObject(
    toolCalls.map(() => ({ error: { code: "timeout" } })),
  );
  await sleep(40);
  expect(rejections).toEqual([]);
});

test("nobody has to await a failed run's stream", async () => {
  const model = scripted([{ error: new Error("down") }, { error: new Error("down") }]);
  const agent = new Agent({ model });

  void agent.stream("Hi").text;
  for await (const _ of agent.stream("Hi"));
  await sleep(5);

  expect(rejections).toEqual([]);
});

test("a tool error is plain JSON and back", () => {
  const error = new ToolError("No.", { code: "failed", outcome: "unknown", cause: "a secret" });
  const json = JSON.stringify(error);

  expect(json).toBe('{"message":"No.","code":"failed","outcome":"unknown"}');
  expect(ToolError.from(JSON.parse(json))).toMatchObject({ code: "failed", outcome: "unknown" });
});

test("a model error keeps what is known when it is given its partial answer", () => {
  const partial = { role: "assistant", content: "Half" } as const;
  const error = new ModelError("x", { code: "timeout", status: 504, retryable: true, cause: 1 });

  const whole = error.with({ partial });

  expect(whole).toBeInstanceOf(ModelError);
  expect(whole).toMatchObject({ message: "x", code: "timeout", status: 504, cause: 1, partial });
  expect(whole.retryable).toBe(true);
});

test("none of these left a rejection behind that nobody handles", async () => {
  await sleep(20);
  process.off("unhandledRejection", onRejection);

  expect(rejections).toEqual([]);
});
