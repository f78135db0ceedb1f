import { inspect } from "node:util";

import { ModelError } from "@pawl/core";
import { chatCompletions, type ChatCompletionsOptions } from "@pawl/models";
import { expect, test } from "vitest";

import { ask, delta, events, type Reply, send, serve } from "./server.ts";

const key = 'sk/live/"12\\34"é';
const secret = "sk/live/QxQx-WvWv";

/** Everything that can be read of what comes of one request. */
async function seenOf(reply: Reply, options: Partial<ChatCompletionsOptions>): Promise<string> {
  await using server = await serve(reply);
  const model = chatCompletions({
    baseURL: server.baseURL,
    model: "m",
    maxRetries: 0,
    ...options,
    ...(options.baseURL && { baseURL: server.baseURL + options.baseURL }),
  });
  const { error } = await ask(model);
  expect(error).toBeInstanceOf(ModelError);
  return [String(error), JSON.stringify(error), inspect(error, { depth: 9 })].join("\n");
}

const json = (text: string): string => JSON.stringify(text);
const escaped = (text: string): string =>
  Array.from(text, (each) => `\\u00${each.charCodeAt(0).toString(16).toUpperCase()}`).join("");

test.each([
  ["as it is", 401, `{"error":{"message":"Wrong: ${secret}."}}`],
  ["with escaped slashes", 401, `{"error":{"message":"Wrong: ${secret.replaceAll("/", "\\/")}."}}`],
  ["in escapes alone", 401, `{"error":{"message":"Wrong: ${escaped(secret)}."}}`],
  ["in a field that is no message", 401, `{"said":"Wrong: ${secret.replaceAll("/", "\\/")}."}`],
  ["in JSON inside of JSON", 500, json(`{"error":"Wrong: ${secret.replaceAll("/", "\\/")}."}`)],
  ["in what is no JSON", 500, `Wrong: ${secret.replaceAll("/", "\\/")} or ${escaped(secret)}.`],
  ["in an address", 500, `Wrong: /v1?key=${encodeURIComponent(secret)}.`],
  ["where the text is cut", 500, `${"x".repeat(190)}${secret}.`],
  ["as the id of the request", 401, `{"requestId":"${secret}","message":"Wrong: id."}`],
  ["in a stream", 200, `data: {"error":"Wrong: ${escaped(secret)}."}\n\n`],
  ["in what is no chunk", 200, `data: "Wrong: ${secret.replaceAll("/", "\\/")}."\n\n`],
  ["in a part of an answer", 200, events(delta({ content: `Wrong: ${secret}` }))],
  ["in thoughts", 200, events(delta({ reasoning_content: `Wrong: ${secret}` }))],
])("a key is in no error, however it is repeated: %s", async (_name, status, body) => {
  const seen = await seenOf((response) => send(response, body, { status }), { apiKey: secret });
  expect(seen).toMatch(/Wrong|xxx/);
  expect(seen).not.toMatch(/live|sk.{0,3}l|\\u00|%2F|QxQx|WvWv/i);
});

test("a secret of any characters is known again, also by its escapes", async () => {
  for (const said of [
    json(key),
    json(json(key)),
    `"${escaped(key)}"`,
    json(json(`"${escaped(key)}"`)),
  ]) {
    const body = `{"error":{"message":${said}}}`;
    const headers = { "x-key": key };
    const seen = await seenOf((response) => send(response, body, { status: 401 }), { headers });
    expect(seen).toMatch(/: [\\"]*…[\\"]*\. Check/);
    expect(seen).not.toMatch(/live|é/);
  }
});

test("a text of nothing but what may be a part of a secret is read in no time", async () => {
  const body = { error: { message: "\\".repeat(60_000) } };
  const start = performance.now();
  await seenOf((response) => send(response, body, { status: 400 }), { apiKey: "\\\\12345678" });
  expect(performance.now() - start).toBeLessThan(1_000);
});

test("a secret in a header of the answer is not shown as its id", async () => {
  const headers = { "x-request-id": secret };
  const reply: Reply = (response) => send(response, "", { status: 500, headers });
  expect(await seenOf(reply, { apiKey: secret })).not.toContain(secret);
});

test.each([
  ["a short key", { apiKey: "abc-1" }, "No abc-1, (abc-1): abc-12.", "No …, (…): abc-12."],
  ["a short key in a header", { headers: { "x-api-key": "abc1" } }, "No abc1, no.", "No …, no."],
  ["a key of three letters, which may be any word", { apiKey: "not" }, "Do not.", "Do not."],
  ["a header that tells nothing", { headers: { "x-team": "blue" } }, "No blue.", "No blue."],
  [
    "a key that begins like another",
    { headers: { "x-key": "abc12345", "x-other-key": "abc12345-678" } },
    "No abc12345-678, no.",
    "No …, no.",
  ],
  ["a key in the address", { baseURL: "?api-key=abc12345" }, "No abc12345, no.", "No …, no."],
  [
    "a version in the address",
    { baseURL: "?api-version=2024-10-21" },
    "2024-10-21.",
    "2024-10-21.",
  ],
] as const)("of what may be a secret only that is hidden: %s", async (...row) => {
  const [, options, message, shown] = row;
  const body = { error: { message } };
  const seen = await seenOf((response) => send(response, body, { status: 400 }), options);
  expect(seen).toContain(`: ${shown}`);
});

test("who asks, in an address, is shown to nobody", async () => {
  await using server = await serve((response) =>
    send(
      response,
      { error: { message: "No pass-word for some-body, pass%2Dword, no." } },
      { status: 400 },
    ),
  );
  const baseURL = server.baseURL.replace("//", "//some-body:pass%2Dword@");
  const { error } = await ask(chatCompletions({ baseURL, model: "m" }));
  expect(String(error)).toContain("No … for …, …, no.");
});
