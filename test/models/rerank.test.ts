import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

import { cohereReranker } from "@pawl/models";
import { expect, test } from "vitest";

import { send, serve, type Server, until } from "./server.ts";

const apiKey = "key-that-is-secret";
const query = "capital of Norway";
const soon = { "retry-after-ms": "1" };

test("a request is the documented one, and its answer is read", async () => {
  const [request, response] = await Promise.all(["request", "response"].map(example));
  await using server = await serve((reply) => send(reply, response as object));
  const { model, top_n, ...rest } = request as { model: string; top_n: number };
  const reranker = cohereReranker(model, at(server));
  const ranking = await reranker.rerank({ ...(rest as Wanted), topN: top_n });
  expect(bodiesOf(server)).toEqual([request]);
  expect(server.received[0]?.path).toBe("/v1/rerank");
  expect(server.received[0]?.headers).toMatchObject({
    authorization: `Bearer ${apiKey}`,
    "x-client-request-id": expect.stringMatching(/^rerank-[\w-]+\.0$/),
  });
  expect(ranking).toEqual({ results: [{ index: 0, score: 0.98 }], usage: { searchUnits: 1 } });
  expect(reranker.id).toBe("rerank-v4.0-pro");
});

test("what is left out is left to the server", async () => {
  await using server = await scoring();
  await cohereReranker("m", at(server)).rerank({ query, documents: ["1"] });
  await cohereReranker("m", { ...at(server), maxTokensPerDocument: 512 }).rerank({
    query,
    documents: ["1"],
  });
  const plain = { model: "m", query, documents: ["1"] };
  expect(bodiesOf(server)).toEqual([plain, { ...plain, max_tokens_per_doc: 512 }]);
});

test("a list longer than 1,000 is split, and its parts are merged by their scores", async () => {
  // The first request is answered last.
  await using server = await scoring((attempt) => 60 - attempt * 20);
  const documents = Array.from({ length: 2_001 }, (_, index) => String((index * 7) % 2_001));
  const { results, usage } = await cohereReranker("m", at(server)).rerank({ query, documents });
  expect(bodiesOf(server).map(({ documents: some }) => some.length)).toEqual([1_000, 1_000, 1]);
  expect(results.map(({ score }) => score)).toEqual(
    documents.map((document) => scoreOf(document)).toSorted((a, b) => b - a),
  );
  for (const { index, score } of results) expect(scoreOf(documents[index] ?? "")).toBe(score);
  expect(usage).toEqual({ searchUnits: 21 });
});

test("the best of all parts are returned, also when a part is smaller than what is wanted", async () => {
  await using server = await scoring();
  const reranker = cohereReranker("m", { ...at(server), maxBatch: 2 });
  const { results } = await reranker.rerank({
    query,
    documents: ["1", "9", "5", "7", "8"],
    topN: 3,
  });
  expect(results.map(({ index }) => index)).toEqual([1, 4, 3]);
  expect(bodiesOf(server).map(({ top_n }) => top_n)).toEqual([2, 2, 1]);
});

test("documents of one score keep their order", async () => {
  await using server = await scoring();
  const reranker = cohereReranker("m", { ...at(server), maxBatch: 2 });
  const { results } = await reranker.rerank({ query, documents: ["5", "5", "9", "5"] });
  expect(results.map(({ index }) => index)).toEqual([2, 0, 1, 3]);
});

test("an empty list asks nobody", async () => {
  await using server = await scoring();
  const ranking = await cohereReranker("m", at(server)).rerank({ query, documents: [] });
  expect([ranking, server.received]).toEqual([{ results: [] }, []]);
});

test("what a server does not count is left out", async () => {
  const rows = [{ index: 0, relevance_score: "0.5" }];
  await using server = await serve((reply) => send(reply, { results: rows }));
  const ranking = await cohereReranker("m", at(server)).rerank({ query, documents: ["1"] });
  expect(ranking).toEqual({ results: [{ index: 0, score: 0.5 }] });
});

const first = { index: 0, relevance_score: 1 };

test.each([
  ["too few", [first], /ranks 1 documents of 2/],
  ["an unknown document", [first, { index: 2, relevance_score: 1 }], /ranks document 2 of 2/],
  ["half a document", [first, { index: 0.5, relevance_score: 1 }], /ranks document 0\.5 of 2/],
  ["one twice", [first, first], /or ranks it twice/],
  ["no score", [first, { index: 1 }], /has no score for document 1/],
  ["no list", undefined, /ranks 0 documents of 2/],
])("an answer that cannot be used is an error: %s", async (_name, results, words) => {
  await using server = await serve((reply) => send(reply, { results }));
  const asked = cohereReranker("m", at(server)).rerank({ query, documents: ["1", "2"] });
  await expect(asked).rejects.toMatchObject({
    name: "ModelError",
    code: "protocol",
    message: expect.stringMatching(words),
  });
});

test("one part that fails for good is the failure of all, after it was tried again", async () => {
  await using server = await serve((reply, _attempt, { body }) => {
    if (body.includes("bad"))
      send(reply, { message: `Not with ${apiKey}.` }, { status: 500, headers: soon });
  });
  const options = { ...at(server), maxBatch: 1, maxRetries: 1, concurrency: 2 };
  const asked = cohereReranker("m", options).rerank({ query, documents: ["slow", "bad", "never"] });
  const error = await asked.catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: "ModelError", code: "server", attempt: 2 });
  expect(String(error)).not.toContain(apiKey);
  const sent = bodiesOf(server).flatMap(({ documents }) => documents);
  expect(["bad", "slow", "never"].map((each) => sent.filter((one) => one === each).length)).toEqual(
    [2, 1, 0],
  );
  await until(() => server.closedAt.length > 0);
});

test("an abort ends all requests at once, with its own reason", async () => {
  await using server = await serve(() => {});
  const controller = new AbortController();
  const reranker = cohereReranker("m", { ...at(server), maxBatch: 1 });
  const asked = reranker.rerank({ query, documents: ["1", "2"] }, { signal: controller.signal });
  const outcome = asked.catch((thrown: unknown) => thrown);
  await until(() => server.received.length === 2);
  const start = performance.now();
  controller.abort("enough");
  expect(await outcome).toBe("enough");
  expect(performance.now() - start).toBeLessThan(50);
  await until(() => server.closedAt.length === 2);
});

test.each([
  [{ topN: 1 }, /unknown option "topN"/],
  [{ maxBatch: 10_001 }, /"maxBatch" must be a whole number from 1 to 10000, got 10001\.$/],
  [{ concurrency: 0 }, /"concurrency" must be a whole number from 1 to 64, got 0\.$/],
  [{ maxTokensPerDocument: 0 }, /"maxTokensPerDocument" must be a whole number of at least 1/],
  [{ baseURL: 5 }, /"baseURL" must be an http or https address/],
])("a wrong option is refused in one sentence: %j", (options, words) => {
  const create = (): unknown => cohereReranker("m", { apiKey, ...options } as never);
  expect(create).toThrow(TypeError);
  expect(create).toThrow(words);
  expect(create).toThrow(/^cohereReranker: [^\n]+[.?]$/);
});

test.each([
  [{ query: "", documents: [] }, {}, /^rerank: "query" must be a text with something in it\.$/],
  [{ query, documents: ["1", ""] }, {}, /^rerank: "documents\[1\]" must be a text/],
  [{ query, documents: "1" }, {}, /"documents" must be a list of texts\.$/],
  [{ query, documents: ["1"], topN: 0 }, {}, /"topN" must be a whole number of at least 1, got 0/],
  [{ query, documents: ["1"], top_n: 1 }, {}, /unknown option "top_n"\. Did you mean "topN"\?$/],
  [{ query, documents: ["1"] }, { abort: 1 }, /unknown option "abort"/],
])("a wrong question is refused before anything is sent: %j", async (request, options, words) => {
  await using server = await scoring();
  const asked = cohereReranker("m", at(server)).rerank(request as never, options as never);
  const error = (await asked.catch((thrown: unknown) => thrown)) as Error;
  expect(error).toBeInstanceOf(TypeError);
  expect(error.message).toMatch(words);
  expect(server.received).toEqual([]);
});

interface Wanted {
  readonly query: string;
  readonly documents: readonly string[];
}

async function example(name: string): Promise<object> {
  const url = new URL(`contract/examples/cohere.rerank.${name}.json`, import.meta.url);
  return JSON.parse(await readFile(url, "utf8")) as object;
}

function at({ baseURL }: Server): { readonly baseURL: string; readonly apiKey: string } {
  return { baseURL, apiKey };
}

/** A server that scores documents by the numbers that they are. */
async function scoring(delayMs: (attempt: number) => number = () => 0): Promise<Server> {
  return await serve(async (reply, attempt, { body }) => {
    await sleep(Math.max(0, delayMs(attempt)));
    const { documents, top_n } = JSON.parse(body) as Sent;
    const results = documents
      .map((document, index) => ({ index, relevance_score: scoreOf(document) }))
      .toSorted((a, b) => b.relevance_score - a.relevance_score)
      .slice(0, top_n);
    const search_units = Math.ceil(documents.length / 100);
    send(reply, { id: "r", results, meta: { billed_units: { search_units } } });
  });
}

interface Sent {
  readonly documents: readonly string[];
  readonly top_n?: number;
}

function scoreOf(document: string): number {
  return Number(document) / 10_000;
}

function bodiesOf({ received }: Server): readonly Sent[] {
  return received.map(({ body }) => JSON.parse(body) as Sent);
}
