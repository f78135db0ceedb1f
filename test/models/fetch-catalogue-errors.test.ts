import { fetchCatalogue } from "@pawl/models";
import { expect, test } from "vitest";

import { send, serve, until } from "./server.ts";

const empty = { object: "list", data: [] };

test("the list is public: a key is sent when it is given, never one that lies in the environment", async () => {
  await using server = await serve((response) => send(response, empty));
  const before = process.env["AIMLAPI_API_KEY"];
  process.env["AIMLAPI_API_KEY"] = "key-of-environment";
  process.env["AIMLAPI_INFERENCE_URL"] = server.baseURL;
  try {
    await fetchCatalogue();
    await fetchCatalogue({ apiKey: "mine-and-secret" });
  } finally {
    delete process.env["AIMLAPI_INFERENCE_URL"];
    if (before === undefined) delete process.env["AIMLAPI_API_KEY"];
    else process.env["AIMLAPI_API_KEY"] = before;
  }
  const { received } = server;
  const paths = ["/v1/models/deprecations", "/v1/models?include=all"];
  expect(received.map(({ path }) => path).toSorted()).toEqual([...paths, ...paths].toSorted());
  expect(received.map(({ headers }) => headers.authorization)).toEqual([
    undefined,
    undefined,
    "Bearer mine-and-secret",
    "Bearer mine-and-secret",
  ]);
  for (const { headers, body } of received) {
    expect([headers.accept, body]).toEqual(["application/json", ""]);
    expect(headers["x-client-request-id"]).toMatch(/^models-[\w-]+$/);
  }
});

test("what may pass is tried again", async () => {
  await using server = await serve((response, attempt) =>
    attempt <= 2
      ? send(response, "", { status: 503, headers: { "retry-after-ms": "1" } })
      : send(response, { data: [{ id: "m", type: "openai/chat-completions" }] }),
  );
  expect((await fetchCatalogue({ baseURL: server.baseURL })).find("m")?.id).toBe("m");
  const ids = server.received.map(({ headers }) => headers["x-client-request-id"]);
  expect(ids.filter((id) => /^models-[\w-]+\.a2$/.test(String(id)))).toHaveLength(2);
});

test.each([
  ["a 404", "", 404, "not-found", /has no list of models at \/v1\/models\. Check "baseURL"/],
  [
    "another document",
    { object: "list" },
    200,
    "protocol",
    /has no list of models at \/v1\/models/,
  ],
  ["a web page", "<!doctype html>", 200, "protocol", /sent an HTML page in place of an answer/],
  ["no JSON", "hello", 200, "protocol", /^The answer of 127\.0\.0\.1:\d+ is no JSON object\.$/],
  [
    "an error in a success",
    { error: { message: "No.", code: 400 } },
    200,
    "invalid-request",
    /No\./,
  ],
  ["a refused key", "", 401, "auth", /refused the key .*Check AIMLAPI_API_KEY/],
])("without a list there is one sentence of error: %s", async (...row) => {
  const [, body, status, code, words] = row;
  await using server = await serve((response) => send(response, body, { status }));
  const error = await fetchCatalogue({ baseURL: server.baseURL, maxRetries: 0 }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ name: "ModelError", code, message: expect.stringMatching(words) });
  expect(error).not.toMatchObject({ message: expect.stringContaining("does not serve the model") });
});

test("a list that does not come ends the question for old models too", async () => {
  await using server = await serve((response, _attempt, { path }) =>
    path.includes("?") ? send(response, "", { status: 401 }) : undefined,
  );
  await expect(fetchCatalogue({ baseURL: server.baseURL })).rejects.toMatchObject({ code: "auth" });
  await until(() => server.closedAt.length === 1);
});

test.each([
  ["an error", new Error("enough")],
  ["nothing", null],
])("an abort ends both requests at once, with its own reason: %s", async (_name, reason) => {
  await using server = await serve(() => {});
  const controller = new AbortController();
  const { signal } = controller;
  const asked = fetchCatalogue({ baseURL: server.baseURL, signal }).catch((thrown: unknown) => ({
    thrown,
  }));
  await until(() => server.received.length === 2);
  const start = performance.now();
  controller.abort(reason);
  expect(await asked).toEqual({ thrown: reason });
  expect(performance.now() - start).toBeLessThan(50);
  await until(() => server.closedAt.length === 2);
});

test("a deadline is kept", async () => {
  await using server = await serve((response) => void response.write('{"data":['));
  const timeouts = { totalMs: 50 };
  await expect(
    fetchCatalogue({ baseURL: server.baseURL, maxRetries: 0, timeouts }),
  ).rejects.toMatchObject({ code: "timeout", retryable: true });
});

test.each([
  [{ baseUrl: "http://127.0.0.1" }, /unknown option "baseUrl"\. Did you mean "baseURL"\?$/],
  [{ baseURL: "nowhere" }, /"baseURL" must be an http or https address/],
  [{ maxRetries: -1 }, /"maxRetries" must be a whole number/],
  [{ apiKey: "secret key" }, /"apiKey" must be a text without spaces/],
] as readonly (readonly [object, RegExp])[])(
  "a wrong option is refused before anything is sent: %j",
  async (options, words) => {
    const error = await fetchCatalogue(options).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toMatch(words);
    expect(String(error)).toMatch(/^TypeError: fetchCatalogue: [^\n]+[.?]$/);
    expect(String(error)).not.toContain("secret");
  },
);
