import { catalogue } from "@pawl/models";
import { expect, test } from "vitest";

import { cohereStream, end, messageOf, outcomeOf, part, said, whole } from "./cohere-server.ts";

const call = { id: "c1", type: "function", function: { name: "add", arguments: '{"a":1}' } };
const called = part("tool-call-start", { tool_calls: call }, 0);

test.each([
  ["COMPLETE", "stop"],
  ["STOP_SEQUENCE", "stop"],
  ["TOOL_CALL", "stop"],
  ["MAX_TOKENS", "length"],
  ["ERROR_TOXIC", "content-filter"],
] as const)("the end of an answer has one of the words for all: %s", async (reason, wanted) => {
  expect((await messageOf(cohereStream(...said("x"), end(reason)))).finishReason).toBe(wanted);
  expect((await messageOf(whole({ content: "x" }, reason))).finishReason).toBe(wanted);
});

test("a word for the end that nobody knows is kept, and calls decide", async () => {
  const answer = whole({ tool_calls: [call] }, "PAUSED");
  const wanted = { finishReason: "tool-calls", providerFinishReason: "PAUSED" };
  expect(await messageOf(answer)).toMatchObject(wanted);
});

test.each([
  ["a stream whose last event gives no reason", cohereStream(called, { type: "message-end" })],
  ["a stream without its last event", cohereStream(called)],
  ["a stream that is only said to be done", `${cohereStream(called)}data: [DONE]\n\n`],
  ["a document without a reason", { id: "c1", message: { tool_calls: [call] } }],
])("a call of an answer that does not say why it ends may be a half one: %s", async (...row) => {
  const { message, error } = await outcomeOf(row[1]);
  expect(message).toBeUndefined();
  expect(error).toMatchObject({ code: "incomplete", retryable: true });
});

test("a word for the end is no more than a word, whatever objects have of that name", async () => {
  for (const word of ["constructor", "__proto__"])
    expect(await messageOf(whole({ content: "x" }, word))).toMatchObject({
      finishReason: "stop",
      providerFinishReason: word,
    });
});

test("a call of an answer that was cut is never one to run, however whole it looks", async () => {
  const message = await messageOf(cohereStream(called, end("MAX_TOKENS")));
  expect(message).toMatchObject({ finishReason: "length", toolCalls: [{ id: "c1", input: {} }] });
  expect(message.toolCalls?.[0]?.invalid).toMatchObject({ text: '{"a":1}' });
});

test("the bill is in dollars when a price is known, by what is billed", async () => {
  const usage = {
    tokens: { input_tokens: 1_000, output_tokens: 100 },
    billed_units: { input_tokens: 100, output_tokens: 10 },
    cached_tokens: 64,
  };
  const answer = cohereStream(...said("x"), end("COMPLETE", { usage }));
  const counted = {
    inputTokens: 1_000,
    outputTokens: 100,
    totalTokens: 1_100,
    cachedInputTokens: 64,
  };
  const billed = { billedInputTokens: 100, billedOutputTokens: 10 };
  const unpriced = catalogue([{ id: "command-r-plus-08-2024", capabilities: { tools: true } }]);
  expect((await messageOf(answer, { catalogue: unpriced })).usage).toEqual({
    ...counted,
    ...billed,
  });
  expect((await messageOf(answer)).usage).toEqual({ ...counted, ...billed, usd: 0.00035 });
});

test("where only the bill is counted it stands for both, and where nothing is, it is estimated", async () => {
  const billed = { usage: { billed_units: { input_tokens: 9, output_tokens: 5 } } };
  expect((await messageOf(whole({ content: "x" }, "COMPLETE", billed))).usage).toMatchObject({
    inputTokens: 9,
    totalTokens: 14,
  });
  expect((await messageOf(cohereStream(...said("x"), end()))).usage).toMatchObject({
    isEstimated: true,
  });
});
