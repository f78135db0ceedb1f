import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";

import { ModelError } from "@pawl/core";
import { aimlapi, chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

import { ask, delta, events, finish, send, serve, stream, whole } from "./server.ts";

const key = "secret-key-of-a-user";
const requestId = "00000000-0000-4000-8000-000000000000";

test.each([
  ["401", 401, "auth", false, /refused the key .* valid API key\. Check AIMLAPI_API_KEY/],
  ["403-out-of-funds", 403, "billing", false, /out of funds .* run out of funds\. Top it up/],
  ["400-validation", 400, "invalid-request", false, /messages\.2\.content: Expected string/],
  ["404-model", 404, "not-found", false, /does not serve the model "m".* Model is deprecated\./],
  ["429-legacy", 429, "rate-limit", true, /asked too often .*: Too Many Requests\.$/],
  ["500-wrapping-upstream-400", 500, "invalid-request", false, /refused the request .*: 400/],
])("a documented error is one clear sentence: %s", async (...row) => {
  const [name, status, code, retryable, words] = row;
  const text = readFileSync(new URL(`contract/examples/aiml.error.${name}.json`, import.meta.url));
  const error = await errorOf(JSON.parse(text.toString("utf8")) as object, status);
  expect(error).toMatchObject({ name: "ModelError", status, code, retryable, requestId });
  expect(error.message).toMatch(words);
  expect(error.message).toContain(`(status ${status}, request ${requestId})`);
  expect(error.message).toMatch(/^[^\n]{20,400}$/);
});

test.each([
  ["HTML", 502, "<!DOCTYPE html><html>Bad gateway</html>", "server", "an HTML page in place"],
  ["nothing", 500, "", "server", "no reason given"],
  ["a text", 503, "Over\nloaded...", "server", ": Over loaded."],
  ["a list", 400, [{ error: { message: "Bad schema." } }], "invalid-request", ": Bad schema."],
  ["a text as error", 400, { error: "No." }, "invalid-request", ": No."],
  ["no funds by another name", 429, { error: { code: "insufficient_quota" } }, "billing", "funds"],
  ["a payment required", 402, "", "billing", "out of funds"],
  ["a redirect", 302, "", "invalid-request", "status 302"],
  ["a gateway's timeout", 504, "", "timeout", "status 504"],
  [
    "hostile kinds of values",
    500,
    { error: { message: {}, code: { toString: 1 }, data: { issues: [{ path: [{}, null] }, 1] } } },
    "server",
    "failed (status 500)",
  ],
] as const)("an error that is %s is one clear sentence", async (...row) => {
  const [, status, body, code, words] = row;
  const error = await errorOf(body, status);
  expect(error).toMatchObject({ status, code });
  expect(error.message).toContain(words);
  expect(error.message).toMatch(/^[^\n]{20,400}$/);
});

test("a page of explanation is cut, also in the middle of a character", async () => {
  const error = await errorOf({ error: { message: "é".repeat(200_000) } }, 500);
  expect(error.message.length).toBeLessThan(1_200);
  expect(error.message).not.toContain("\uFFFD");
});

test("an error whose body never ends, or breaks off, is told by what came of it", async () => {
  await using server = await serve((response, attempt) => {
    response.writeHead(400, { "content-type": "application/json" });
    response.write(attempt === 1 ? '{"error":{"message":"One."}}' : '{"error":{"message":"T');
    if (attempt === 2) setTimeout(() => response.destroy(), 20);
  });
  const model = chatCompletions({ baseURL: server.baseURL, model: "m" });
  const errors = [await ask(model), await ask(model)].map(({ error }) => error);
  expect(errors).toMatchObject([
    { status: 400, message: expect.stringContaining(": One.") },
    { status: 400, message: expect.stringContaining("refused the request") },
  ]);
});

test("an id of the request is taken from the headers where the body has none", async () => {
  await using server = await serve((response) =>
    send(response, "", { status: 400, headers: { "x-inference-id": "inf-1" } }),
  );
  const { error } = await ask(chatCompletions({ baseURL: server.baseURL, model: "m" }));
  expect(error).toMatchObject({ requestId: "inf-1" });
});

test("a port where nobody listens is named", async () => {
  const port = await freePort();
  const baseURL = `http://127.0.0.1:${port}/v1`;
  const { error } = await ask(chatCompletions({ baseURL, model: "m", maxRetries: 0 }));
  expect(error).toBeInstanceOf(ModelError);
  expect(error).toMatchObject({ code: "network", retryable: true, status: undefined });
  expect(String(error)).toContain(`Nothing answers at http://127.0.0.1:${port}. Check "baseURL"`);
});

test("a host that does not exist is named", async () => {
  const baseURL = "http://no-such-host.invalid/v1";
  const { error } = await ask(chatCompletions({ baseURL, model: "m", maxRetries: 0 }));
  expect(error).toMatchObject({ code: "network", retryable: true });
  expect(String(error)).toMatch(/http:\/\/no-such-host\.invalid.*Check/);
});

test("what is no HTTP is a broken connection", async () => {
  const server = createServer((socket) => socket.end("SSH-2.0-OpenSSH\r\n").on("error", () => {}));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { error } = await ask(chatCompletions({ baseURL, model: "m", maxRetries: 0 }));
  server.close();
  expect(error).toMatchObject({ code: "network" });
});

test("the key is in no error, not even where the server repeats it", async () => {
  const replies = [
    { status: 401, body: { error: { message: `Incorrect key: ${key}` } } },
    { status: 500, body: `Bearer ${key}` },
    { status: 200, body: stream({ error: { message: key, code: 401 } }) },
    { status: 200, body: `data: no JSON but ${key}\n\n` },
    { status: 200, body: { error: `No ${key}` } },
    { status: 400, body: { error: { message: "custom-secret" } } },
  ];
  await using server = await serve((response, attempt) => {
    const { status, body } = replies[attempt - 1] ?? { status: 500, body: "" };
    send(response, body, { status });
  });
  const options = { baseURL: server.baseURL, apiKey: key, maxRetries: 0, stream: true };
  const model = aimlapi("m", { ...options, headers: { "x-key": "custom-secret" } });
  for (const _ of replies) {
    const { error } = await ask(model);
    const seen = [String(error), JSON.stringify(error), inspect(error, { depth: 9 })].join("\n");
    expect(error).toBeInstanceOf(ModelError);
    expect(seen).not.toContain(key);
    expect(seen).not.toContain("custom-secret");
  }
});

test("a model that was withdrawn names its successor", async () => {
  await using server = await serve((response) => send(response, "", { status: 404 }));
  const model = aimlapi("cohere/command-r-plus", { baseURL: server.baseURL, apiKey: key });
  const { error } = await ask(model);
  expect(String(error)).toContain('use "cohere/command-r-plus-08-2024"');
});

test.each([
  ["of the stream", { error: { message: "Over.", code: 503 } }, "server", 503],
  [
    "of the choice",
    { choices: [{ error: { message: "No.", code: 400 } }] },
    "invalid-request",
    400,
  ],
  ["as a finish reason", finish("error"), "server", undefined],
  ["as a text", { error: "It broke." }, "server", undefined],
  [
    "with a number of the vendor's own",
    { error: { code: 1302, message: "x" } },
    "server",
    undefined,
  ],
])("an error inside an answer is no success and keeps what came: %s", async (...cases) => {
  const [, chunk, code, status] = cases;
  await using server = await serve((response) =>
    send(response, stream(delta({ content: "Hel" }), chunk)),
  );
  const outcome = await ask(chatCompletions({ baseURL: server.baseURL, model: "m" }));
  expect(outcome.events).toEqual([{ type: "text-delta", text: "Hel" }]);
  expect(outcome.error).toMatchObject({ code, status, partial: { content: "Hel" } });
});

test("an error in a whole answer is no success", async () => {
  const options = { stream: false, maxRetries: 0 };
  expect(await errorOf({ error: { message: "No.", code: 401 } }, 200, options)).toMatchObject({
    code: "auth",
  });
  expect(await errorOf({ error: null }, 200, options)).toMatchObject({ code: "protocol" });
  expect(await errorOf({ choices: [] }, 200, options)).toMatchObject({ code: "protocol" });
  expect(await errorOf({}, 200, options)).toMatchObject({ code: "protocol" });
});

test("a stream that breaks off keeps its text and runs no call", async () => {
  const call = { index: 0, id: "a", function: { name: "add", arguments: '{"a":1}' } };
  const begun = events(delta({ reasoning: "Hm", content: "Hel", tool_calls: [call] }));
  for (const isReset of [false, true]) {
    await using server = await serve((response) => {
      response.write(begun);
      setTimeout(() => (isReset ? response.destroy() : response.end()), 20);
    });
    const outcome = await ask(chatCompletions({ baseURL: server.baseURL, model: "m" }));
    const partial = { role: "assistant", content: "Hel", reasoning: "Hm" };
    expect(outcome.error).toMatchObject({ code: isReset ? "network" : "incomplete", partial });
    expect(server.received).toHaveLength(1);
  }
});

test.each([
  ["what is no JSON", "data: {oops\n\n", "protocol", "no JSON object: {oops"],
  ["a page of HTML", "<html></html>", "protocol", 'Check "baseURL"'],
  ["an event without an end", `data: ${"x".repeat(17 * 1024 * 1024)}`, "protocol", "too long"],
  ["nothing", "", "incomplete", "broke off"],
  ["heartbeats alone", ": ping\n\n", "incomplete", "broke off"],
])("a stream that holds %s is an error", async (...row) => {
  const [, body, code, words] = row;
  const error = await errorOf(body, 200, { maxRetries: 0 });
  expect(error).toMatchObject({ code, message: expect.stringContaining(words) });
});

test("an answer after an error is a success again, on the same connection", async () => {
  await using server = await serve((response, attempt) =>
    attempt === 1 ? send(response, "", { status: 400 }) : send(response, whole({ content: "Hi" })),
  );
  const model = chatCompletions({ baseURL: server.baseURL, model: "m" });
  await ask(model);
  expect((await ask(model)).message?.content).toBe("Hi");
  expect(server.sockets).toHaveLength(1);
});

async function errorOf(
  body: string | object,
  status: number,
  options: object = {},
): Promise<ModelError> {
  await using server = await serve((response) => send(response, body, { status }));
  const settings = { baseURL: server.baseURL, apiKey: key, maxRetries: 0, ...options };
  const { error } = await ask(aimlapi("m", settings));
  if (!(error instanceof ModelError)) throw new Error("No ModelError.", { cause: error });
  return error;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
