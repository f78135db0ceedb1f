import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

import { ask, delta, finish, piece, send, serve, stream, tools } from "./server.ts";

const text = '{"a":2,"b":3}';
const spaced = '{ "a": 2, "b": 3 }';
const input = { a: 2, b: 3 };
const once = [{ name: "add", input }];

/** Streams that say one call in more than one way: it is one call. */
const cases: readonly (readonly [string, readonly object[], readonly unknown[]])[] = [
  [
    "by the message at the end, in another spelling",
    [at(0, "i", spaced), message(at(0, "i"))],
    once,
  ],
  ["by the message at the end, as an object", [at(0, "i"), message(at(0, "i", input))], once],
  ["by a message without an index", [at(0), message(at(undefined))], once],
  [
    "two of them, by a message without ids",
    [at(0, "i"), at(1, "j"), message(at(undefined), at(undefined))],
    [...once, ...once],
  ],
  [
    "two of them, by a message with other ids",
    [at(0, "i"), at(1, "j"), message(at(0, "k"), at(1, "l"))],
    [...once, ...once],
  ],
  ["by the last delta, in another spelling", [at(0, "i"), at(0, "i", spaced)], once],
  ["by the last delta, without its name", [at(0, "i"), { ...at(0, "i"), ...args(text) }], once],
  ["beside the delta, without ids", [both(at(undefined))], once],
  ["as an object that grows", [at(0, "i", { a: 2 }), at(0, "i", input)], once],
  ["with an empty object after it", [at(0, "i"), at(0, "i", "{}")], once],
  ["with a name alone after it", [at(undefined), at(undefined, undefined, "")], once],
  [
    "with its name after its arguments",
    [{ index: 0, id: "i", ...args(text) }, at(0, undefined, "")],
    once,
  ],
  [
    "with its name after its arguments, and nothing to tell it by",
    [args(text), at(undefined, undefined, "")],
    once,
  ],
  [
    "with a name that grows after its arguments",
    [named(at(0, "i"), "ad"), at(0, undefined, "")],
    once,
  ],
];

test.each(cases)("a call that is said again is one call: %s", async (_name, pieces, wanted) => {
  const { message: answer } = await answerOf(pieces);
  const calls = answer?.toolCalls?.filter(({ invalid }) => !invalid) ?? [];
  expect(calls.map((call) => ({ name: call.name, input: call.input }))).toEqual(wanted);
});

test.each([
  ["by an index", [named(at(0, undefined, ""), "now"), at(0)]],
  ["by nothing", [named(at(undefined, undefined, ""), "now"), at(undefined)]],
])(
  "a call without arguments does not get those of the next one, told apart %s",
  async (_name, pieces) => {
    const { message: answer } = await answerOf(pieces);
    expect(answer?.toolCalls).toMatchObject([{ name: "now", input: {} }, ...once]);
  },
);

test("calls that share an id are told apart by their indexes, in whatever order their pieces come", async () => {
  const parts: [number, string][] = [
    [0, '{"a":2,'],
    [1, '{"a":4,'],
    [0, '"b":3}'],
    [1, '"b":5}'],
  ];
  const { message: answer } = await answerOf(parts.map(([index, part]) => at(index, "i", part)));
  expect(answer?.toolCalls?.map((call) => call.input)).toEqual([input, { a: 4, b: 5 }]);
});

test("a name in fragments is the longest that they make, and is shown once it is known", async () => {
  const names = ["add", "add_two", "add_two_more"];
  const fragments = ["add", "_two", "_more"].map((name) => named(at(0, undefined, ""), name));
  const { message: answer, events } = await answerOf(
    [...fragments, { index: 0, ...args("{}") }],
    names,
  );
  expect(answer?.toolCalls).toMatchObject([{ name: "add_two_more" }]);
  expect(events.find(({ type }) => type === "tool-input-start")).toMatchObject({
    toolName: "add_two_more",
  });
});

test("an object under the same id that says something else is another call", async () => {
  const { message: answer, events } = await answerOf([at(0, "i", { a: 1 }), at(0, "i", { a: 2 })]);
  expect(answer?.toolCalls?.map((call) => call.input)).toEqual([{ a: 1 }, { a: 2 }]);
  const written = events.filter(({ type }) => type === "tool-input-delta");
  expect(written).toMatchObject([{ text: '{"a":1}' }, { text: '{"a":2}' }]);
});

test("an object in place of its text holds no number that is none", async () => {
  const body = stream(piece(at(0, "i", { a: 7 })), finish()).replace("7", "1e999");
  const { message: answer } = await outcomeOf(body);
  expect(answer?.toolCalls).toMatchObject([{ name: "add", input: {}, invalid: {} }]);
});

test.each(["MAX_TOKENS", "Length", "max_output_tokens", "SAFETY", "sensitive"])(
  "a word for a cut is one in whatever spelling: %s",
  async (word) => {
    const { message: answer } = await outcomeOf(stream(piece(at(0, "i")), finish(word)));
    expect(answer?.toolCalls?.[0]?.invalid).toBeDefined();
    const late = stream(piece(at(0, "i")), finish("tool_calls"), finish(word));
    expect((await outcomeOf(late)).message?.toolCalls?.[0]?.invalid).toBeDefined();
  },
);

test.each(["insufficient_system_resource", "network_error", "aborted", "CANCELLED"])(
  "a word for an interruption is no end: %s",
  async (word) => {
    const { error } = await outcomeOf(stream(piece(at(0, "i")), finish(word)));
    expect(error).toMatchObject({ code: "server", retryable: true });
  },
);

test("what goes on after its end was said has to end again", async () => {
  const more = stream(delta({ content: "Hel" }), finish(), delta({ content: "lo" }));
  const { error } = await outcomeOf(more.replace("data: [DONE]\n\n", ""));
  expect(error).toMatchObject({ code: "incomplete", partial: { content: "Hello" } });
  expect((await outcomeOf(more)).message?.content).toBe("Hello");
});

test.each([false, {}, 0])("an error that is none does not fail an answer: %j", async (error) => {
  const body = stream({ ...delta({ content: "Hello" }), error }, finish());
  expect((await outcomeOf(body)).message?.content).toBe("Hello");
});

test("the choice that is read is found wherever it stands in a chunk", async () => {
  const choices = ["x", "b"].map((content, i) => ({ index: 1 - i, delta: { content } }));
  const body = stream(delta({ content: "a" }), { choices }, finish());
  expect((await outcomeOf(body)).message?.content).toBe("ab");
});

function at(index: number | undefined, id?: string, written: unknown = text): object {
  return { index, id, function: { name: "add", arguments: written } };
}

function args(written: string): object {
  return { function: { arguments: written } };
}

function named(call: object, name: string): object {
  const { function: called } = call as { function: object };
  return { ...call, function: { ...called, name } };
}

function message(...calls: readonly object[]): object {
  return { choices: [{ index: 0, message: { tool_calls: calls }, finish_reason: "stop" }] };
}

function both(call: object): object {
  const said = { tool_calls: [call] };
  return { choices: [{ index: 0, delta: said, message: said, finish_reason: "stop" }] };
}

/** What is no whole chunk is a piece of a call. */
async function answerOf(pieces: readonly object[], names: readonly string[] = ["add", "now"]) {
  const chunks = pieces.map((each) => ("choices" in each ? each : piece(each)));
  return await outcomeOf(stream(...chunks, finish("tool_calls")), names);
}

async function outcomeOf(body: string, names: readonly string[] = ["add", "now"]) {
  await using server = await serve((response) => send(response, body));
  const model = chatCompletions({ baseURL: server.baseURL, model: "m", maxRetries: 0 });
  const offered = names.map((name) => ({ ...(tools[0] as (typeof tools)[0]), name }));
  return await ask(model, { tools: offered });
}
