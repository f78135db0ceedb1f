import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

import { current, first, problemsOf } from "./request-schemas.ts";
import { bodiesOf } from "./server.ts";

const all = {
  temperature: 0,
  topP: 0.5,
  topK: 0,
  minP: 0.001,
  frequencyPenalty: -2,
  presencePenalty: 2,
  repetitionPenalty: 1.1,
  seed: 1,
  stop: ["a", "b", "c", "d"],
  reasoningEffort: "low",
};

const wire = {
  temperature: 0,
  top_p: 0.5,
  top_k: 0,
  min_p: 0.001,
  frequency_penalty: -2,
  presence_penalty: 2,
  repetition_penalty: 1.1,
  seed: 1,
  stop: ["a", "b", "c", "d"],
  reasoning_effort: "low",
};

test("options on the choice of words are sent as they are given, and as the API takes them", async () => {
  const [body] = await bodiesOf([{}], all);
  expect(body).toMatchObject(wire);
  expect(await problemsOf(current, {}, all)).toEqual([]);
  expect(
    await problemsOf(first, { tools: [] }, { ...all, model: "cohere/command-r-plus" }),
  ).toEqual([]);
});

test("what is not given is not sent", async () => {
  const none = Object.fromEntries(Object.keys(all).map((name) => [name, undefined]));
  for (const options of [{}, none]) {
    const [body] = await bodiesOf([{ tools: [] }], { model: "m", ...options });
    expect(Object.keys(body ?? {})).toEqual(["model", "stream", "stream_options", "messages"]);
  }
});

test("a topP of 1 means no choice and is not sent, one below is", async () => {
  const sent = [1, 0.99].map((topP) => bodiesOf([{}], { topP }));
  const bodies = (await Promise.all(sent)).flat();
  expect(bodies.map((body) => (body as { top_p?: number }).top_p)).toEqual([undefined, 0.99]);
});

test("a text to stop at is sent as a text", async () => {
  const [body] = await bodiesOf([{}], { stop: "END" });
  expect(body).toMatchObject({ stop: "END" });
});

test("whether calls may be parallel is only said beside tools", async () => {
  const options = { parallelToolCalls: false };
  const bodies = await bodiesOf([{}, { tools: [] }], options);
  const said = bodies.map(
    (body) => (body as { parallel_tool_calls?: unknown }).parallel_tool_calls,
  );
  expect(said).toEqual([false, undefined]);
  expect(await problemsOf(current, {}, options)).toEqual([]);
});

test.each([
  ["temperature", [-0.1, 2.1, Number.NaN, "1", null], "a number from 0 to 2"],
  ["topP", [0, 1.1], "a number from 0.01 to 1"],
  ["topK", [-1, 1.5, Number.POSITIVE_INFINITY], "a whole number of at least 0"],
  ["minP", [0, 1], "a number from 0.001 to 0.999"],
  ["frequencyPenalty", [-2.1, 2.1], "a number from -2 to 2"],
  ["presencePenalty", [-2.1, 2.1], "a number from -2 to 2"],
  ["repetitionPenalty", [-1, 2.1], "a number from 0 to 2"],
  ["seed", [0, 1.5, "1"], "a whole number of at least 1"],
  ["stop", ["", [], ["a", ""], ["a", "b", "c", "d", "e"], 7], "a text, or a list of 1 to 4 texts"],
  ["reasoningEffort", ["max", true], '"low", "medium" or "high"'],
] as const)("%s out of its range is refused", (name, values, words) => {
  for (const value of values) {
    const options = { baseURL: "http://127.0.0.1:1/v1", model: "m", [name]: value };
    expect(() => chatCompletions(options)).toThrow(TypeError);
    expect(() => chatCompletions(options)).toThrow(`chatCompletions: "${name}" must be ${words}`);
  }
});
