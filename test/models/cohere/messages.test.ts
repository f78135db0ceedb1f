import type { Message } from "@pawl/core";
import { expect, test } from "vitest";

import { bodyOf, newer, refusalOf } from "./cohere-server.ts";

const user: Message = { role: "user", content: "Add." };
const call = { id: "c1", name: "add", input: { a: 1 } };
const wireCall = { id: "c1", type: "function", function: { name: "add", arguments: '{"a":1}' } };
const thinker = "command-a-reasoning-08-2025";

async function sentOf(message: Message, model = newer): Promise<object | undefined> {
  const { messages } = await bodyOf({ messages: [user, message] }, { model });
  return messages[1];
}

const answer = { role: "assistant", content: "", toolCalls: [call] } as const;

test("a plan goes back with its calls", async () => {
  expect(await sentOf({ ...answer, reasoning: "I add." })).toEqual({
    role: "assistant",
    tool_plan: "I add.",
    tool_calls: [wireCall],
  });
});

test("a text beside calls goes back as their plan, or beside it", async () => {
  expect(await sentOf({ ...answer, content: "I add." })).toEqual({
    role: "assistant",
    tool_plan: "I add.",
    tool_calls: [wireCall],
  });
  expect(await sentOf({ ...answer, content: "Wait.", reasoning: "I add." })).toEqual({
    role: "assistant",
    tool_plan: "I add.",
    content: "Wait.",
    tool_calls: [wireCall],
  });
});

test("calls without a word go back alone", async () => {
  for (const content of ["", " \n"])
    for (const model of [newer, thinker])
      expect(await sentOf({ ...answer, content, reasoning: content }, model)).toEqual({
        role: "assistant",
        tool_calls: [wireCall],
      });
});

test("a model that thinks gets its thinking back with the calls that came of it, and only with those", async () => {
  expect(await sentOf({ ...answer, reasoning: "Hm." }, thinker)).toEqual({
    role: "assistant",
    content: [{ type: "thinking", thinking: "Hm." }],
    tool_calls: [wireCall],
  });
  expect(await sentOf({ ...answer, content: "I add.", reasoning: "Hm." }, thinker)).toEqual({
    role: "assistant",
    content: [
      { type: "thinking", thinking: "Hm." },
      { type: "text", text: "I add." },
    ],
    tool_calls: [wireCall],
  });
  expect(await sentOf({ role: "assistant", content: "Two.", reasoning: "Hm." }, thinker)).toEqual({
    role: "assistant",
    content: "Two.",
  });
});

test("a model that may not think gets its plans back as plans", async () => {
  const message = { ...answer, reasoning: "Hm." };
  const { messages } = await bodyOf(
    { messages: [user, message] },
    { model: thinker, thinking: false },
  );
  expect(messages[1]).toHaveProperty("tool_plan", "Hm.");
});

test.each([
  ["an object", '{"sum":3}', [{ sum: 3 }]],
  ["a list of objects", '[{"title":"A"},{"title":"B"}]', [{ title: "A" }, { title: "B" }]],
  ["a text", "It is 3.", [{ text: "It is 3." }]],
  ["a number", "3", [{ text: "3" }]],
  ["a list of other things", "[1,{}]", [{ text: "[1,{}]" }]],
  ["an empty object", "{}", [{ text: "{}" }]],
  ["an empty list", "[]", [{ text: "[]" }]],
  ["what only begins like JSON", "{ it", [{ text: "{ it" }]],
  [
    "a number that would change",
    '{"id":12345678901234567890}',
    [{ text: '{"id":12345678901234567890}' }],
  ],
])("a result goes back as documents: %s", async (_name, content, wanted) => {
  expect(await sentOf({ role: "tool", callId: "c1", toolName: "add", content })).toEqual({
    role: "tool",
    tool_call_id: "c1",
    content: wanted.map((data) => ({ type: "document", document: { data } })),
  });
});

test("an error of a tool says that it is one", async () => {
  const failed = {
    role: "tool",
    callId: "c1",
    toolName: "add",
    content: "Too big.",
    isError: true,
  } as const;
  expect(await sentOf(failed)).toMatchObject({
    content: [{ type: "document", document: { data: { error: "Too big." } } }],
  });
});

test("instructions and standing orders are system messages, in their places", async () => {
  const { messages } = await bodyOf({
    instructions: "Be brief.",
    messages: [user, { role: "system", content: "Now." }],
  });
  expect(messages).toEqual([
    { role: "system", content: "Be brief." },
    { role: "user", content: "Add." },
    { role: "system", content: "Now." },
  ]);
});

test("what is empty is not sent", async () => {
  const { messages } = await bodyOf({
    instructions: " ",
    messages: [
      { role: "user", content: "" },
      { role: "user", content: [{ type: "text", text: " " }] },
      { role: "system", content: "\n" },
      { role: "assistant", content: "", toolCalls: [] },
      {
        role: "user",
        content: [
          { type: "text", text: "" },
          { type: "text", text: "Add." },
        ],
      },
    ],
  });
  expect(messages).toEqual([{ role: "user", content: "Add." }]);
});

test("a request in which nothing is said is not sent", async () => {
  for (const messages of [[], [{ role: "user", content: "" }]] as const)
    expect(await refusalOf({ messages, instructions: "Be brief." })).toMatchObject({
      name: "ModelError",
      code: "invalid-request",
      retryable: false,
      message: expect.stringMatching(/^All messages are empty/),
    });
});

const pictures: Message = {
  role: "user",
  content: [
    { type: "text", text: "What is it?" },
    { type: "image", image: "https://a.example/b.png", detail: "low" },
    { type: "image", image: "QUJD", mediaType: "image/webp" },
  ],
};

test.each(["command-a-vision-07-2025", "command-a-plus-05-2026", "of-my-own"])(
  "pictures are sent to a model that may look at them: %s",
  async (model) => {
    const { messages } = await bodyOf({ messages: [pictures] }, { model });
    expect(messages[0]?.["content"]).toEqual([
      { type: "text", text: "What is it?" },
      { type: "image_url", image_url: { url: "https://a.example/b.png", detail: "low" } },
      { type: "image_url", image_url: { url: "data:image/webp;base64,QUJD" } },
    ]);
  },
);

test("a picture for a model that sees none, or a file, is refused before anything is sent", async () => {
  expect(await refusalOf({ messages: [pictures] }, { model: newer })).toMatchObject({
    code: "invalid-request",
    message: expect.stringContaining(`"${newer}" does not look at pictures`),
  });
  const file = { type: "file", data: "QUJD", mediaType: "application/pdf" } as const;
  expect(await refusalOf({ messages: [{ role: "user", content: [file] }] })).toMatchObject({
    code: "invalid-request",
    message: expect.stringMatching(/^Cohere takes no files/),
  });
});
