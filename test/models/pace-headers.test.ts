import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

import { ask, hello, send, serve } from "./server.ts";

type Headers = Readonly<Record<string, string>>;

const openai = (fields: Headers): Headers =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [`x-ratelimit-${name}`, value]));

test.concurrent.each<readonly [string, () => Headers]>([
  ["OpenAI", () => openai({ "remaining-requests": "0", "reset-requests": "300ms" })],
  [
    "OpenAI, in minutes and seconds",
    () => openai({ "remaining-requests": "0", "reset-requests": "0m0.3s" }),
  ],
  ["OpenAI, tokens", () => openai({ "remaining-tokens": "3", "reset-tokens": "300ms" })],
  ["Azure", () => openai({ "remaining-requests": "0", "reset-requests": "1" })],
  ["Mistral", () => openai({ "remaining-req-minute": "0", "reset-req-minute": "0.3" })],
  ["Cerebras", () => openai({ "remaining-tokens-minute": "0", "reset-tokens-minute": "0.3" })],
  ["one limit only", () => openai({ remaining: "0", reset: "0.3" })],
  ["milliseconds since 1970", () => openai({ remaining: "0", reset: String(Date.now() + 300) })],
  ["seconds since 1970", () => openai({ remaining: "0", reset: String(Date.now() / 1_000 + 0.3) })],
  [
    "Anthropic",
    () => ({
      "anthropic-ratelimit-requests-limit": "50",
      "anthropic-ratelimit-requests-remaining": "0",
      "anthropic-ratelimit-requests-reset": new Date(Date.now() + 300).toISOString(),
    }),
  ],
  [
    "Anthropic, tokens",
    () => ({
      "anthropic-ratelimit-input-tokens-remaining": "0",
      "anthropic-ratelimit-input-tokens-reset": new Date(Date.now() + 300).toISOString(),
    }),
  ],
  ["the IETF's draft", () => ({ ratelimit: '"default";r=0;t=1' })],
  ["the IETF's draft 7", () => ({ ratelimit: "limit=10, remaining=0, reset=1" })],
  [
    "the IETF's draft 6",
    () => ({
      "ratelimit-limit": "10, 10;w=1",
      "ratelimit-remaining": "0",
      "ratelimit-reset": "1",
    }),
  ],
])("a request waits when nothing is left: %s", async (...row) => {
  const ms = await second(row[1]);
  expect(ms).toBeGreaterThan(200);
  expect(ms).toBeLessThan(1_400);
});

test.concurrent.each<readonly [string, () => Headers]>([
  ["something is left", () => openai({ "remaining-requests": "1", "reset-requests": "5s" })],
  ["what is not counted", () => openai({ "remaining-requests": "-1", "reset-requests": "5s" })],
  ["of a day", () => openai({ "remaining-tokens-day": "0", "reset-tokens-day": "50" })],
  ["in two hours", () => openai({ "remaining-requests": "0", "reset-requests": "2h0m0s" })],
  ["at a time that is none", () => openai({ "remaining-requests": "0", "reset-requests": "soon" })],
  ["at a time that is not said", () => openai({ "remaining-requests": "0" })],
  ["in the past", () => openai({ remaining: "0", reset: "1700000000" })],
  ["of something else", () => openai({ "remaining-images": "0", "reset-images": "5s" })],
])("and does not wait for what is %s", async (...row) => {
  expect(await second(row[1])).toBeLessThan(180);
});

test("a trial key at Cohere is told of a minute's calls, without their end", async () => {
  const headers = { "x-trial-endpoint-call-limit": "20", "x-trial-endpoint-call-remaining": "0" };
  await using server = await serve((response) => send(response, hello, { headers }));
  const timeouts = { totalMs: 5_000 };
  const model = chatCompletions({ baseURL: server.baseURL, model: "m", timeouts });
  await ask(model);
  const { error } = await ask(model);
  expect(error).toMatchObject({ code: "rate-limit", status: undefined });
  expect((error as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(58_000);
});

test("a bucket that fills all the time is not waited for until it is full", async () => {
  let taken = 0;
  await using server = await serve((response) => {
    taken += 1;
    const headers = openai({
      "limit-requests": "100",
      "remaining-requests": String(taken < 3 ? 100 - taken * 30 : 0),
      "reset-requests": taken < 3 ? `${taken * 3}s` : "10s",
    });
    send(response, hello, { headers });
  });
  const model = chatCompletions({ baseURL: server.baseURL, model: "m" });
  for (let index = 0; index < 3; index += 1) await ask(model);
  const start = performance.now();
  await ask(model);
  expect(performance.now() - start).toBeGreaterThan(80);
  expect(performance.now() - start).toBeLessThan(400);
});

/** How long the second of two requests takes, after an answer with such headers. */
async function second(headers: () => Headers): Promise<number> {
  await using server = await serve((response) => send(response, hello, { headers: headers() }));
  const model = chatCompletions({ baseURL: server.baseURL, model: "m" });
  await ask(model);
  const start = performance.now();
  const { error } = await ask(model);
  expect(error).toBeUndefined();
  return performance.now() - start;
}
