import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

import { ask, delta, finish, type Outcome, piece, send, serve, whole } from "./server.ts";

async function outcomeOf(body: object): Promise<Outcome> {
  await using server = await serve((response) => send(response, body));
  return await ask(chatCompletions({ baseURL: server.baseURL, model: "m", maxRetries: 0 }));
}

const call = piece({ index: 0, id: "a", function: { name: "add", arguments: '{"a":' } });
const rest = piece({ index: 0, function: { arguments: "1}" } });

test("a list of chunks is a stream that came at once", async () => {
  const usage = { prompt_tokens: 3, completion_tokens: 4 };
  const chunks = [delta({ content: "Hel" }), delta({ content: "lo" }), call, rest];
  const { message } = await outcomeOf([...chunks, finish(), { choices: [], usage }]);
  expect(message).toMatchObject({
    content: "Hello",
    toolCalls: [{ name: "add", input: { a: 1 } }],
    usage: { inputTokens: 3, outputTokens: 4 },
  });
});

test("a list of one answer is that answer", async () => {
  const { message } = await outcomeOf([whole({ content: "Hello" })]);
  expect(message?.content).toBe("Hello");
});

test("a document that is one chunk is an answer when it says why it ends", async () => {
  const { message } = await outcomeOf(delta({ content: "Hello" }, "stop"));
  expect(message).toMatchObject({ content: "Hello", finishReason: "stop" });
});

test.each([
  ["a chunk", delta({ content: "Hello" })],
  ["a list of one chunk", [delta({ content: "Hello" })]],
  ["a list of chunks", [delta({ content: "Hel" }), delta({ content: "lo" })]],
  ["a list with half of a call", [delta({ content: "Hello" }), finish(), call]],
])("a document that does not say why it ends is a part of an answer: %s", async (_name, body) => {
  const { message, error } = await outcomeOf(body);
  expect(message).toBeUndefined();
  expect(error).toMatchObject({
    code: "incomplete",
    retryable: true,
    partial: { content: "Hello" },
  });
});

test.each([
  ["nothing", []],
  ["what is no chunk", [delta({ content: "Hello" }, "stop"), 1]],
])("a list of %s is no answer", async (_name, body) => {
  const { error } = await outcomeOf(body);
  expect(error).toMatchObject({ code: "protocol", message: "The answer is no JSON object." });
});
