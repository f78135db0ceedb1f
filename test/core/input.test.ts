import { Agent, tool, type Message } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

const add = tool({
  description: "Add two numbers",
  inputSchema: z.object({ a: z.number(), b: z.number() }),
  execute: ({ a, b }) => a + b,
});

test("a conversation as input is continued", async () => {
  const history: Message[] = [
    { role: "system", content: "Be short." },
    { role: "user", content: "Hi" },
    {
      role: "assistant",
      content: "Hello.",
      usage: { inputTokens: 9, outputTokens: 9, totalTokens: 18 },
    },
    { role: "user", content: "How are you?" },
  ];
  const model = scripted(["Well."]);

  const result = await new Agent({ model }).run(history);

  expect(model.requests[0]?.messages).toEqual(history);
  expect(result.messages).toEqual([...history, expect.objectContaining({ content: "Well." })]);
  expect(result.steps).toMatchObject([{ step: 1 }]);
  expect(result.usage.totalTokens).toBe(0);
});

test("a conversation that ends with an answer is asked on, and its answer is not the run's", async () => {
  const history: Message[] = [
    { role: "user", content: "Count." },
    { role: "assistant", content: "One." },
  ];
  const agent = new Agent({ model: scripted(["Two."]) });

  expect(await agent.run(history, { signal: AbortSignal.abort() })).toMatchObject({ text: "" });
  expect(await agent.run(history)).toMatchObject({ status: "completed", output: "Two." });
});

test("a run goes on from the messages of the one before", async () => {
  const model = scripted([{ toolCalls: [{ name: "add", input: { a: 1, b: 1 } }] }, "2", "Yes."]);
  const agent = new Agent({ model, tools: { add } });

  const first = await agent.run("1+1?");
  const second = await agent.run([...first.messages, { role: "user", content: "Sure?" }]);

  expect(second).toMatchObject({ status: "completed", output: "Yes." });
  expect(model.requests[2]?.messages).toHaveLength(5);
});

test.for<[string, unknown, RegExp]>([
  ["an empty text", "", /not empty/],
  ["a blank text", " \n", /not empty/],
  ["an empty list", [], /at least one message/],
  ["nothing", undefined, /not empty/],
  ["an unknown role", [{ role: "bot", content: "" }], /message 0 needs a "role"/],
  [
    "a list of parts",
    [{ role: "user", content: [{ type: "text" }] }],
    /"content" that is a string/,
  ],
  ["no part at all", [{ role: "user", content: [] }], /"content" that is a string/],
  [
    "parts of an answer",
    [{ role: "assistant", content: [{ type: "text", text: "" }] }],
    /"content"/,
  ],
  ["no message", ["hi", null], /message 0/],
  ["a result of no call", [{ role: "tool", content: "5" }], /"callId"/],
  ["calls in no list", [{ role: "assistant", content: "", toolCalls: "add" }], /"toolCalls"/],
  [
    "arguments as text",
    [{ role: "assistant", content: "", toolCalls: [{ id: "1", name: "add", input: "{}" }] }],
    /"toolCalls"/,
  ],
])("%s as input is a TypeError, and nothing is sent", async ([, input, message]) => {
  const model = scripted(["Hello."]);
  const agent = new Agent({ model });

  await expect(agent.run(input as string)).rejects.toThrow(TypeError);
  await expect(agent.run(input as string)).rejects.toThrow(message);
  expect(() => agent.stream(input as string)).toThrow(message);
  expect(model.requests).toHaveLength(0);
});

const parts = [
  { type: "text", text: "" },
  { type: "image", image: "aGk=" },
  { type: "image", image: "https://a.b/c.png", mediaType: "image/png", detail: "auto" },
  { type: "file", data: "aGk=", mediaType: "application/pdf" },
  { type: "file", data: "file-1", mediaType: "application/pdf", filename: "a.pdf" },
] as const;

test("a user may say texts, pictures and files, and they reach the model as they are", async () => {
  const model = scripted(["I see.", "Yes."]);
  const agent = new Agent({ model });
  const first = await agent.run([{ role: "user", content: parts }]);
  expect(first).toMatchObject({ status: "completed", messages: [{ content: parts }, {}] });
  const state = JSON.parse(JSON.stringify(first.state)) as typeof first.state;
  expect((await agent.resume(state)).messages[0]).toEqual({ role: "user", content: parts });
  expect(model.requests[0]?.messages).toEqual([{ role: "user", content: parts }]);
});

test.for<[string, unknown]>([
  ["a part of no known kind", { type: "audio", data: "aGk=", mediaType: "audio/wav" }],
  ["a bare text", "Hi"],
  ["a text part without text", { type: "text", content: "Hi" }],
  ["a picture without one", { type: "image", image: "" }],
  ["a picture as bytes", { type: "image", image: new Uint8Array(3) }],
  ["a picture as an address object", { type: "image", image: new URL("https://a.b/c.png") }],
  ["a picture of no named kind", { type: "image", image: "aGk=", mediaType: "" }],
  ["a picture looked at in no known way", { type: "image", image: "aGk=", detail: "original" }],
  ["a file without bytes", { type: "file", data: "", mediaType: "application/pdf" }],
  ["a file of no kind", { type: "file", data: "aGk=" }],
  ["a file of no named kind", { type: "file", data: "aGk=", mediaType: "" }],
  ["a file with a name that is none", { type: "file", data: "a", mediaType: "b", filename: 7 }],
  ["a file with an empty name", { type: "file", data: "a", mediaType: "b", filename: "" }],
])("%s is a TypeError, in a message and in a state", async ([, part]) => {
  const model = scripted(["Hello."]);
  const agent = new Agent({ model });
  const content = [{ type: "text", text: "See:" }, part];
  const words = /message 0 needs a "content" that is a string; a user's may also be a list of text/;
  await expect(agent.run([{ role: "user", content }] as never)).rejects.toThrow(words);
  const { state } = await agent.run("Hi");
  const damaged = { ...state, messages: [{ role: "user", content }, ...state.messages.slice(1)] };
  await expect(agent.resume(damaged as never)).rejects.toThrow(words);
  await expect(agent.resume(damaged as never)).rejects.toThrow(TypeError);
  expect(model.requests).toHaveLength(1);
});
