import { aimlapi, catalogue, knownModels, type ModelFacts } from "@pawl/models";
import { expect, test } from "vitest";

import { ask, delta, finish, hello, send, serve, stream } from "./server.ts";

const key = { apiKey: "k" };
const plain: ModelFacts = { id: "a", capabilities: { tools: true } };

test("a model is found by its id, and by its alias unless that is the id of another", () => {
  const old = { ...plain, id: "b" };
  const { find, models } = catalogue([{ ...plain, aliases: ["x", "b"] }, old]);
  expect(["a", "x", "b", "c"].map((name) => find(name)?.id)).toEqual(["a", "a", "b", undefined]);
  expect(models.map(({ id }) => id)).toEqual(["a", "b"]);
});

test("of two models with one name the first counts", () => {
  const price = { inputUsd: 1, outputUsd: 2 };
  const { find } = catalogue([
    { ...plain, aliases: ["x"], price },
    plain,
    { ...plain, id: "b", aliases: ["x"] },
  ]);
  expect([find("a")?.price, find("x")?.id]).toEqual([price, "a"]);
});

test("one name may be two models: each server has its own prices and protocol", () => {
  const name = "command-r7b-12-2024";
  const [gateway, own] = [knownModels.aimlapi.find(name), knownModels.cohere.find(name)];
  expect(gateway).toMatchObject({
    id: `cohere/${name}`,
    capabilities: { toolChoice: false },
    price: { inputUsd: 0.0515775, outputUsd: 0.20631 },
  });
  expect(own).toMatchObject({
    id: name,
    capabilities: { toolChoice: true },
    price: { inputUsd: 0.0375, outputUsd: 0.15 },
  });
});

test.each(Object.entries(knownModels))("what is known of %s fits together", (_server, known) => {
  const ids = known.models.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { capabilities, deprecation } of known.models) {
    const { contextTokens = 0, maxOutputTokens = Infinity } = capabilities;
    expect(maxOutputTokens).toBeLessThan(contextTokens);
    if (!deprecation) continue;
    const successor = known.find(deprecation.replacement ?? "");
    expect(successor?.capabilities.tools).toBe(true);
    expect(successor?.deprecation).toBeUndefined();
  }
});

test("what a model can do comes from the catalogue", () => {
  expect(capabilitiesOf("cohere/command-r-plus-08-2024")).toEqual({
    tools: true,
    toolChoice: false,
    images: false,
    structuredOutput: "json-schema",
    contextTokens: 128_000,
    maxOutputTokens: 4_000,
  });
  expect(capabilitiesOf("command-a")).toMatchObject({ tools: false, contextTokens: 256_000 });
  const mine = catalogue([{ id: "m", aliases: ["n"], capabilities: { tools: false } }]);
  expect(capabilitiesOf("n", { catalogue: mine })).toEqual({ tools: false });
});

/** By the server's own protocol. */
function capabilitiesOf(model: string, options: object = {}): unknown {
  return aimlapi(model, { ...key, toolMode: "native", ...options }).capabilities;
}

test("of an unknown model it is taken for granted that it calls tools, when it wants to", () => {
  expect(aimlapi("m", key).capabilities).toEqual({
    tools: true,
    toolChoice: false,
    structuredOutput: "json-schema",
  });
});

const sized = (id: string, sizes: object): ModelFacts => ({
  id,
  capabilities: { tools: true, ...sizes },
});

test.each([
  ["what the model can write", "cohere/command-a", {}, 8_000],
  ["what is said", "cohere/command-a", { maxTokens: 9 }, 9],
  ["4,000 for an unknown model", "m", {}, 4_000],
  ["4,000 for one of unknown sizes", "none", {}, 4_000],
  ["a quarter of what it takes in, so that there is room for more than the answer", "big", {}, 250],
  ["one token at the least", "small", {}, 1],
])("the length of an answer is %s", async (...row) => {
  const [, model, options, wanted] = row;
  await using server = await serve((response) => send(response, hello));
  const mine = catalogue([
    ...knownModels.aimlapi.models,
    sized("none", {}),
    sized("big", { contextTokens: 1_000, maxOutputTokens: 900 }),
    sized("small", { contextTokens: 2 }),
  ]);
  await ask(aimlapi(model, { ...key, baseURL: server.baseURL, catalogue: mine, ...options }));
  expect(JSON.parse(server.received[0]?.body ?? "")).toMatchObject({ max_tokens: wanted });
});

test("an answer without a bill is priced by the catalogue", async () => {
  const usage = { prompt_tokens: 1_000_000, completion_tokens: 2_000_000 };
  const answer = stream(delta({ content: "Hello" }), finish(), { choices: [], usage });
  await using server = await serve((response) => send(response, answer));
  const usdOf = async (model: string, options: object = {}): Promise<unknown> => {
    const asked = aimlapi(model, { ...key, baseURL: server.baseURL, ...options });
    return (await ask(asked)).message?.usage?.usd;
  };
  const mine = catalogue([{ ...plain, price: { inputUsd: 1, outputUsd: 0.5 } }]);
  expect(await usdOf("cohere/command-r-plus-08-2024")).toBe(29.25);
  expect([await usdOf("a", { catalogue: mine }), await usdOf("a")]).toEqual([2, undefined]);
});

test.each([
  ["cohere/command-r-plus", 'It was withdrawn; use "cohere/command-r-plus-08-2024".'],
  ["cohere/command-r-03-2024", 'It was withdrawn; use "cohere/command-r-08-2024".'],
  ["leaving", 'It is on its way out; use "m".'],
  ["lost", "See https://docs.aimlapi.com/api-references/model-database for the models it serves."],
  ["unknown", "See https://docs.aimlapi.com/api-references/model-database"],
])("a model that is not served names its successor: %s", async (model, words) => {
  await using server = await serve((response) => send(response, "", { status: 404 }));
  const gone = { ...plain, id: "lost", deprecation: { status: "withdrawn" } } as const;
  const leaving = {
    ...gone,
    id: "leaving",
    deprecation: { status: "deprecated", replacement: "m" },
  } as const;
  const mine = catalogue([...knownModels.aimlapi.models, gone, leaving]);
  const asked = aimlapi(model, { ...key, baseURL: server.baseURL, catalogue: mine });
  expect(String((await ask(asked)).error)).toContain(words);
});

test.each([null, 5, "known", [plain], { models: [plain] }])(
  "a catalogue that is none is refused: %j",
  (wrong) => {
    const create = (): unknown => aimlapi("m", { ...key, catalogue: wrong as never });
    expect(create).toThrow(TypeError);
    expect(create).toThrow(/^aimlapi: "catalogue" must be .* "catalogue\(\[…\]\)" gives\.$/);
  },
);
