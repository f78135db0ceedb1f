import { aimlapiEmbeddings, cohereEmbeddings, cohereReranker } from "@pawl/models";
import { expect, onTestFinished, test, vi } from "vitest";

import { send, serve } from "./server.ts";

type Asking = (options: { baseURL?: string; apiKey?: string }) => () => Promise<unknown>;

const aimlapi = ["AIMLAPI_API_KEY", "AIML_API_KEY", "AIMLAPI_KEY"];
const cohere = ["COHERE_API_KEY", "CO_API_KEY"];

const cases: readonly (readonly [string, Asking, readonly string[], string])[] = [
  ["aimlapiEmbeddings", (options) => asking(aimlapiEmbeddings("m", options)), aimlapi, "AI/ML API"],
  ["cohereEmbeddings", (options) => asking(cohereEmbeddings("m", options)), cohere, "Cohere"],
  [
    "cohereReranker",
    (options) => {
      const reranker = cohereReranker("m", options);
      return () => reranker.rerank({ query: "a", documents: ["b"] });
    },
    cohere,
    "Cohere",
  ],
];

test.each(cases)(
  "a key comes from the option, or from the first variable that is set: %s",
  async (...row) => {
    const [, ask, names] = row;
    await using server = await serve((response) =>
      send(response, {
        data: [{ embedding: [1] }],
        embeddings: { float: [[1]] },
        results: [{ index: 0, relevance_score: 1 }],
      }),
    );
    const { baseURL } = server;
    setVariables(Object.fromEntries(names.map((name) => [name, `key-of-${name}`])));
    await ask({ baseURL, apiKey: "mine" })();
    for (const name of names) {
      await ask({ baseURL })();
      // An empty variable is as good as none.
      setVariables({ [name]: "" });
    }
    expect(server.received.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer mine",
      ...names.map((name) => `Bearer key-of-${name}`),
    ]);
  },
);

test.each(cases)("a missing key is one sentence with the ways out: %s", (...row) => {
  const [, ask, names, vendor] = row;
  setVariables(Object.fromEntries(names.map((name) => [name, ""])));
  const create = (): unknown => ask({});
  expect(create).toThrow(TypeError);
  expect(create).toThrow(`There is no key for ${vendor}: set ${String(names[0])}`);
  expect(create).toThrow(
    expect.objectContaining({ stack: expect.stringMatching(/^TypeError: [^\n]+$/) }),
  );
});

test("a misspelt option is named before a missing key", () => {
  setVariables(Object.fromEntries([...aimlapi, ...cohere].map((name) => [name, ""])));
  const misspelt = { apikey: "k" } as object;
  for (const factory of [aimlapiEmbeddings, cohereEmbeddings, cohereReranker])
    expect(() => factory("m", misspelt)).toThrow('unknown option "apikey". Did you mean "apiKey"?');
});

test("embeddings of AI/ML API are made where AIMLAPI_INFERENCE_URL says", async () => {
  await using server = await serve((response) => send(response, { data: [{ embedding: [1] }] }));
  setVariables({ AIMLAPI_INFERENCE_URL: server.baseURL });
  await aimlapiEmbeddings("m", { apiKey: "k" }).embed(["a"]);
  expect(server.received[0]?.path).toBe("/v1/embeddings");
});

function asking(model: { embed(texts: readonly string[]): Promise<unknown> }) {
  return () => model.embed(["a"]);
}

/** Sets variables until the test is over. */
function setVariables(variables: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
}
