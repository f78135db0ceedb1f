import { cohere } from "@pawl/models";
import { expect, test } from "vitest";

import { ask, send, serve } from "../server.ts";
import { at, cohereStream, end, newer, older, said } from "./cohere-server.ts";

test.each([
  [{ temprature: 1 }, /unknown option "temprature"\. Did you mean "temperature"\?/],
  [{ temperature: 1.5 }, /"temperature" must be a number from 0 to 1, got 1\.5/],
  [{ temperature: "hot" }, /"temperature" must be a number from 0 to 1, got "hot"/],
  [{ temperature: Number.NaN }, /"temperature" must be/],
  [{ topP: 0 }, /"topP" must be a number from 0\.01 to 0\.99, got 0/],
  [{ topP: 0.995 }, /"topP" must be a number from 0\.01 to 0\.99/],
  [{ topK: 501 }, /"topK" must be a whole number from 0 to 500/],
  [{ topK: 1.5 }, /"topK" must be a whole number from 0 to 500/],
  [{ frequencyPenalty: -1 }, /"frequencyPenalty" must be a number from 0 to 1/],
  [{ presencePenalty: 2 }, /"presencePenalty" must be a number from 0 to 1/],
  [{ seed: -1 }, /"seed" must be a whole number of at least 0/],
  [{ priority: 1_000 }, /"priority" must be a whole number from 0 to 999/],
  [{ maxTokens: 0 }, /"maxTokens" must be a whole number of at least 1/],
  [{ stop: Array(6).fill("x") }, /"stop" must be a text, or a list of at most 5 texts/],
  [{ stop: [""] }, /"stop" must be/],
  [{ stream: "yes" }, /"stream" must be true or false, got "yes"/],
  [{ strictTools: 1 }, /"strictTools" must be true or false, got 1/],
  [
    { citations: "FAST" },
    /"citations" must be one of accurate, fast, off, enabled, disabled, got FAST/,
  ],
  [{ safetyMode: "none" }, /"safetyMode" must be one of contextual, strict, off, got none/],
  [{ thinking: true }, /"thinking" must be false or \{ budgetTokens \} of at least 1/],
  [{ thinking: { budgetTokens: 0 } }, /"thinking" must be/],
  [{ documents: "text" }, /"documents" must be a list of texts or of objects \{ id, data \}/],
  [{ documents: [{ data: "text" }] }, /"documents" must be a list/],
  [{ extra: [] }, /"extra" must be an object of fields/],
  [{ extra: { model: "m" } }, /"extra" must not hold "model", which is set already; leave it out/],
  [{ extra: { messages: [] } }, /"extra" must not hold "messages"/],
  [{ extra: { tools: [] } }, /"extra" must not hold "tools"/],
  [{ extra: { stream: true } }, /"extra" must not hold "stream"/],
  [{ extra: { documents: [] } }, /"extra" must not hold "documents"/],
  [{ catalogue: [] }, /"catalogue" must be a catalogue of models/],
  [{ baseURL: 7 }, /"baseURL" must be an http or https address/],
  [{ apiKey: "secret key" }, /"apiKey" must be a text without spaces/],
  [{ maxRetries: 11 }, /"maxRetries" must be/],
] as [object, RegExp][])("a wrong option is refused in one sentence: %j", (options, words) => {
  const create = (): unknown => cohere(older, { apiKey: "k", ...options });
  expect(create).toThrow(TypeError);
  expect(create).toThrow(words);
  expect(create).toThrow(/^cohere: [^\n]+[.?]$/);
  expect(create).not.toThrow(/secret/);
});

test("a model has to have a name", () => {
  expect(() => cohere("", { apiKey: "k" })).toThrow('cohere: "model" must be the name of a model.');
});

const names = ["COHERE_API_KEY", "CO_API_KEY"] as const;

test("a key comes from the option, or from the first variable that is set, and must be there", async () => {
  await using server = await serve((response) =>
    send(response, cohereStream(...said("Hi"), end())),
  );
  const { baseURL } = at(server);
  const before = names.map((name) => process.env[name]);
  try {
    for (const name of names) process.env[name] = `key-of-${name}`;
    await ask(cohere(older, { baseURL, apiKey: "mine" }));
    for (const name of names) {
      await ask(cohere(older, { baseURL }));
      process.env[name] = "";
    }
    expect(() => cohere(older)).toThrow(
      /^There is no key for Cohere: set COHERE_API_KEY [^\n]+\.$/,
    );
    expect(() => cohere(older)).toThrow(TypeError);
  } finally {
    for (const [index, name] of names.entries()) {
      if (before[index] === undefined) delete process.env[name];
      else process.env[name] = before[index];
    }
  }
  expect(server.received.map(({ headers }) => headers.authorization)).toEqual([
    "Bearer mine",
    "Bearer key-of-COHERE_API_KEY",
    "Bearer key-of-CO_API_KEY",
  ]);
});

function of(model: string): object {
  return cohere(model, { apiKey: "k" }).capabilities;
}

test("what a model can do is known by its name, and of others is not known", () => {
  const known = { tools: true, structuredOutput: "json-schema" };
  expect(cohere(older, { apiKey: "k" }).id).toBe(older);
  expect(of(older)).toEqual({
    ...known,
    toolChoice: false,
    images: false,
    contextTokens: 128_000,
    maxOutputTokens: 4_000,
  });
  expect(of(newer)).toMatchObject({ toolChoice: true, images: false, contextTokens: 256_000 });
  expect(of("command-a-vision-07-2025")).toMatchObject({ images: true, contextTokens: 128_000 });
  expect(of("of-my-own")).toEqual({ ...known, toolChoice: true });
});
