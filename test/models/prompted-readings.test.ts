import { promptedTools } from "@pawl/models";
import { expect, test } from "vitest";

import { saying } from "./saying.ts";
import { ask } from "./server.ts";

const fence = "```";
const add = (a: number): object => ({ name: "add", input: { a } });

/** What a model wrote, and the calls that it meant. */
const calls: readonly (readonly [string, readonly object[]])[] = [
  ['{"tool":"add","arguments":{"a":1}}', [add(1)]],
  [' \n{ "name" : "add", "parameters" : {"a": 1} }\n ', [add(1)]],
  ['{"tool_name":"add","input":{"a":1}}', [add(1)]],
  ['{"arguments":{"a":1},"tool":"add"}', [add(1)]],
  ['{"tool":"now","arguments":{}}', [{ name: "now", input: {} }]],
  ['{"tool":"now","arguments":null}', [{ name: "now", input: {} }]],
  ['{"tool":"add","arguments":"{\\"a\\":1}"}', [add(1)]],
  ['[{"tool":"add","arguments":{"a":1}}]', [add(1)]],
  [
    '[{"tool_name":"add","parameters":{"a":1}},\n{"tool":"add","arguments":{"a":2}}]',
    [add(1), add(2)],
  ],
  ['{"tool":"add","arguments":{"a":1}}\n{"tool":"add","arguments":{"a":2}}', [add(1), add(2)]],
  ['{"tool":"add","arguments":{"a":1}}{"tool":"add","arguments":{"a":2}}', [add(1), add(2)]],
  [`${fence}json\n{"tool":"add","arguments":{"a":1}}\n${fence}`, [add(1)]],
  [`${fence}\n{"tool":"add","arguments":{"a":1}}\n${fence}\n`, [add(1)]],
  [`Action: ${fence}json\n[\n {"tool_name": "add", "parameters": {"a": 1}}\n]\n${fence}`, [add(1)]],
  [`Action:${fence}json\n[{"tool_name":"add","parameters":{"a":1}}]`, [add(1)]],
  ['Action: [{"tool_name":"add","parameters":{"a":1}}]', [add(1)]],
  [
    `Plan: I will add.\nAction: ${fence}json\n[{"tool_name":"add","parameters":{"a":1}}]${fence}`,
    [add(1)],
  ],
  ['Reflection: One is missing.\nAction: {"tool":"add","arguments":{"a":1}}', [add(1)]],
  ['{"tool":"sub","arguments":{"a":1}}', [{ name: "sub", input: { a: 1 } }]],
  ['{"tool":"functions.add","arguments":{"a":1}}', [{ ...add(1), repairs: ["name"] }]],
  ['{"tool":"add","arguments":{"a":1,},}', [{ ...add(1), repairs: ["trailing-comma"] }]],
  ['{"tool":"add","arguments":{"a":1}}{"final":"It is 5."}', [add(1)]],
  [
    '[{"tool_name":"add","parameters":{"a":1}},{"tool_name":"directly_answer","parameters":{}}]',
    [add(1)],
  ],
  ['{"tool":"add","arguments":[1]}', [invalid("the arguments are not a JSON object", "[1]")]],
  [
    '{"tool":"add","arguments":"1 and 2"}',
    [invalid("the arguments are not complete, valid JSON", "1 and 2")],
  ],
  ...[
    '{"tool":"add","arguments":{"a":1}',
    '{"tool":"add"',
    '[{"tool_name":"add","par',
    '{"tool":"add",',
    '{"tool":"add","arguments":{a:1}}',
    '{"tool":"add","arguments":{"a":1}}{"tool":"ad',
  ].map((text) => [text, [invalid("the call is not complete, valid JSON", text)]] as const),
];

/** What a model wrote, and what is shown of it. */
const answers: readonly (readonly [string, string?])[] = [
  ["It is 5."],
  ["Please wait. Done."],
  ["Planning is everything: Action: none."],
  ["Plan: eat.\nThen sleep."],
  ["Actions speak louder than words."],
  ["directly answering you: 5."],
  ["directly_answering is a word."],
  ["directly_answer is what Command R writes."],
  ['{"name":"Ada","age":36}'],
  ['{"name":"Ada"}'],
  ['{"tool":"hammer"}'],
  ['{"name":"Ada","input":5}'],
  ['{"name":"Ada","input":"some text"}'],
  ['{"tool":"add","name":"add","arguments":{}}'],
  ['{"tool":"add","arguments":{"a":1},"why":"because"}'],
  ['{"tool":"add","arguments":{"a":1}}\nThis adds.'],
  ['I will call {"tool":"add","arguments":{"a":1}}'],
  [`To add, write:\n${fence}json\n{"tool":"add","arguments":{"a":1}}\n${fence}`],
  [`${fence}json\n{"tool":"add","arguments":{"a":1}}\n${fence}\nadds.`],
  [`${fence}js\nadd(1);\n${fence}`],
  ['[{"tool":"add","arguments":{"a":1}}, 2]'],
  ['[{"tool":"add","arguments":{}}],"calls":[{"tool":"add","arguments":{}}]'],
  ["[1, 2, 3]"],
  ["[]"],
  ["{}"],
  ["{"],
  ['{"name":"Ada","inp'],
  ['{"name":"add","age":36'],
  ["5"],
  ["null"],
  ['"add"'],
  ["  \n"],
  [`${" ".repeat(1_000)}{"tool":"add","arguments":{"a":1}}`],
  ['{"final":"It is 5."}', "It is 5."],
  [`${fence}json\n{"final": "It is 5."}\n${fence}`, "It is 5."],
  ['{"final":{"sum":5}}', '{"sum":5}'],
  ['{"final":"It is 5."} I hope.'],
  ["directly_answer\nIt is 5.", "It is 5."],
  ["directly-answer: It is 5.", "It is 5."],
  ["Action: directly_answer()\nIt is 5.", "It is 5."],
  ['directly_answer({"answer":"It is 5."})', "It is 5."],
  ['{"tool_name":"directly_answer","parameters":{"answer":"It is 5."}}', "It is 5."],
  ['[{"tool_name":"directly-answer","parameters":{"reply":"It is 5."}}]', "It is 5."],
  [
    `Action: ${fence}json\n[{"tool_name":"directly_answer","parameters":{}}]\n${fence}\nIt is 5.`,
    "It is 5.",
  ],
];

test.each(calls)("a text that is calls and nothing else calls: %s", async (text, wanted) => {
  for (const pieces of splits(text)) {
    const { events, message } = await ask(promptedTools(saying(pieces)));
    expect(message?.toolCalls?.map(({ id: _id, ...call }) => call)).toEqual(wanted);
    expect([message?.content, message?.finishReason]).toEqual(["", "tool-calls"]);
    expect(events.filter(({ type }) => type === "text-delta")).toEqual([]);
  }
});

const shownAs = answers.map(([text, shown = text]) => [text, shown] as const);

test.each(shownAs)("any other text is the answer: %s", async (text, shown) => {
  for (const pieces of splits(text)) {
    const model = saying(pieces);
    const { events, message } = await ask(promptedTools(model));
    expect(message).toEqual({ role: "assistant", content: shown, finishReason: "stop" });
    expect(events.map((event) => ("text" in event ? event.text : event.type)).join("")).toBe(shown);
    expect(model.requests).toHaveLength(1);
  }
});

test.each([...calls.map(([text]) => text), '{"tool":"add","arguments":{"a":1'])(
  "a call in an answer that was cut at its limit is never run: %s",
  async (text) => {
    const model = promptedTools(saying([text], { finishReason: "length" }));
    const { message } = await ask(model);
    expect(message?.finishReason).toBe("length");
    expect(message?.toolCalls?.length).toBeGreaterThan(0);
    for (const { input, invalid: why } of message?.toolCalls ?? [])
      expect([input, why?.reason]).toEqual([{}, "the answer was cut at its output limit"]);
  },
);

test.each([{ finishReason: "content-filter" }, { refusal: "I will not." }] as const)(
  "a call in an answer that was filtered or refused is never run: %j",
  async (end) => {
    const model = promptedTools(saying(['{"tool":"add","arguments":{"a":1}}'], end));
    const { message } = await ask(model);
    expect(message?.toolCalls).toMatchObject([{ name: "add", input: {}, invalid: {} }]);
  },
);

test("an answer that was cut at its limit is shown as far as it came", async () => {
  const model = promptedTools(saying(['{"name":"Ada","a'], { finishReason: "length" }));
  const { message } = await ask(model);
  expect([message?.content, message?.finishReason]).toEqual(['{"name":"Ada","a', "length"]);
});

test("a tool that is called like the word for no tool is a tool", async () => {
  const tools = [{ name: "directly_answer", description: "", parameters: { type: "object" } }];
  const text = '{"tool_name":"directly_answer","parameters":{"answer":"5"}}';
  const { message } = await ask(promptedTools(saying([text])), { tools });
  expect(message?.toolCalls).toMatchObject([{ name: "directly_answer", input: { answer: "5" } }]);
  const word = await ask(promptedTools(saying(["directly_answer\n5"])), { tools });
  expect(word.message?.content).toBe("directly_answer\n5");
});

test("all calls have ids of their own, and ids of no answer before", async () => {
  const text = '[{"tool":"add","arguments":{"a":1}},{"tool":"add","arguments":{"a":1}}]';
  const model = promptedTools(saying([text]));
  const messages = [(await ask(model)).message, (await ask(model)).message];
  const ids = messages.flatMap((message) => message?.toolCalls?.map(({ id }) => id));
  for (const id of ids) expect(id).toMatch(/^call_\w{24}$/);
  expect(new Set(ids).size).toBe(4);
});

test.each([
  ["a call", (size: number) => `{"tool":"add","arguments":{"a":"${"x".repeat(size)}"}}`],
  [
    "a call that is cut",
    (size: number) => `{"tool":"add","arguments":{"a":"${'\\"'.repeat(size / 2)}`,
  ],
  ["blanks", (size: number) => " ".repeat(size)],
  ["blanks in a fence", (size: number) => `${fence}json${" ".repeat(size)}{`],
  ["brackets", (size: number) => "[".repeat(size)],
  ["a plan", (size: number) => `Plan: ${"\nAction".repeat(size / 7)}`],
])("a megabyte of text takes no longer than its length: %s", async (_name, write) => {
  const pieces = write(1_000_000).match(/[^]{1,50}/g) ?? [];
  const start = performance.now();
  await ask(promptedTools(saying(pieces)));
  expect(performance.now() - start).toBeLessThan(1_500);
});

function invalid(reason: string, text: string): object {
  return { name: "add", input: {}, invalid: { reason, text } };
}

/** The text whole, and in every two pieces. */
function splits(text: string): string[][] {
  const cuts = Array.from({ length: text.length - 1 }, (_, at) => [
    text.slice(0, at + 1),
    text.slice(at + 1),
  ]);
  return [[text], ...cuts];
}
