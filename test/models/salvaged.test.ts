import { ModelError } from "@pawl/core";
import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

import { ask, delta, events, finish, type Reply, send, serve, stream } from "./server.ts";

const call = '{"name":"add","arguments":{"a":1}}';

test.each([
  ["as an object", call],
  ["in a fence", `\`\`\`json\n${call}\n\`\`\``],
  ["with the name of an old prompt", '{"name":"functions.add","parameters":{"a":1}}'],
])("a call that came as text is taken for the call, when told so: %s", async (_name, text) => {
  const { message, seen } = await answerOf(inPieces(text), { salvageToolText: true });

  expect(message).toMatchObject({
    content: "",
    finishReason: "tool-calls",
    toolCalls: [{ name: "add", input: { a: 1 } }],
  });
  expect(seen).toEqual(["tool-input-start", "tool-input-delta", "tool-input-end"]);
});

test.each([
  ["of a tool that is not offered", '{"name":"sub","arguments":{}}'],
  ["that is not whole", '{"name":"add","arguments":{"a":'],
  ["beside another", `[${call},${call}]`],
  ["with words before it", `Here: ${call}`],
  ["with words after it", `${call} is what I would call.`],
])("a text with a call %s stays a text", async (_name, text) => {
  const { message, shown } = await answerOf(inPieces(text), { salvageToolText: true });

  expect({ text: message?.content, shown, calls: message?.toolCalls }).toEqual({
    text,
    shown: text,
    calls: undefined,
  });
});

test("no text is taken for a call unless told so", async () => {
  const { message } = await answerOf(inPieces(call));

  expect([message?.content, message?.toolCalls]).toEqual([call, undefined]);
});

test("a call that came as text in an answer that was cut is not taken, and its text is shown", async () => {
  const cut = await answerOf((response) => send(response, events(delta({ content: call }))), {
    salvageToolText: true,
  });
  const full = await answerOf(
    (response) => send(response, stream(delta({ content: call }), finish("length"))),
    { salvageToolText: true },
  );

  expect(cut.error).toBeInstanceOf(ModelError);
  expect([cut.shown, full.shown, full.message?.content]).toEqual([call, call, call]);
});

function inPieces(text: string): Reply {
  const pieces = text.match(/[^]{1,7}/g) ?? [];
  return (response) =>
    send(response, stream(...pieces.map((content) => delta({ content })), finish()));
}

async function answerOf(reply: Reply, options: object = {}) {
  await using server = await serve(reply);
  const model = chatCompletions({
    baseURL: server.baseURL,
    model: "m",
    maxRetries: 0,
    ...options,
  });
  const { message, error, events: all } = await ask(model);
  const shown = all.map((each) => (each.type === "text-delta" ? each.text : "")).join("");
  return { message, error, shown, seen: all.map(({ type }) => type) };
}
