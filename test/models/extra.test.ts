import { Agent, type ModelRequest } from "@pawl/core";
import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

import { current, problemsOf } from "./request-schemas.ts";
import { ask, bodiesOf, hello, send, serve } from "./server.ts";

const fine = { baseURL: "http://127.0.0.1:1/v1", model: "m" };

test("fields without an option are sent at the top of each request", async () => {
  const extra = { provider: "openai", logit_bias: { "7": -1 }, gone: undefined };
  const bodies = await bodiesOf([{}, { instructions: "Be brief.", tools: [] }], { extra });
  for (const body of bodies) {
    expect(body).toMatchObject({ provider: "openai", logit_bias: { "7": -1 } });
    expect(body).not.toHaveProperty("gone");
    expect(body.messages.length).toBeGreaterThan(0);
  }
  expect(await problemsOf(current, {}, { extra })).toEqual([]);
});

const named = ({ requestId, messages }: ModelRequest): object => ({
  user: `${requestId} of ${messages.length}`,
});

test("fields can be made for each request, and it is known which", async () => {
  const bodies = await bodiesOf([{ requestId: "a" }, { requestId: "b", messages: [] }], {
    extra: named,
  });
  expect(bodies).toMatchObject([{ user: "a of 1" }, { user: "b of 0" }]);
});

test("no fields at all are no fields", async () => {
  for (const extra of [{}, { gone: undefined }, () => ({})]) {
    const [body] = await bodiesOf([{ tools: [] }], { model: "m", extra });
    expect(Object.keys(body ?? {})).toEqual(["model", "stream", "stream_options", "messages"]);
  }
});

test.each([
  ["model", /use the option "model" instead/],
  ["max_tokens", /use the option "maxTokens" instead/],
  ["stream", /use the option "stream" instead/],
  ["stream_options", /use the option "stream" instead/],
  ["temperature", /use the option "temperature" instead/],
  ["top_p", /use the option "topP" instead/],
  ["top_k", /use the option "topK" instead/],
  ["min_p", /use the option "minP" instead/],
  ["frequency_penalty", /use the option "frequencyPenalty" instead/],
  ["presence_penalty", /use the option "presencePenalty" instead/],
  ["repetition_penalty", /use the option "repetitionPenalty" instead/],
  ["seed", /use the option "seed" instead/],
  ["stop", /use the option "stop" instead/],
  ["reasoning_effort", /use the option "reasoningEffort" instead/],
  ["parallel_tool_calls", /use the option "parallelToolCalls" instead/],
  ["response_format", /use the option "responseFormat" instead/],
  ["messages", /use the agent's input instead/],
  ["tools", /use the agent's option "tools" instead/],
  ["tool_choice", /use the request's toolChoice instead/],
  ["n", /use the run that asks, once for each answer instead/],
])("%s is set elsewhere, and the error says where", async (name, words) => {
  const create = (): unknown => chatCompletions({ ...fine, extra: { [name]: 1 } });
  expect(create).toThrow(TypeError);
  expect(create).toThrow(words);
  expect(create).toThrow(`chatCompletions: "extra" must not hold "${name}"; `);
  const { error } = await ask(chatCompletions({ ...fine, extra: () => ({ [name]: 1 }) }));
  expect(error).toBeInstanceOf(TypeError);
  expect(error).toMatchObject({ message: expect.stringMatching(words) as string });
});

test.each([
  [null, /an object of fields, or a function that returns one, got null\.$/],
  [[], /got a list\.$/],
  ["user", /got string\.$/],
  [{ big: 7n }, /"extra" must hold nothing but what JSON can say\.$/],
])("what is no object of JSON is refused before anything is sent: %s", async (value, words) => {
  expect(() => chatCompletions({ ...fine, extra: value as never })).toThrow(words);
  await using server = await serve((response) => send(response, hello));
  const { baseURL } = server;
  const { error } = await ask(
    chatCompletions({ baseURL, model: "m", extra: () => value as never }),
  );
  expect(error).toBeInstanceOf(TypeError);
  expect(error).toMatchObject({ message: expect.stringMatching(words) as string });
  expect(server.received).toHaveLength(0);
});

test("a run whose fields could not be made has failed with what was thrown", async () => {
  const thrown = new Error("No tenant.");
  const extra = (): never => {
    throw thrown;
  };
  const result = await new Agent({ model: chatCompletions({ ...fine, extra }) }).run("Hello");
  expect(result).toMatchObject({ status: "failed", error: thrown });
});
