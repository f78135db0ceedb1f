import { chatCompletions, cohere } from "@pawl/models";
import { expect, test } from "vitest";

import { ask, delta, events, serve } from "./server.ts";

const ping = (data: object, event = ""): string =>
  `${event && `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`;

const beats: readonly (readonly [string, string])[] = [
  ["a ping of its own kind", ping({}, "ping")],
  ["a ping that is typed", ping({ type: "ping" })],
  ["no choices", ping({ choices: [] })],
  ["an empty delta", ping(delta({}))],
  ["empty text", ping(delta({ content: "" }))],
  ["a role alone", ping(delta({ role: "assistant", content: null }))],
];

/** Sends something, and then a heartbeat every 20 ms for as long as it is listened to. */
function beating(first: string, beat: string) {
  return serve((response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(first);
    const timer = setInterval(() => response.write(beat), 20);
    response.on("close", () => clearInterval(timer));
  });
}

const timeouts = { firstContentMs: 150, idleMs: 150 };

test.each(beats)("a heartbeat that looks like a chunk is no answer: %s", async (_name, beat) => {
  await using server = await beating(beat, beat);
  const model = chatCompletions({ baseURL: server.baseURL, model: "m", maxRetries: 0, timeouts });
  const { error } = await ask(model);
  expect(error).toMatchObject({
    code: "timeout",
    message: "No answer began within 150 ms.",
  });
});

test.each(beats)("nor is it more of one that has begun: %s", async (_name, beat) => {
  await using server = await beating(events(delta({ content: "Hel" })), beat);
  const model = chatCompletions({ baseURL: server.baseURL, model: "m", maxRetries: 0, timeouts });
  const { error } = await ask(model);
  expect(error).toMatchObject({
    code: "timeout",
    message: "Nothing of the answer came for 150 ms.",
    partial: { content: "Hel" },
  });
});

test.each([
  ["a ping", { type: "ping" }],
  ["an event that only says what it is", { type: "message-start", id: "1" }],
  ["an empty piece", { type: "content-delta", index: 0, delta: { message: { content: {} } } }],
  ["what nobody needs", { type: "debug", prompt: "Hello" }],
])("the same holds for events of Cohere: %s", async (_name, beat) => {
  await using server = await beating("", ping(beat));
  const options = { baseURL: server.baseURL, apiKey: "secret-key-of-mine", maxRetries: 0 };
  const { error } = await ask(cohere("command-a-03-2025", { ...options, timeouts }));
  expect(error).toMatchObject({ code: "timeout", message: "No answer began within 150 ms." });
});

test.each([
  ["text", { type: "content-delta", delta: { message: { content: { text: "Hello" } } } }],
  ["a plan", { type: "tool-plan-delta", delta: { message: { tool_plan: "I add." } } }],
  [
    "a piece of a call",
    {
      type: "tool-call-start",
      index: 0,
      delta: { message: { tool_calls: { id: "a", function: { name: "add", arguments: "{" } } } },
    },
  ],
])("what Cohere says keeps an answer alive: %s", async (_name, said) => {
  const beat = said.type === "tool-call-start" ? { ...said, type: "tool-call-delta" } : said;
  await using server = await beating(ping(said), ping(beat));
  const options = { baseURL: server.baseURL, apiKey: "secret-key-of-mine", maxRetries: 0 };
  const limited = { ...timeouts, totalMs: 400 };
  const { error } = await ask(cohere("command-a-03-2025", { ...options, timeouts: limited }));
  expect(error).toMatchObject({ message: "The answer was not complete within 400 ms." });
});
