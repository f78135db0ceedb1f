import { LLMock, type MockServerOptions } from "@copilotkit/aimock";
import { Agent, type Model, ModelError, tool } from "@pawl/core";
import { cohere, type CohereOptions } from "@pawl/models";
import { expect, test } from "vitest";
import { z } from "zod";

import { ask } from "./server.ts";

// The same server by other authors, in the words of Cohere's own API (`POST /v2/chat`).

const question = { messages: [{ role: "user" as const, content: "ping" }] };

test("text is read with its counts", async () => {
  await using mock = await open();
  mock.server.onMessage("ping", {
    content: "Hello from elsewhere, naïve 🎉.",
    usage: { input_tokens: 7, output_tokens: 5 },
  });
  for (const stream of [true, false]) {
    const { message, error } = await ask(mock.model({ stream }), question);
    expect(error).toBeUndefined();
    expect(message).toMatchObject({
      content: "Hello from elsewhere, naïve 🎉.",
      finishReason: "stop",
      usage: { inputTokens: 7, outputTokens: 5 },
    });
  }
});

test("calls are read whole, and an agent takes their results back", async () => {
  await using mock = await open({ chunkSize: 3, strict: true });
  const call = { id: "c1", name: "add", arguments: '{"a":2,"b":3}' };
  mock.server
    .on({ userMessage: "ping", hasToolResult: false }, { toolCalls: [call] })
    .on({ toolCallId: "c1" }, { content: "It is 5." });
  const add = tool({
    description: "Adds",
    inputSchema: z.object({ a: z.number(), b: z.number() }),
    execute: ({ a, b }) => a + b,
  });
  const result = await new Agent({ model: mock.model(), tools: { add } }).run("ping");
  expect([result.status, result.text]).toEqual(["completed", "It is 5."]);
  expect(result.steps[0]?.toolResults).toMatchObject([{ input: { a: 2, b: 3 }, output: 5 }]);
});

test.each([
  [400, "invalid-request"],
  [401, "auth"],
  [429, "rate-limit"],
  [500, "server"],
] as const)("an error %i is a ModelError with its code", async (status, code) => {
  await using mock = await open();
  mock.server.onMessage("ping", { error: { message: "Not now" }, status });
  const { error } = await ask(mock.model(), question);
  expect(error).toMatchObject({ name: "ModelError", status, code });
  expect(String(error)).toContain("Not now");
});

test.each([
  ["drops", { chaos: { dropRate: 1 } }, {}],
  ["malformed answers", { chaos: { malformedRate: 1 } }, {}],
  ["disconnects", { chaos: { disconnectRate: 1 } }, {}],
  ["truncated streams", { chunkSize: 2 }, { truncateAfterChunks: 3 }],
] as readonly (readonly [string, MockServerOptions, object])[])(
  "faults end as a ModelError: %s",
  async (_name, options, fault) => {
    await using mock = await open(options);
    mock.server.onMessage("ping", { content: "pong pong pong" }, fault);
    const { message, error } = await ask(mock.model(), question);
    expect(message).toBeUndefined();
    expect(error).toBeInstanceOf(ModelError);
  },
);

interface Mock extends AsyncDisposable {
  readonly server: LLMock;
  readonly model: (options?: Partial<CohereOptions>) => Model;
}

async function open(options: MockServerOptions = {}): Promise<Mock> {
  const server = new LLMock({ host: "127.0.0.1", port: 0, ...options });
  const baseURL = await server.start();
  return {
    server,
    model: (more = {}) =>
      cohere("command-r-plus-08-2024", { baseURL, apiKey: "any-key", maxRetries: 0, ...more }),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}
