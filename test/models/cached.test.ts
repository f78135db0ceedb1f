import { setTimeout as sleep } from "node:timers/promises";

import { Agent, type AssistantMessage, type Message, type ModelRequest, tool } from "@pawl/core";
import { scripted, type ScriptedTurn } from "@pawl/core/testing";
import { type AnswerStore, cached } from "@pawl/models";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";

import { ask, request } from "./server.ts";

const usage = { inputTokens: 5, outputTokens: 6, totalTokens: 11 };
const nothing = { inputTokens: 0, outputTokens: 0, totalTokens: 0 };
const calling: ScriptedTurn = {
  text: "I add.",
  reasoning: "Hm.",
  toolCalls: [{ name: "add", input: { a: 1 } }],
  usage,
};

test("an answer that was given is given again, with the same kinds of events and no bill", async () => {
  const model = scripted([calling]);
  const twice = cached(model, new Map());
  const first = await ask(twice);
  const second = await ask(twice, { run: { id: "other" }, requestId: "other.1" });
  expect(model.requests).toHaveLength(1);
  expect(second.message).toEqual({ ...first.message, usage: nothing });
  const types = [...new Set(first.events.map(({ type }) => type))];
  expect(second.events.map(({ type }) => type)).toEqual(types);
  expect((await ask(twice, { isWatched: false })).events).toEqual([
    { type: "text-delta", text: "I add." },
  ]);
});

test("a bill of nothing is stated where there would have been one", async () => {
  const model = cached(scripted([{ text: "5", usage: { ...usage, usd: 0.1 } }]), new Map());
  await ask(model);
  expect((await ask(model)).message?.usage).toEqual({ ...nothing, usd: 0 });
});

const talk: readonly Message[] = [
  { role: "user", content: "Add." },
  { role: "assistant", content: "", toolCalls: [{ id: "x", name: "add", input: { a: 1, b: 2 } }] },
  { role: "tool", callId: "x", toolName: "add", content: "3" },
];

test.each<readonly [string, Partial<ModelRequest>]>([
  ["instructions", { instructions: "Be brief." }],
  ["messages", { messages: [...talk, { role: "user", content: "And?" }] }],
  ["a result", { messages: [...talk.slice(0, 2), { ...talk[2], content: "4" } as Message] }],
  ["an error", { messages: [...talk.slice(0, 2), { ...talk[2], isError: true } as Message] }],
  ["tools", { tools: [] }],
  ["the choice of tools", { toolChoice: "required" }],
  ["the form of the answer", { responseFormat: {} }],
])("another question is asked: other %s", async (_name, fields) => {
  const model = scripted(["One.", "Two."]);
  const twice = cached(model, new Map());
  await ask(twice, { messages: talk });
  expect((await ask(twice, { messages: talk, ...fields })).message?.content).toBe("Two.");
});

test("the same question of another model is another question", async () => {
  const store = new Map();
  await ask(cached(scripted(["One."]), store));
  const other = { ...scripted(["Two."]), id: "other" };
  expect((await ask(cached(other, store))).message?.content).toBe("Two.");
});

test("the ids of calls, the order of fields and what was consumed are not part of a question", async () => {
  const model = scripted(["One."]);
  const twice = cached(model, new Map());
  await ask(twice, { messages: talk });
  const same: readonly Message[] = [
    { content: "Add.", role: "user" },
    {
      role: "assistant",
      content: "",
      usage,
      finishReason: "tool-calls",
      toolCalls: [{ id: "y", name: "add", input: { b: 2, a: 1 } }],
    },
    { role: "tool", callId: "y", toolName: "add", content: "3", isError: false, usage },
  ];
  expect((await ask(twice, { messages: same })).message?.content).toBe("One.");
  expect(model.requests).toHaveLength(1);
});

test("a call that is made again has an id of its own in the conversation", async () => {
  const twice = cached(scripted([calling]), new Map());
  const first = (await ask(twice, { messages: talk })).message;
  const messages = talk.map((each) => each);
  const id = first?.toolCalls?.[0]?.id ?? "";
  messages[1] = {
    ...messages[1],
    toolCalls: [{ id, name: "add", input: { a: 1, b: 2 } }],
  } as Message;
  messages[2] = { ...messages[2], callId: id } as Message;
  const again = await ask(twice, { messages });
  expect(again.message?.toolCalls?.[0]?.id).toMatch(/^call_\w{24}$/);
  expect(again.events.flatMap((event) => ("callId" in event ? event.callId : []))).toEqual(
    Array.from({ length: 3 }, () => again.message?.toolCalls?.[0]?.id),
  );
});

test.each<readonly [string, ScriptedTurn]>([
  ["cut", { text: "He", finishReason: "length" }],
  ["filtered", { text: "He", finishReason: "content-filter" }],
  ["empty", { text: "" }],
  ["broken", { toolCalls: [{ name: "add", invalid: { reason: "broken", text: "{" } }] }],
])("an answer that is not good is not kept: %s", async (_name, turn) => {
  const twice = cached(scripted([turn, "Hello."]), new Map());
  await ask(twice);
  expect((await ask(twice)).message?.content).toBe("Hello.");
});

test("a failure and a refusal are not kept", async () => {
  const store = new Map<string, AssistantMessage>();
  await ask(cached(scripted([{ error: new Error("Down.") }]), store));
  const refusing = scripted([]);
  const refused = cached(
    {
      ...refusing,
      // oxlint-disable-next-line require-yield -- it has nothing to say on the way
      async *respond() {
        return { role: "assistant", content: "No.", refusal: "No." };
      },
    },
    store,
  );
  await ask(refused);
  expect(store.size).toBe(0);
});

test("a store may take its time, and two equal questions at once are both asked", async () => {
  const kept = new Map<string, AssistantMessage>();
  const store: AnswerStore = {
    get: (key) => sleep(5, kept.get(key)),
    set: (key, answer) => sleep(5).then(() => kept.set(key, answer)),
  };
  const model = scripted([
    { text: "One.", delayMs: 5 },
    { text: "Two.", delayMs: 20 },
  ]);
  const twice = cached(model, store);
  const both = await Promise.all([ask(twice), ask(twice)]);
  expect(both.map(({ message }) => message?.content)).toEqual(["One.", "Two."]);
  expect((await ask(twice)).message?.content).toBe("Two.");
  expect([...kept.keys()]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
});

test("a store that fails, or holds something else, costs no answer", async () => {
  const warnings: string[] = [];
  const note = (warning: Error): unknown => warnings.push(warning.message);
  process.on("warning", note);
  onTestFinished(() => void process.off("warning", note));
  const failing = await ask(cached(scripted(["Hello."]), { get: fail, set: fail }));
  expect(failing.message?.content).toBe("Hello.");
  await sleep(0);
  expect(warnings).toEqual(Array(2).fill("cached: the store failed: Error: The store is down."));
  const foreign = { get: () => ({}) as never, set: () => {} };
  expect((await ask(cached(scripted(["Hello."]), foreign))).message?.content).toBe("Hello.");
});

const sound = { role: "assistant", content: "Kept." };

test.each([
  ["calls that are a text", { ...sound, toolCalls: "nope" }],
  ["a call without a name", { ...sound, toolCalls: [{ id: "a", input: {} }] }],
  ["a call without an id", { ...sound, toolCalls: [{ name: "add", input: {} }] }],
  ["a call with a text for input", { ...sound, toolCalls: [{ id: "a", name: "add", input: "1" }] }],
  ["thoughts that are none", { ...sound, reasoning: 7 }],
  ["citations that are none", { ...sound, citations: [null] }],
  ["no text", { ...sound, content: null }],
  ["a list", [sound]],
])("what is no answer is not given for one: %s", async (_name, kept) => {
  const store = { get: () => kept as never, set: () => {} };
  const { message } = await ask(cached(scripted(["Asked."]), store));
  expect(message?.content).toBe("Asked.");
});

test("an answer that others put into the store is given", async () => {
  const kept = { ...sound, toolCalls: [{ id: "a", name: "add", input: { a: 1 } }] } as never;
  const { message } = await ask(cached(scripted([]), { get: () => kept, set: () => {} }));
  expect(message).toMatchObject({ content: "Kept.", toolCalls: [{ name: "add" }] });
});

test("an abort ends the wait for a store", async () => {
  const never = new Promise<undefined>(() => {});
  const controller = new AbortController();
  const model = cached(scripted(["Hello."]), { get: () => never, set: () => {} });
  const asked = model.respond(request({ signal: controller.signal })).next();
  setTimeout(() => controller.abort("enough"), 5);
  await expect(asked).rejects.toBe("enough");
});

test("an agent that is run again asks nothing, and its tools work all the same", async () => {
  const model = scripted([calling, { text: "It is 2.", usage }]);
  let added = 0;
  const add = tool({
    description: "Add one",
    inputSchema: z.object({ a: z.number() }),
    execute: ({ a }) => a + (added += 1),
  });
  const agent = new Agent({ model: cached(model, new Map()), tools: { add } });
  const first = await agent.run("1+1?");
  added = 0;
  const second = await agent.run("1+1?");
  expect([second.text, second.status, added]).toEqual(["It is 2.", "completed", 1]);
  expect(model.requests).toHaveLength(2);
  expect([first.usage.totalTokens, second.usage.totalTokens]).toEqual([22, 0]);
});

test("what is no model or no store is refused at once", () => {
  expect(() => cached("m" as never, new Map())).toThrow(/^cached takes a model, such as/);
  expect(() => cached(scripted([]), {} as never)).toThrow('must have "get" and "set"');
});

function fail(): never {
  throw new Error("The store is down.");
}
