import type { AssistantMessage } from "@pawl/core";
import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

import { ask, finish, piece, send, serve, stream, tools, whole } from "./server.ts";

/** Cases of tool calls that the fixtures leave out: pieces as they come, and the calls they make. */
const cases: readonly (readonly [string, readonly object[], readonly unknown[]])[] = [
  [
    "ids that change in the middle of a call",
    [at(0, "a", "add", '{"a":'), at(0, "b", undefined, "1"), at(0, "c", undefined, "}")],
    [{ id: "a", name: "add", input: { a: 1 } }],
  ],
  [
    "an id that comes late",
    [at(0, undefined, "add", '{"a":'), at(0, "late", undefined, "1}")],
    [{ id: expect.stringMatching(/^call_\w{24}$/), name: "add", input: { a: 1 } }],
  ],
  [
    "objects glued together",
    [at(0, "a", "add", '{"a":1}{"a":"}{"} \n {"a":3}')],
    [
      { id: "a", name: "add", input: { a: 1 }, repairs: ["split"] },
      { id: "a_2", name: "add", input: { a: "}{" }, repairs: ["split"] },
      { id: "a_3", name: "add", input: { a: 3 }, repairs: ["split"] },
    ],
  ],
  [
    "objects glued together, one of which would get the id of another call",
    [at(0, "a", "add", '{"a":1}{"a":2}'), at(1, "a_2", "add", '{"a":3}')],
    [
      { id: "a", name: "add", input: { a: 1 }, repairs: ["split"] },
      { id: expect.stringMatching(/^call_/), name: "add", input: { a: 2 }, repairs: ["split"] },
      { id: "a_2", name: "add", input: { a: 3 } },
    ],
  ],
  [
    "an empty object before the real one",
    [at(0, "a", "add", "{}"), at(0, undefined, undefined, '{"a":1}')],
    [{ id: "a", name: "add", input: { a: 1 }, repairs: ["empty"] }],
  ],
  [
    "an envelope around several calls",
    [
      at(0, "a", "multi_tool_use.parallel", '{"tool_uses":[{"recipient_name":"functions.add",'),
      at(0, undefined, undefined, '"parameters":{"a":1}},{"recipient_name":"now"},'),
      at(0, undefined, undefined, '{"recipient_name":"add","parameters":"{\\"a\\":2}"},'),
      at(0, undefined, undefined, '{"recipient_name":"add","parameters":[1]},"x"]}'),
    ],
    [
      { id: "a_1", name: "add", input: { a: 1 }, repairs: ["envelope", "name"] },
      { id: "a_2", name: "now", input: {}, repairs: ["envelope"] },
      { id: "a_3", name: "add", input: { a: 2 }, repairs: ["envelope"] },
      { id: "a_4", name: "add", input: {}, invalid: invalid("[1]"), repairs: ["envelope"] },
      { id: "a_5", name: "", input: {}, repairs: ["envelope"] },
    ],
  ],
  [
    "a name in fragments",
    [at(0, "a", "n", ""), at(0, "a", "ow", ""), at(0, "a", undefined, "{}")],
    [{ id: "a", name: "now", input: {} }],
  ],
  [
    "a name in fragments, the first of which is a tool too",
    [at(0, "a", "add", ""), at(0, undefined, "_all", ""), at(0, undefined, undefined, "{}")],
    [{ id: "a", name: "add_all", input: {} }],
  ],
  [
    "additions to names, taken off only where a tool remains",
    [
      at(0, "a", "functions.add:12", "{}"),
      at(1, "b", "functions.sub", "{}"),
      at(2, "c", "now:x", "{}"),
    ],
    [
      { id: "a", name: "add", input: {}, repairs: ["name"] },
      { id: "b", name: "functions.sub", input: {} },
      { id: "c", name: "now:x", input: {} },
    ],
  ],
  [
    "the same id at several places",
    [at(0, "a", "add", '{"a":1}'), at(1, "a", "add", '{"a":2}')],
    [
      { id: "a", name: "add", input: { a: 1 } },
      { id: expect.stringMatching(/^call_/), name: "add", input: { a: 2 } },
    ],
  ],
  [
    "calls that are all the first and have no ids, of several tools",
    [at(0, undefined, "add", '{"a":1}'), at(0, undefined, "now", "{}")],
    [
      { id: expect.stringMatching(/^call_/), name: "add", input: { a: 1 } },
      { id: expect.stringMatching(/^call_/), name: "now", input: {} },
    ],
  ],
  [
    "neither ids nor places, a new name after a whole call",
    [
      at(undefined, undefined, "add", '{"a":'),
      at(undefined, undefined, "add", "1}"),
      at(undefined, undefined, "add", '{"a":2}'),
    ],
    [
      { id: expect.stringMatching(/^call_/), name: "add", input: { a: 1 } },
      { id: expect.stringMatching(/^call_/), name: "add", input: { a: 2 } },
    ],
  ],
  ["pieces that say nothing", [{}, at(0, undefined, undefined, ""), at(0, "", "", "")], []],
  [
    "calls whose pieces come in turns",
    [
      at(0, "a", "add", ""),
      at(1, "b", "add", ""),
      at(0, undefined, undefined, '{"a":1}'),
      at(1, undefined, undefined, '{"a":2}'),
    ],
    [
      { id: "a", name: "add", input: { a: 1 } },
      { id: "b", name: "add", input: { a: 2 } },
    ],
  ],
  [
    "commas before an end, but not those in texts",
    [at(0, "a", "add", '```json\n{"a":[1, ],"b":",}",\n}\n```')],
    [{ id: "a", name: "add", input: { a: [1], b: ",}" }, repairs: ["fence", "trailing-comma"] }],
  ],
  [
    "a whole call that is said again at the end",
    [at(0, "a", "add", '{"a":1}'), at(0, "a", "add", '{"a":1}')],
    [{ id: "a", name: "add", input: { a: 1 } }],
  ],
  [
    "another tool at the place of a whole call without an id",
    [at(0, undefined, "add", '{"a":1}'), at(0, "b", "now", "{}")],
    [
      { id: expect.stringMatching(/^call_/), name: "add", input: { a: 1 } },
      { id: "b", name: "now", input: {} },
    ],
  ],
];

test.each(cases)("calls are put together: %s", async (_name, pieces, wanted) => {
  const message = await messageOf(stream(...pieces.map(piece), finish("tool_calls")));
  expect(message?.toolCalls ?? []).toEqual(wanted);
});

test.each([
  ["NaN", '{"a":NaN}'],
  ["a number beyond all numbers", '{"a":[{"b":-1e999}]}'],
  ["a list", "[1]"],
  ["a number", "7"],
  ["a text", '"{}"'],
  ["an object that is not closed", '{"a":1'],
  ["a text that is not closed", '{"a":"b'],
  ["an object and the half of another", '{"a":1}{"a":'],
  ["a lone backslash at the end", '{"a":"\\'],
  ["an open fence", '```json\n{"a":1'],
  ["a fence alone", "```"],
  ["arguments nested a hundred thousand deep", `${'{"a":'.repeat(1e5)}1${"}".repeat(1e5)}`],
])("arguments that are no whole object are never run: %s", async (_name, text) => {
  const message = await messageOf(stream(piece(at(0, "a", "add", text)), finish("tool_calls")));
  expect(message?.toolCalls).toEqual([{ id: "a", name: "add", input: {}, invalid: invalid(text) }]);
  expect(message?.finishReason).toBe("tool-calls");
});

test.each([[1], "x", 7, true].map((value) => [value]))(
  "arguments that are another kind of JSON are never run: %j",
  async (value) => {
    const call = { id: "a", function: { name: "add", arguments: value } };
    const message = await messageOf(whole({ tool_calls: [call] }));
    expect(message?.toolCalls?.[0]?.invalid).toBeDefined();
  },
);

test.each([
  ["length", "length"],
  ["max_tokens", "length"],
  ["model_length", "length"],
  ["content_filter", "content-filter"],
])("an answer that was cut has no call that may be run: %s", async (reason, wanted) => {
  const call = { index: 0, id: "a", function: { name: "add", arguments: '{"a":1}' } };
  for (const body of [stream(piece(call), finish(reason)), whole({ tool_calls: [call] }, reason)]) {
    const message = await messageOf(body);
    expect(message?.finishReason).toBe(wanted);
    expect(message?.toolCalls?.map((each) => each.invalid?.text)).toEqual(['{"a":1}']);
  }
});

test("an id that an earlier answer used is not used again", async () => {
  const body = stream(piece(at(0, "add:0", "add", '{"a":1}')), finish());
  await using server = await serve((response) => send(response, body));
  const model = chatCompletions({ baseURL: server.baseURL, model: "m" });
  const first = (await ask(model)).message;
  const second = (await ask(model, { messages: first ? [first] : [] })).message;
  const ids = [first, second].map((message) => message?.toolCalls?.[0]?.id);
  expect(ids).toEqual(["add:0", expect.stringMatching(/^call_\w{24}$/)]);
});

test("an object nested a hundred thousand deep in place of a text is no crash", async () => {
  const deep = `${'{"a":'.repeat(1e5)}1${"}".repeat(1e5)}`;
  const call = `{"index":0,"id":"a","function":{"name":"add","arguments":${deep}}}`;
  const message = await messageOf(
    `data: {"choices":[{"delta":{"tool_calls":[${call}]}}]}\n\n${stream(finish())}`,
  );
  expect(message?.toolCalls?.[0]?.invalid).toBeDefined();
});

test.each([
  ["whole", (size: number) => `{"a":"${"x".repeat(size)}"}`],
  ["cut inside of a text full of quotes", (size: number) => `{"a":"${'\\"'.repeat(size / 2)}`],
  ["with blanks in a fence", (size: number) => `\`\`\`json{"a":${" ".repeat(size)}`],
  ["of commas", (size: number) => `{"a":[${"1,".repeat(size / 2)}]}`],
  ["of braces", (size: number) => "}{".repeat(size / 2)],
])("a megabyte of arguments takes no longer than its length: %s", async (_name, write) => {
  const text = write(1_000_000);
  const pieces = [];
  // Every piece repeats the name and gives no place, so that each could be the first of a new call.
  for (let start = 0; start < text.length; start += 50)
    pieces.push(piece(at(undefined, undefined, "add", text.slice(start, start + 50))));
  const body = stream(...pieces, finish("tool_calls"));
  const start = performance.now();
  const message = await messageOf(body);
  expect(performance.now() - start).toBeLessThan(1_500);
  expect(message?.toolCalls).toHaveLength(1);
});

function at(
  index: number | undefined,
  ...[id, name, text]: readonly (string | undefined)[]
): object {
  return { index, id, type: "function", function: { name, arguments: text } };
}

function invalid(text: string): object {
  return { reason: expect.stringContaining("arguments"), text };
}

async function messageOf(body: string | object): Promise<AssistantMessage | undefined> {
  await using server = await serve((response) => send(response, body));
  const model = chatCompletions({ baseURL: server.baseURL, model: "m", maxRetries: 0 });
  const offered = tools.concat({ ...tools[0], name: "add_all" } as (typeof tools)[0]);
  return (await ask(model, { tools: offered })).message;
}
