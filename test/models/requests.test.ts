import type { Message, ModelRequest } from "@pawl/core";
import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

import { current, first, problemsOf } from "./request-schemas.ts";
import {
  ask,
  bodiesOf,
  finish,
  hello,
  piece,
  send,
  serve,
  stream,
  tools,
  whole,
  type WireBody,
} from "./server.ts";

const call = { id: "call_1", name: "add", input: { a: 1 } };
const talk: readonly Message[] = [
  { role: "user", content: "Add, twice." },
  { role: "assistant", content: "", toolCalls: [call, { ...call, id: "call_2", input: {} }] },
  { role: "tool", callId: "call_1", toolName: "add", content: "1" },
  { role: "tool", callId: "call_2", toolName: "add", content: "It failed.", isError: true },
];

const withTools: Readonly<Record<string, Partial<ModelRequest>>> = {
  plain: {},
  instructions: { instructions: "Be brief." },
  auto: { toolChoice: "auto" },
  none: { toolChoice: "none" },
  required: { toolChoice: "required" },
  "one tool": { toolChoice: { tool: "add" } },
  "parallel calls, a result and an error": { messages: talk },
};

test.each(Object.entries(withTools))("a request with tools is valid: %s", async (_name, fields) => {
  expect(await problemsOf(current, fields, {})).toEqual([]);
  expect(await problemsOf(current, fields, { stream: false, maxTokens: 9 })).toEqual([]);
});

test.each([
  ["plain", {}],
  ["instructions", { instructions: "Be brief." }],
  ["a choice of tools where there are none", { toolChoice: "required" }],
  ["an earlier answer", { messages: [...talk.slice(0, 1), { role: "assistant", content: "1" }] }],
  ["a system message", { messages: [{ role: "system", content: "Now." }, ...talk.slice(0, 1)] }],
] as const)("a request without tools is valid for the old model too: %s", async (_name, fields) => {
  const model = "cohere/command-r-plus";
  expect(await problemsOf(first, { ...fields, tools: [] }, { model })).toEqual([]);
  expect(await problemsOf(first, { ...fields, tools: [] }, { model, stream: false })).toEqual([]);
});

test("a request says all that was asked, in the words of the protocol", async () => {
  const [body] = await bodiesOf([{ instructions: "Be brief.", messages: talk }], { maxTokens: 9 });
  expect(body).toEqual({
    model: "cohere/command-r-plus-08-2024",
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: 9,
    tools: tools.map((each) => ({ type: "function", function: each })),
    messages: [
      { role: "system", content: "Be brief." },
      { role: "user", content: "Add, twice." },
      {
        role: "assistant",
        content: "",
        tool_calls: [wireCall("call_1", '{"a":1}'), wireCall("call_2", "{}")],
      },
      { role: "tool", tool_call_id: "call_1", content: "1" },
      { role: "tool", tool_call_id: "call_2", content: "It failed." },
    ],
  });
});

test("a choice of tools is sent as it is meant", async () => {
  const choices = ["auto", "none", "required", { tool: "add" }] as const;
  const bodies = await bodiesOf(choices.map((toolChoice) => ({ toolChoice })));
  expect(bodies.map(({ tool_choice }) => tool_choice)).toEqual([
    undefined,
    "none",
    "required",
    { type: "function", function: { name: "add" } },
  ]);
});

test("a whole answer is asked for explicitly", async () => {
  const [body] = await bodiesOf([{}], { stream: false });
  expect([body?.stream, body?.stream_options]).toEqual([false, undefined]);
});

test("the content of an answer is never null, and its list of calls never empty", async () => {
  const bare: Message = { role: "assistant", content: "", toolCalls: [] };
  const [body] = await bodiesOf([{ messages: [...talk, bare] }]);
  expect(JSON.stringify(body)).not.toContain('"content":null');
  expect(body?.messages.at(-1)).toEqual({ role: "assistant", content: "" });
});

test("a request without any message is still JSON", async () => {
  const [body] = await bodiesOf([{ messages: [] }]);
  expect(body?.messages).toEqual([]);
});

test("names and arguments that a model got wrong are valid when they are sent back", async () => {
  const wrong = stream(
    piece({ index: 0, id: "a", function: { name: "a.b c", arguments: '{"a":' } }),
    piece({ index: 1, id: "b", function: { name: "x".repeat(99), arguments: "[1]" } }),
    piece({ index: 2, id: "c", function: { name: "", arguments: "7" } }),
    finish("tool_calls"),
  );
  await using server = await serve((response) => send(response, wrong));
  const model = chatCompletions({ baseURL: server.baseURL, model: "m" });
  const { message } = await ask(model);
  await ask(model, { messages: [...talk.slice(0, 1), ...(message ? [message] : [])] });
  const sent = JSON.parse(server.received[1]?.body ?? "") as WireBody;
  const calls = sent.messages.at(-1)?.tool_calls ?? [];
  expect(calls.map((each) => each.function)).toEqual([
    { name: "a_b_c", arguments: "{}" },
    { name: "x".repeat(64), arguments: "{}" },
    { name: "unknown", arguments: "{}" },
  ]);
});

test("a request carries the key, its kind and the id of the request", async () => {
  await using server = await serve((response) => send(response, hello));
  await ask(chatCompletions({ baseURL: server.baseURL, model: "m", apiKey: "secret-key" }));
  expect(server.received[0]?.path).toBe("/v1/chat/completions");
  expect(server.received[0]?.headers).toMatchObject({
    authorization: "Bearer secret-key",
    "content-type": "application/json",
    accept: "text/event-stream",
    "x-client-request-id": "run.1",
    "content-length": String(server.received[0]?.body.length),
  });
});

test("a second attempt has an id of its own", async () => {
  await using server = await serve((response, attempt) =>
    attempt === 1
      ? send(response, "", { status: 503, headers: { "retry-after": "0" } })
      : send(response, whole({ content: "Hello" })),
  );
  await ask(chatCompletions({ baseURL: server.baseURL, model: "m" }));
  const ids = server.received.map(({ headers }) => headers["x-client-request-id"]);
  expect(ids).toEqual(["run.1", "run.1.a2"]);
});

test("an id that the server would ignore is left out", async () => {
  await using server = await serve((response) => send(response, hello));
  const model = chatCompletions({ baseURL: server.baseURL, model: "m" });
  const longest = "x".repeat(128);
  for (const requestId of ["run 1", "", "ü", "a\nb", `${longest}x`, longest, "aZ9._:-"])
    await ask(model, { requestId });
  const ids = server.received.map(({ headers }) => headers["x-client-request-id"]);
  const none = Array.from({ length: 5 }, () => undefined);
  expect(ids).toEqual([...none, longest, "aZ9._:-"]);
});

test("custom headers are sent, whatever the case of their names", async () => {
  await using server = await serve((response) => send(response, hello));
  const headers = { "X-Title": "Pawl", Authorization: "Basic YTpi", "user-agent": "mine" };
  await ask(chatCompletions({ baseURL: server.baseURL, model: "m", headers }));
  expect(server.received[0]?.headers).toMatchObject({
    "x-title": "Pawl",
    authorization: "Basic YTpi",
    "user-agent": "mine",
  });
});

function wireCall(id: string, text: string): object {
  return { id, type: "function", function: { name: "add", arguments: text } };
}
