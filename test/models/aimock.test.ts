import { LLMock, type MockServerOptions } from "@copilotkit/aimock";
import { Agent, type Model, ModelError, tool } from "@pawl/core";
import { chatCompletions, type ChatCompletionsOptions } from "@pawl/models";
import { expect, test } from "vitest";
import { z } from "zod";

import { ask } from "./server.ts";

// aimock is a server by other authors: what it says of the protocol was not written to please this adapter.

const question = { messages: [{ role: "user" as const, content: "ping" }] };
const addCall = { name: "add", arguments: '{"a":2,"b":3}' };
const nowCall = { name: "now", arguments: "{}" };

test("text is read alike streamed and whole, with counts", async () => {
  await using mock = await open();
  mock.server.onMessage("ping", {
    content: "Hello from elsewhere, naïve 🎉.",
    reasoning: "Hm.",
    usage: { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 },
  });
  const answers = [true, false].map((stream) => ask(mock.model({ stream }), question));
  for (const { message } of await Promise.all(answers))
    expect(message).toMatchObject({
      content: "Hello from elsewhere, naïve 🎉.",
      reasoning: "Hm.",
      finishReason: "stop",
      usage: { inputTokens: 7, outputTokens: 5, totalTokens: 12 },
    });
});

test("calls are read alike streamed and whole", async () => {
  await using mock = await open({ chunkSize: 3 });
  mock.server.onMessage("ping", { content: "I add.", toolCalls: [addCall, nowCall] });
  const answers = [true, false].map((stream) => ask(mock.model({ stream }), question));
  for (const { message } of await Promise.all(answers)) {
    expect(message).toMatchObject({
      content: "I add.",
      finishReason: "tool-calls",
      toolCalls: [
        { name: "add", input: { a: 2, b: 3 } },
        { name: "now", input: {} },
      ],
    });
    expect(new Set(message?.toolCalls?.map(({ id }) => id)).size).toBe(2);
  }
});

test("an agent takes the results of its calls back to the server", async () => {
  await using mock = await open({ strict: true });
  mock.server
    .on({ userMessage: "ping", hasToolResult: false }, { toolCalls: [{ ...addCall, id: "c1" }] })
    .on({ toolCallId: "c1", toolResultContains: "5" }, { content: "It is 5." });
  const add = tool({
    description: "Adds",
    inputSchema: z.object({ a: z.number(), b: z.number() }),
    execute: ({ a, b }) => a + b,
  });
  const result = await new Agent({ model: mock.model(), tools: { add } }).run("ping");
  expect([result.status, result.text]).toEqual(["completed", "It is 5."]);
  expect(mock.server.getRequests()).toHaveLength(2);
});

test.each([
  [400, "invalid-request", false],
  [401, "auth", false],
  [403, "auth", false],
  [404, "not-found", false],
  [429, "rate-limit", true],
  [500, "server", true],
  [503, "server", true],
] as const)("an error %i is a ModelError with its code", async (status, code, retryable) => {
  await using mock = await open();
  mock.server.onMessage("ping", { error: { message: "Not now" }, status });
  const { error } = await ask(mock.model(), question);
  expect(error).toMatchObject({ name: "ModelError", status, code, retryable });
  expect(String(error)).toContain("Not now");
});

test("a key that is not let in is refused", async () => {
  await using mock = await open({ auth: { apiKeys: ["right"] } });
  mock.server.onMessage("ping", { content: "pong" });
  const wrong = await ask(mock.model({ apiKey: "wrong" }), question);
  const right = await ask(mock.model({ apiKey: "right" }), question);
  expect([wrong.error, right.message?.content]).toEqual([
    expect.objectContaining({ code: "auth", status: 401 }),
    "pong",
  ]);
});

test("one failure on the way is tried again", async () => {
  await using mock = await open();
  mock.server.onMessage("ping", { content: "pong" }).nextRequestError(503, { message: "Busy" });
  const { message, events } = await ask(mock.model({ maxRetries: 1 }), question);
  expect(message?.content).toBe("pong");
  expect(events[0]).toMatchObject({ type: "retry", attempt: 1, error: { status: 503 } });
});

test("a rate limit is waited for as long as the server says", async () => {
  await using mock = await open({ chaos: { rateLimitRate: 1 } });
  mock.server.onMessage("ping", { content: "pong" });
  const { error } = await ask(mock.model(), question);
  expect(error).toMatchObject({ code: "rate-limit", status: 429, retryable: true });
  expect((error as ModelError).retryAfterMs).toBeGreaterThan(0);
});

test.each([
  ["drops", { dropRate: 1 }],
  ["malformed answers", { malformedRate: 1 }],
  ["disconnects", { disconnectRate: 1 }],
] as const)("chaos ends as a ModelError, streamed and whole: %s", async (_name, chaos) => {
  await using mock = await open({ chaos });
  mock.server.onMessage("ping", { content: "pong", toolCalls: [addCall] });
  for (const stream of [true, false]) {
    const { message, error } = await ask(mock.model({ stream }), question);
    expect([message, error]).toEqual([undefined, expect.any(ModelError)]);
  }
});

test.each([
  ["truncated", { truncateAfterChunks: 2 }],
  ["disconnected", { disconnectAfterMs: 30, latency: 20 }],
])("a stream that is %s is no success, and none of its calls runs", async (_name, fault) => {
  await using mock = await open({ chunkSize: 4 });
  mock.server.onMessage("ping", { toolCalls: [addCall] }, fault);
  const { message, error } = await ask(mock.model(), question);
  expect([message, error]).toEqual([undefined, expect.any(ModelError)]);
  let runs = 0;
  const add = tool({ description: "Adds", inputSchema: z.object({}), execute: () => ++runs });
  const agent = new Agent({ model: mock.model(), tools: { add }, maxRestarts: 0 });
  const result = await agent.run("ping");
  expect([result.status, runs]).toEqual(["failed", 0]);
});

test("arguments that are no JSON are an invalid call and not run", async () => {
  await using mock = await open();
  mock.server.onMessage("ping", { toolCalls: [{ name: "add", arguments: '{"a":2,' }] });
  const { message, error } = await ask(mock.model(), question);
  expect(error).toBeUndefined();
  expect(message?.toolCalls).toMatchObject([
    { name: "add", input: {}, invalid: { text: '{"a":2,' } },
  ]);
});

test("under mixed chaos each outcome is a message or a ModelError", async () => {
  // Without rate limits: they would slow down all that follows, as they must.
  const chaos = { dropRate: 0.25, malformedRate: 0.25, disconnectRate: 0.5 };
  await using mock = await open({ chaos });
  mock.server.onMessage("ping", { content: "pong" });
  const outcomes = await Promise.all(
    Array.from({ length: 60 }, (_, at) => ask(mock.model({ stream: at % 2 === 0 }), question)),
  );
  for (const { message, error } of outcomes)
    expect([error instanceof ModelError, message?.content]).toEqual(
      error === undefined ? [false, "pong"] : [true, undefined],
    );
});

interface Mock extends AsyncDisposable {
  readonly server: LLMock;
  readonly model: (options?: Partial<ChatCompletionsOptions>) => Model;
}

async function open(options: MockServerOptions = {}): Promise<Mock> {
  const server = new LLMock({ host: "127.0.0.1", port: 0, ...options });
  const url = await server.start();
  return {
    server,
    model: (more = {}) =>
      chatCompletions({ baseURL: `${url}/v1`, model: "m", maxRetries: 0, ...more }),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}
