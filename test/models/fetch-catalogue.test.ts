import { readFile } from "node:fs/promises";

import { type Catalogue, fetchCatalogue, knownModels } from "@pawl/models";
import { simulator } from "@pawl/simulator";
import { expect, test } from "vitest";

import { send, serve } from "./server.ts";

const chat = "openai/chat-completions";
const sections = ["pricing", "modalities", "capabilities"];

test("the simulator's models are read with their prices, and the old ones with their successors", async () => {
  await using sim = await simulator({ models: ["cohere/command-a", "mine/new"] });
  const { find, models } = await fetchCatalogue({ baseURL: sim.url });
  expect(find("command-a")).toEqual({
    ...knownModels.aimlapi.find("cohere/command-a"),
    price: { inputUsd: 3.25, outputUsd: 13 },
  });
  expect(find("mine/new")).toMatchObject({
    capabilities: { tools: true, images: false, contextTokens: 128_000, maxOutputTokens: 4_000 },
    price: { inputUsd: 3.25, outputUsd: 13 },
  });
  expect(find("cohere/command-r-plus")?.deprecation).toEqual({
    status: "withdrawn",
    deprecatedAt: "2025-09-15",
    shutdownAt: "2025-09-28",
    replacement: "cohere/command-r-plus-08-2024",
  });
  expect(find("cohere/command-r7b-12-2024")?.price?.inputUsd).toBe(0.0515775);
  expect(new Set(models.map(({ id }) => id)).size).toBe(models.length);
});

test("the simulator sends the sections that are asked for, and the models of a name", async () => {
  await using sim = await simulator();
  const rows = async (query: string): Promise<readonly object[]> => {
    const body = (await (await fetch(`${sim.url}/models${query}`)).json()) as { data: object[] };
    return body.data;
  };
  const first = async (query: string): Promise<readonly string[]> =>
    Object.keys((await rows(query))[0] ?? {}).filter((each) => sections.includes(each));
  expect(await first("")).toEqual([]);
  expect(await first("?include=capabilities,pricing")).toEqual(["pricing", "capabilities"]);
  expect(await first("?include=ALL")).toEqual(sections);
  expect(await rows("?id=command-a,no-such")).toMatchObject([{ id: "cohere/command-a" }]);
});

test("the documented example is read", async () => {
  const example = new URL("contract/examples/aiml.models.json", import.meta.url);
  const { find } = await fetched(JSON.parse(await readFile(example, "utf8")) as object);
  expect(find("command-r-plus-08-2024")).toEqual({
    id: "cohere/command-r-plus-08-2024",
    aliases: ["command-r-plus-08-2024"],
    capabilities: knownModels.aimlapi.find("command-r-plus-08-2024")?.capabilities,
    price: { inputUsd: 3.25, outputUsd: 13 },
  });
});

const unit = { name: "token", content: "text" };
const [input, output] = ["provided", "generated"].map((origin) => ({ ...unit, origin }));

test.each([
  [{}, { contextTokens: 32_768, maxOutputTokens: 8_192 }],
  [
    { info: { contextLength: "1000", outputMax: 99.5 } },
    { contextTokens: 1_000, maxOutputTokens: 99 },
  ],
  [
    { info: { contextLength: 0, outputMax: null } },
    { contextTokens: 32_768, maxOutputTokens: 8_192 },
  ],
  [{ modalities: { input: ["text", "image"] } }, { images: true }],
  [{ modalities: { input: ["text"] } }, { images: false }],
  [{ capabilities: ["reasoning"] }, { tools: true, toolChoice: false }],
])("a row of the list says what the model can do: %j", async (row, capabilities) => {
  const { find } = await fetched({ data: [{ id: "m", type: chat, ...row }] });
  expect(find("m")).toMatchObject({ capabilities });
});

test.each([["tools"], ["function_calling"], ["tool-use"], ["openai/chat-completion.function"]])(
  "a capability that is named is there, whatever was known: %s",
  async (name) => {
    const row = { id: "cohere/command-a", type: chat };
    const tools = async (more: object): Promise<unknown> =>
      (await fetched({ data: [{ ...row, ...more }] })).find("command-a")?.capabilities.tools;
    expect([await tools({}), await tools({ capabilities: ["chat"] })]).toEqual([false, false]);
    expect([await tools({ capabilities: [name] }), await tools({ features: [name] })]).toEqual([
      true,
      true,
    ]);
  },
);

test.each([
  [
    [
      { ...input, price: 0.002, per: 1_000 },
      { ...output, price: 3, per: 1e6 },
    ],
    [2, 3],
  ],
  [
    [
      { ...input, price: "1", per: "1000000" },
      { ...output, price: 0, per: 1e6 },
    ],
    [1, 0],
  ],
  [
    [
      { ...input, price: 0.07, per: 1_000 },
      { ...output, price: 1, per: 1e6 },
    ],
    [70, 1],
  ],
  [[{ ...input, price: 1, per: 1e6 }], []],
  [
    [
      { ...input, price: 1, per: 0 },
      { ...output, price: 1, per: 1e6 },
    ],
    [],
  ],
  [
    [
      { ...input, content: "audio", price: 1, per: 1e6 },
      { ...output, price: 1, per: 1e6 },
    ],
    [],
  ],
])("a price is what a million tokens of text cost: %j", async (units, [inputUsd, outputUsd]) => {
  const { find } = await fetched({ data: [{ id: "m", type: chat, pricing: { units } }] });
  expect(find("m")?.price).toEqual(inputUsd === undefined ? undefined : { inputUsd, outputUsd });
});

test("a price that depends on the request is left out, and the known one is kept", async () => {
  const pricing = { kind: "variants", variants: [{ price: 1, unit: "token", per: 1 }] };
  const { find } = await fetched({ data: [{ id: "cohere/command-a", type: chat, pricing }] });
  expect(find("cohere/command-a")?.price).toEqual({ inputUsd: 3.25, outputUsd: 13 });
});

test("what is no chat model, or no row at all, is left out", async () => {
  const types = [chat, "image", undefined].map((type) => ({ id: String(type), type }));
  const { models } = await fetched({ data: [...types, { type: chat }, null, "x"] });
  const known = knownModels.aimlapi.models.map(({ id }) => id);
  expect(models.map(({ id }) => id)).toEqual([chat, ...known]);
});

test("the end of a model is read by what the feed says of it", async () => {
  const dates = { deprecated_at: "2026-01-01", shutdown_at: null };
  const entry = (id: string, status: string, replaced_by: string | null = "new"): object => ({
    id,
    aliases: [`${id}-alias`],
    status,
    replaced_by,
    ...dates,
  });
  const { find } = await fetched(
    {
      data: [
        { id: "new", type: chat, aliases: ["folded"] },
        { id: "leaving", type: chat },
      ],
    },
    {
      data: [
        entry("leaving", "deprecated"),
        entry("hidden", "deprecated"),
        entry("folded", "superseded"),
        entry("gone", "withdrawn", null),
        entry("cohere/command-r", "withdrawn", null),
        entry("odd", "unheard-of"),
      ],
    },
  );
  const end = { deprecatedAt: "2026-01-01", replacement: "new" };
  expect(find("leaving")?.deprecation).toEqual({ status: "deprecated", ...end });
  expect(find("hidden-alias")?.deprecation).toEqual({ status: "deprecated", ...end });
  expect(find("folded")).toMatchObject({ id: "new" });
  expect(find("gone")?.deprecation).toEqual({ status: "withdrawn", deprecatedAt: "2026-01-01" });
  expect(find("cohere/command-r")?.deprecation?.replacement).toBe("cohere/command-r-08-2024");
  expect(find("odd")).toBeUndefined();
});

test("a model that is served again is not gone, by its id or as the alias of another", async () => {
  const { find } = await fetched({
    data: [
      { id: "cohere/command-r-plus", type: chat },
      { id: "mine", type: chat, aliases: ["cohere/command-r"] },
    ],
  });
  expect(find("cohere/command-r-plus")?.deprecation).toBeUndefined();
  expect(find("cohere/command-r")?.id).toBe("mine");
});

test("a server without a feed of old models is read all the same", async () => {
  const { find } = await fetched({ data: [{ id: "m", type: chat }] }, undefined);
  expect([find("m")?.id, find("cohere/command-r")?.deprecation?.status]).toEqual([
    "m",
    "withdrawn",
  ]);
});

/** What is read from a server that says this. */
async function fetched(list: object, feed?: object): Promise<Catalogue> {
  await using server = await serve((response, _attempt, { path }) =>
    path.startsWith("/v1/models?")
      ? send(response, list)
      : send(response, feed ?? "", { status: feed ? 200 : 404 }),
  );
  return await fetchCatalogue({ baseURL: server.baseURL });
}
