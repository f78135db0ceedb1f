import { aimlapiEmbeddings, chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

import { ask, delta, events, send, serve, stream, whole } from "./server.ts";

const hidden = JSON.stringify({ error: { code: 400, message: "Bad schema." } });

async function errorOf(body: string | object, status: number): Promise<unknown> {
  await using server = await serve((response) => send(response, body, { status }));
  const { error } = await ask(
    chatCompletions({ baseURL: server.baseURL, model: "m", maxRetries: 0 }),
  );
  return error;
}

test.each([
  ["as the code of the error", 500, { error: { message: "Bad schema.", code: 400 } }],
  ["as its status", 502, { error: { message: "Bad schema.", status: 422 } }],
  ["beside it, as a text", 500, { statusCode: "400", message: "Bad schema." }],
  ["in the words of the error", 500, { error: { message: hidden, code: 500 } }],
  ["in words around it", 503, { message: `Upstream said: ${hidden}` }],
])("an upstream's refusal is not asked for again: %s", async (_name, status, body) => {
  expect(await errorOf(body, status)).toMatchObject({
    code: "invalid-request",
    status,
    retryable: false,
    message: expect.stringContaining("Bad schema"),
  });
});

test.each([408, 409, 429])("an upstream's %i may pass", async (code) => {
  const error = await errorOf({ error: { message: "Later.", code } }, 500);
  expect(error).toMatchObject({ code: "server", retryable: true });
});

const refusal = { error: { code: 400, message: "No such field.", status: "INVALID_ARGUMENT" } };
const problem = {
  status: 401,
  title: "Unknown key",
  requestId: "r-1",
  error: { name: "UnauthorizedException", data: {} },
};

test.each([
  ["a list of one error, streamed", `data: ${JSON.stringify([refusal])}\n\n`, "invalid-request"],
  ["a list of one error", [refusal], "invalid-request"],
  ["a list whose last is an error", [delta({ content: "Hel" }), refusal], "invalid-request"],
  ["a problem", problem, "auth"],
  ["a problem, streamed", stream(problem), "auth"],
  ["a problem without an error", { statusCode: 401, message: "Who?" }, "auth"],
])("a success that holds an error is an error: %s", async (_name, body, code) => {
  expect(await errorOf(body, 200)).toMatchObject({ code, retryable: false });
});

test("a problem that came as a success is told in its words", async () => {
  const error = await errorOf(problem, 200);
  expect(error).toMatchObject({ status: 401, requestId: "r-1" });
  expect(String(error)).toMatch(/refused the key .*: Unknown key\. Check/);
});

test("an answer that states a status is an answer", async () => {
  const body = whole({ content: "Hello" }, "stop", { status: 500 });
  await using server = await serve((response, attempt) =>
    send(response, attempt === 1 ? body : events({ ...body, status: 401 })),
  );
  const model = chatCompletions({ baseURL: server.baseURL, model: "m" });
  expect((await ask(model)).message?.content).toBe("Hello");
  expect((await ask(model)).message?.content).toBe("Hello");
});

test("it is the same for other answers than those of models", async () => {
  const replies = [problem, { error: false, data: [{ index: 0, embedding: [1, 2] }] }];
  await using server = await serve((response, attempt) =>
    send(response, replies[attempt - 1] ?? {}),
  );
  const { baseURL } = server;
  const model = aimlapiEmbeddings("text-embedding-3-small", { baseURL, apiKey: "secret-of-mine" });
  await expect(model.embed(["a"])).rejects.toMatchObject({ code: "auth", retryable: false });
  expect((await model.embed(["a"])).vectors).toHaveLength(1);
});
