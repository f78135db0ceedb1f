import { inspect } from "node:util";

import { aimlapiEmbeddings, cohereEmbeddings } from "@pawl/models";
import { expect, test } from "vitest";

import { send, serve, type Server, until } from "./server.ts";

const key = "key-that-is-secret";
const good = { data: [{ index: 0, embedding: [1, 2] }] };
const soon = { "retry-after-ms": "1" };

test.each([
  ["too few", { data: [] }, /it holds 0 vectors for 1 texts/],
  ["too many", { data: [...good.data, { index: 1, embedding: [1] }] }, /2 vectors for 1 texts/],
  ["one index twice", { data: [...good.data, ...good.data] }, /two vectors for text 0/],
  ["an index that is none", { data: [{ index: 7, embedding: [1] }] }, /vectors? for text 7/],
  ["a text", { data: [{ index: 0, embedding: "abc" }] }, /what is no vector/],
  ["no numbers", { data: [{ index: 0, embedding: [null, "1"] }] }, /what is no vector/],
  ["an empty vector", { data: [{ index: 0, embedding: [] }] }, /what is no vector/],
  ["not a number, in base64", { data: [{ embedding: "AADAfw==" }] }, /what is no vector/],
  ["no list", { object: "list" }, /0 vectors for 1 texts/],
])("an answer that cannot be used is an error: %s", async (_name, body, words) => {
  await using server = await serve((reply) => send(reply, body));
  const error = await thrown(aimlapiEmbeddings("m", at(server)).embed(["a"]));
  expect(error).toMatchObject({ name: "ModelError", code: "protocol", retryable: false });
  expect(String(error)).toMatch(words);
  expect(server.received).toHaveLength(1);
});

function rows(...lengths: number[]): object {
  const vectors = lengths.map((length) => [1, 2, 3].slice(0, length));
  return { data: vectors.map((embedding, index) => ({ index, embedding })) };
}

test("vectors of two lengths are an error, in one answer, in two, and against what was asked for", async () => {
  const replies = [rows(2, 3), rows(2), rows(3), rows(2)];
  await using server = await serve((reply, attempt) => send(reply, replies[attempt - 1] ?? {}));
  const split = { maxBatch: 1, concurrency: 1 };
  const words = /a vector of \d numbers where \d were expected/;
  await expect(aimlapiEmbeddings("m", at(server)).embed(["a", "b"])).rejects.toThrow(words);
  await expect(
    aimlapiEmbeddings("m", { ...at(server), ...split }).embed(["a", "b"]),
  ).rejects.toThrow(words);
  await expect(
    aimlapiEmbeddings("m", { ...at(server), dimensions: 4 }).embed(["a"]),
  ).rejects.toThrow("a vector of 2 numbers where 4 were expected");
});

test("a request that may pass is tried again, under the same name", async () => {
  await using server = await serve((reply, attempt) =>
    attempt === 1 ? send(reply, "", { status: 503, headers: soon }) : send(reply, good),
  );
  const { vectors } = await aimlapiEmbeddings("m", at(server)).embed(["a"]);
  expect(vectors).toHaveLength(1);
  const [first, second] = server.received.map(({ headers }) => headers["x-client-request-id"]);
  expect(second).toBe(`${String(first)}.a2`);
});

test("one batch that fails for good is the failure of all, and ends the others", async () => {
  await using server = await serve((reply, _attempt, { body }) => {
    if (body.includes("bad")) send(reply, "", { status: 503, headers: soon });
    else if (!body.includes("slow")) send(reply, good);
  });
  const options = { ...at(server), maxRetries: 1, maxBatch: 1, concurrency: 2 };
  const texts = ["fine", "slow", "bad", "never"];
  const error = await thrown(aimlapiEmbeddings("m", options).embed(texts));
  expect(error).toMatchObject({ name: "ModelError", status: 503, attempt: 2 });
  const sent = server.received.map(
    ({ body }) => (JSON.parse(body) as { input: string[] }).input[0],
  );
  const counts = texts.map((text) => sent.filter((each) => each === text).length);
  expect(counts).toEqual([1, 1, 2, 0]);
  await until(() => server.closedAt.length > 0);
});

test.each([
  ["an error", new Error("enough")],
  ["a text", "enough"],
  ["nothing", null],
])("an abort ends all requests at once, with its own reason: %s", async (_name, reason) => {
  await using server = await serve(() => {});
  const controller = new AbortController();
  const model = cohereEmbeddings("m", { ...at(server), maxBatch: 1, concurrency: 2 });
  const asked = model
    .embed(["a", "b", "c"], { signal: controller.signal })
    .catch((error: unknown) => ({ thrown: error }));
  await until(() => server.received.length === 2);
  const start = performance.now();
  controller.abort(reason);
  expect(await asked).toEqual({ thrown: reason });
  expect(performance.now() - start).toBeLessThan(50);
  await until(() => server.closedAt.length === 2);
  expect(server.received).toHaveLength(2);
});

test("an abort before the first request asks nobody", async () => {
  await using server = await serve((reply) => send(reply, good));
  const signal = AbortSignal.abort("early");
  for (const texts of [["a"], ["a", "b"]]) {
    const model = aimlapiEmbeddings("m", { ...at(server), maxBatch: 1 });
    await expect(model.embed(texts, { signal })).rejects.toBe("early");
  }
  expect(server.received).toEqual([]);
});

test("a deadline is kept by an answer that never ends", async () => {
  await using server = await serve((reply) => void reply.write('{"data":['));
  const options = { ...at(server), maxRetries: 0, timeouts: { totalMs: 50 } };
  await expect(aimlapiEmbeddings("m", options).embed(["a"])).rejects.toMatchObject({
    code: "timeout",
  });
  await until(() => server.closedAt.length === 1);
});

test("an answer comes whole, so only the limit on the whole counts", async () => {
  await using server = await serve((reply) => void setTimeout(() => send(reply, good), 60));
  const options = { ...at(server), timeouts: { firstContentMs: 20, idleMs: 20, totalMs: 5_000 } };
  expect((await aimlapiEmbeddings("m", options).embed(["a"])).vectors).toHaveLength(1);
});

test("a refusal without an end is not waited for, and leaves no connection", async () => {
  await using server = await serve((reply) => {
    reply.writeHead(400, { "content-type": "application/json" });
    reply.write('{"message":"No."}');
  });
  const asked = aimlapiEmbeddings("m", at(server)).embed(["a"]);
  await expect(asked).rejects.toMatchObject({ status: 400 });
  await until(() => server.closedAt.length === 1);
});

test("a server that asks for a pause is not asked by the next list either", async () => {
  await using server = await serve((reply, attempt) => {
    const headers = { "retry-after-ms": "150" };
    send(reply, good, attempt === 1 ? { status: 429, headers } : {});
  });
  const model = aimlapiEmbeddings("m", { ...at(server), maxRetries: 0 });
  await expect(model.embed(["a"])).rejects.toMatchObject({ code: "rate-limit" });
  const start = performance.now();
  await model.embed(["a"]);
  expect(performance.now() - start).toBeGreaterThan(100);
});

test("no error shows the key, and each says what to do", async () => {
  await using server = await serve((reply, attempt) =>
    send(
      reply,
      { message: `Key ${key} is wrong.`, id: "e1" },
      { status: [401, 404, 422][attempt - 1] ?? 500 },
    ),
  );
  const model = cohereEmbeddings("embed-v9", { ...at(server), maxRetries: 0 });
  const errors = [];
  for (const text of ["a", "b", "c", "d"]) errors.push(await thrown(model.embed([text])));
  expect(inspect(errors, { depth: 9 })).not.toContain(key);
  expect(errors.map(String)).toEqual([
    expect.stringMatching(/refused the key .*Key … is wrong\. Check COHERE_API_KEY/),
    expect.stringMatching(/does not serve the model "embed-v9" .*docs\.cohere\.com\/docs\/models/),
    expect.stringMatching(/refused the request \(status 422/),
    expect.stringMatching(/failed \(status 500/),
  ]);
});

test.each([
  [aimlapiEmbeddings, "aimlapiEmbeddings"],
  [cohereEmbeddings, "cohereEmbeddings"],
])("wrong options are refused in one sentence: %o", (factory, where) => {
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ dimension: 3 }, /unknown option "dimension"\. Did you mean "dimensions"\?$/],
    [{ dimensions: 0 }, /"dimensions" must be a whole number of at least 1, got 0\.$/],
    [{ dimensions: 1.5 }, /"dimensions" must be a whole number/],
    [{ maxBatch: 2_049 }, /"maxBatch" must be a whole number from 1 to \d+, got 2049\.$/],
    [{ concurrency: 65 }, /"concurrency" must be a whole number from 1 to 64, got 65\.$/],
    [{ baseURL: "nowhere" }, /"baseURL" must be/],
    [{ apiKey: "a secret" }, /"apiKey" must be a text without spaces/],
    [{ truncate: "END", encoding: "hex" }, /unknown option|must be/],
  ];
  for (const [options, words] of cases) {
    const create = (): unknown => factory("m", { apiKey: key, ...options });
    expect(create).toThrow(TypeError);
    expect(create).toThrow(words);
    expect(create).toThrow(new RegExp(`^${where}: [^\\n]+[.?]$`));
    expect(create).not.toThrow(/secret/);
  }
  expect(() => factory("", { apiKey: key })).toThrow(/"model" must be the name of a model/);
});

test("a choice that is none is refused", () => {
  const options = { apiKey: key, encoding: "hex" as never };
  expect(() => aimlapiEmbeddings("m", options)).toThrow('"encoding" must be "float" or "base64"');
  const cut = { apiKey: key, truncate: "END" as never };
  expect(() => cohereEmbeddings("m", cut)).toThrow('"truncate" must be "end" or "start" or "none"');
});

test.each([
  [["a", ""], {}, /^embed: "texts\[1\]" must be a text with something in it, got an empty one/],
  [["a", 5], {}, /"texts\[1\]" .*got number; leave it out of the list\.$/],
  ["a", {}, /^embed: "texts" must be a list of texts\.$/],
  [["a"], { purpose: "search" }, /"purpose" must be "document" or .*, got "search"\.$/],
  [["a"], { signals: 1 }, /unknown option "signals"\. Did you mean "signal"\?$/],
])(
  "wrong texts and wishes are refused before anything is sent: %j",
  async (texts, options, words) => {
    await using server = await serve((reply) => send(reply, good));
    const asked = aimlapiEmbeddings("m", at(server)).embed(texts as never, options as never);
    const error = await thrown(asked);
    expect(error).toBeInstanceOf(TypeError);
    expect((error as TypeError).message).toMatch(words);
    expect(server.received).toEqual([]);
  },
);

function at({ baseURL }: Server): { readonly baseURL: string; readonly apiKey: string } {
  return { baseURL, apiKey: key };
}

async function thrown(asked: Promise<unknown>): Promise<unknown> {
  return await asked.then(
    () => "nothing",
    (error: unknown) => error,
  );
}
