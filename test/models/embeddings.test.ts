import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

import { aimlapiEmbeddings, cohereEmbeddings, type EmbeddingPurpose } from "@pawl/models";
import { expect, test } from "vitest";

import { send, serve, type Server } from "./server.ts";

const key = { apiKey: "key-of-mine" };
const small = "text-embedding-3-small";

test("a request to Cohere is the documented one, and its answer is read", async () => {
  const [request, response] = await Promise.all(["request", "response"].map(example));
  await using server = await serve((reply) => send(reply, response as object));
  const model = cohereEmbeddings("embed-v4.0", { ...at(server), dimensions: 2, truncate: "end" });
  const { vectors, usage } = await model.embed(["alpha", "beta"]);
  expect(bodiesOf(server)).toEqual([{ ...request, output_dimension: 2 }]);
  expect(server.received[0]).toMatchObject({ path: "/v1/embed" });
  expect(server.received[0]?.headers).toMatchObject({
    accept: "application/json",
    authorization: "Bearer key-of-mine",
    "x-client-request-id": expect.stringMatching(/^embed-[\w-]+\.0$/),
  });
  expect(vectors).toEqual([Float32Array.of(0.1, 0.2), Float32Array.of(0.3, 0.4)]);
  expect(usage).toEqual({ inputTokens: 4, outputTokens: 0, totalTokens: 4 });
});

test.each([
  [small, {}, { encoding_format: "base64" }],
  [small, { encoding: "float" }, {}],
  [
    "openai/text-embedding-3-large",
    { dimensions: 2 },
    { encoding_format: "base64", dimensions: 2 },
  ],
  ["alibaba/qwen-text-embedding-v4", {}, {}],
  ["voyage-2", { encoding: "base64" }, { encoding_format: "base64" }],
] as const)(
  "a request to AI/ML API has the fields of the model's schema, and no others: %s %j",
  async (...row) => {
    const [model, options, fields] = row;
    await using server = await echo();
    await aimlapiEmbeddings(model, { ...at(server), ...options }).embed(["a", "b"]);
    expect(server.received[0]?.path).toBe("/v1/embeddings");
    expect(bodiesOf(server)).toEqual([{ model, input: ["a", "b"], ...fields }]);
  },
);

test.each([
  ["document", "search_document"],
  ["query", "search_query"],
  ["classification", "classification"],
  ["clustering", "clustering"],
  [undefined, "search_document"],
] as const)("what vectors are for is told to Cohere: %s", async (purpose, input_type) => {
  await using server = await echo();
  await cohereEmbeddings("m", at(server)).embed(["a"], { purpose });
  expect(bodiesOf(server)).toMatchObject([{ input_type }]);
});

test("what vectors are for is not told to AI/ML API, which would refuse it", async () => {
  await using server = await echo();
  const purpose: EmbeddingPurpose = "query";
  await aimlapiEmbeddings("m", at(server)).embed(["a"], { purpose });
  expect(bodiesOf(server)).toEqual([{ model: "m", input: ["a"] }]);
});

test("vectors are the same whether they come as numbers or as base64", async () => {
  const numbers = [0.5, -1.25, 3];
  const bytes = Buffer.from(Float32Array.from(numbers).buffer).toString("base64");
  const rows = [bytes, numbers].map((embedding) => ({ data: [{ index: 0, embedding }] }));
  const kinds = [{ base64: [bytes] }, { float: [numbers] }].map((embeddings) => ({ embeddings }));
  const replies = [...rows, ...kinds, { embeddings: [numbers] }];
  await using server = await serve((reply, attempt) => send(reply, replies[attempt - 1] ?? {}));
  const models = [aimlapiEmbeddings(small, at(server)), aimlapiEmbeddings("m", at(server))];
  const cohere = cohereEmbeddings("m", at(server));
  for (const model of [...models, cohere, cohere, cohere])
    expect((await model.embed(["a"])).vectors).toEqual([Float32Array.from(numbers)]);
});

test("vectors are put in the order of the texts by their indexes", async () => {
  const rows = [2, 0, 1].map((index) => ({ index, embedding: [index, 1] }));
  await using server = await serve((reply) => send(reply, { data: rows }));
  const { vectors } = await aimlapiEmbeddings("m", at(server)).embed(["a", "b", "c"]);
  expect(vectors.map(([first]) => first)).toEqual([0, 1, 2]);
});

test.each([
  ["Cohere", cohereEmbeddings, "embed-v4.0", {}, [96, 96, 8]],
  ["Alibaba", aimlapiEmbeddings, "alibaba/qwen-text-embedding-v3", { maxBatch: 80 }, [80, 80, 40]],
  ["OpenAI", aimlapiEmbeddings, small, {}, [200]],
  ["others", aimlapiEmbeddings, "voyage-2", {}, [96, 96, 8]],
] as const)("a long list is split by the documented limit of %s, in order", async (...row) => {
  const [, factory, name, options, sizes] = row;
  // The first request is answered last.
  await using server = await echo((attempt) => 60 - attempt * 20);
  const model = factory(name, { ...at(server), ...options });
  const texts = Array.from({ length: 200 }, (_, index) => String(index));
  const { vectors } = await model.embed(texts);
  expect(vectors.map(([first]) => first)).toEqual(texts.map(Number));
  expect(bodiesOf(server).map((body) => textsOf(body).length)).toEqual(sizes);
  expect(model.maxBatch).toBe(sizes[0] === 200 ? 2_048 : sizes[0]);
});

test("a list is also split before it has more bytes than OpenAI takes tokens", async () => {
  await using server = await echo();
  const [big, half] = [300_001, 150_000].map((size) => "é".repeat(size / 2).padEnd(size / 2 + 1));
  const texts = [half, "a", half, "b", big, "c", "d"].map(String);
  await aimlapiEmbeddings(small, { ...at(server), concurrency: 1 }).embed(texts);
  const sent = bodiesOf(server).map((body) => textsOf(body).map((text) => text.trim().at(-1)));
  expect(sent).toEqual([["é", "a"], ["é", "b"], ["é"], ["c", "d"]]);
});

test.each([
  [{ concurrency: 3 }, 3],
  [{ concurrency: 3, pace: { concurrency: 2 } }, 2],
  [{}, 4],
])("no more requests are under way than allowed, and as many as allowed: %j", async (...row) => {
  let [now, most] = [0, 0];
  await using server = await serve(async (reply, _attempt, { body }) => {
    most = Math.max(most, ++now);
    await sleep(20);
    now--;
    send(reply, answerTo(JSON.parse(body) as object));
  });
  const options = { ...at(server), maxBatch: 1, ...row[0] };
  await aimlapiEmbeddings("m", options).embed(["1", "2", "3", "4", "5", "6", "7"]);
  expect([most, server.received.length]).toEqual([row[1], 7]);
});

test("an empty list asks nobody", async () => {
  await using server = await echo();
  const usage = { inputTokens: 0, outputTokens: 0, totalTokens: 0 };
  for (const factory of [aimlapiEmbeddings, cohereEmbeddings])
    expect(await factory("m", at(server)).embed([])).toEqual({ vectors: [], usage });
  expect(server.received).toEqual([]);
});

test("how long vectors are is known of a known model, or by what was asked for", () => {
  const known = [cohereEmbeddings("embed-v4.0", key), aimlapiEmbeddings(small, key)];
  expect(known.map(({ dimensions }) => dimensions)).toEqual([1_536, 1_536]);
  expect(cohereEmbeddings("embed-v4.0", { ...key, dimensions: 256 }).dimensions).toBe(256);
  expect(aimlapiEmbeddings("toString", key)).toMatchObject({
    id: "toString",
    dimensions: undefined,
  });
});

test("usage is the sum of all requests, with the bill when each of them has one", async () => {
  const usage = { prompt_tokens: 3, total_tokens: 3 };
  const bills = [
    [{ meta: { usage: { credits_used: 4_000_000 } } }, {}],
    [{}, { "x-aimlapi-usd-spent": "0.5" }],
    [{ meta: { usage: { usd_spent: 1 } } }, {}],
  ] as const;
  await using server = await serve((reply, attempt, { body }) => {
    const [meta, headers] = bills[attempt - 1] ?? [{}, {}];
    send(reply, { ...answerTo(JSON.parse(body) as object), usage, ...meta }, { headers });
  });
  const model = aimlapiEmbeddings("m", { ...at(server), maxBatch: 1, concurrency: 1 });
  const tokens = { inputTokens: 6, outputTokens: 0, totalTokens: 6 };
  expect((await model.embed(["1", "2"])).usage).toEqual({ ...tokens, usd: 2.5 });
  expect((await model.embed(["1", "2"])).usage).toEqual(tokens);
});

test.each([aimlapiEmbeddings, cohereEmbeddings])(
  "what a server does not count is estimated, and said to be so: %o",
  async (factory) => {
    await using server = await serve((reply) =>
      send(reply, { data: [{ embedding: [1] }], embeddings: { float: [[1]] } }),
    );
    const { usage } = await factory("m", at(server)).embed(["a"]);
    expect(usage).toMatchObject({ outputTokens: 0, isEstimated: true });
    const bytes = server.received[0]?.body.length ?? 0;
    expect(usage.inputTokens).toBe(Math.ceil(bytes / 4));
  },
);

/** The documented request or answer. */
async function example(name: string): Promise<Record<string, unknown>> {
  const url = new URL(`contract/examples/cohere.embed.${name}.json`, import.meta.url);
  return JSON.parse(await readFile(url, "utf8")) as Record<string, unknown>;
}

function at({ baseURL }: Server): { readonly baseURL: string; readonly apiKey: string } {
  return { baseURL, ...key };
}

/** A server that makes vectors of the numbers that the texts are, in either dialect. */
async function echo(delayMs: (attempt: number) => number = () => 0): Promise<Server> {
  return await serve(async (reply, attempt, { body }) => {
    await sleep(Math.max(0, delayMs(attempt)));
    send(reply, answerTo(JSON.parse(body) as object));
  });
}

function answerTo(body: object): object {
  const vectors = textsOf(body).map((text) => [Number(text) || 0, 1]);
  return {
    data: vectors.map((embedding, index) => ({ index, embedding })),
    embeddings: { float: vectors },
  };
}

function textsOf(body: object): readonly string[] {
  const { input, texts } = body as { input?: readonly string[]; texts?: readonly string[] };
  return input ?? texts ?? [];
}

function bodiesOf({ received }: Server): readonly object[] {
  return received.map(({ body }) => JSON.parse(body) as object);
}
