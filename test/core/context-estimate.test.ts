import { expect, test } from "vitest";

import type { AssistantMessage, Message, ToolSpec, Usage } from "@pawl/core";
// @boundaries-ignore an estimate shows itself only in when things happen; here it is looked at directly
import {
  Meter,
  messageTokens,
  promptTokens,
  textTokens,
} from "../../packages/core/src/context/token-estimate.ts";
// @boundaries-ignore what is sent when a count is off by a little is the same
import { View } from "../../packages/core/src/context/view.ts";

const tools: readonly ToolSpec[] = [];
const prose = "The pawl lets the wheel turn forward and keeps it from slipping back again. ";

function user(content: string): Message {
  return { role: "user", content };
}

function answer(content: string, usage?: Usage): AssistantMessage {
  return { role: "assistant", content, ...(usage && { usage }) };
}

function counts(inputTokens: number, outputTokens: number): Usage {
  return { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
}

function perToken(text: string): number {
  return text.length / textTokens(text);
}

test("English comes to about four characters a token, JSON to fewer, Chinese to one", () => {
  expect(perToken(prose.repeat(20))).toBeGreaterThan(3.8);
  expect(perToken(prose.repeat(20))).toBeLessThan(4.8);
  const rows = Array.from({ length: 50 }, (_, id) => ({ id, price: id * 12.5, tags: ["a", "b"] }));
  expect(perToken(JSON.stringify(rows))).toBeGreaterThan(1.8);
  expect(perToken(JSON.stringify(rows))).toBeLessThan(3);
  expect(perToken("你好，世界。".repeat(9))).toBe(1);
  expect(perToken("Пример текста на русском языке")).toBeLessThan(2.5);
  expect(textTokens("")).toBe(0);
});

test("a text of megabytes is judged by pieces from all over it, in no time", () => {
  const text = `${"word ".repeat(500_000)}${"世".repeat(500_000)}`;
  const startedAt = performance.now();
  const tokens = textTokens(text);
  expect(performance.now() - startedAt).toBeLessThan(20);
  const exact = 500_000 * 1.1 + 500_000;
  expect(tokens).toBeGreaterThan(exact * 0.9);
  expect(tokens).toBeLessThan(exact * 1.1);
});

test("pictures, files, calls, tools and instructions count too", () => {
  const image = { type: "image", image: "https://example.com/a.png" } as const;
  const small = { ...image, detail: "low" } as const;
  const file = { type: "file", data: "aGk=", mediaType: "application/pdf" } as const;
  const size = (content: readonly (typeof image | typeof small | typeof file)[]): number =>
    messageTokens({ role: "user", content });
  expect(size([image])).toBeGreaterThan(900);
  expect(size([small])).toBeLessThan(200);
  expect(size([file])).toBeGreaterThan(3000);
  const call = { id: "call-1", name: "write_file", input: { text: prose.repeat(100) } };
  expect(messageTokens({ ...answer(""), toolCalls: [call] })).toBeGreaterThan(1500);
  const messages = [user("Hi")];
  const bare = promptTokens({ messages, tools });
  const spec = { name: "add", description: prose.repeat(10), parameters: { type: "object" } };
  expect(promptTokens({ messages, tools: [spec] })).toBeGreaterThan(bare + 150);
  expect(promptTokens({ messages, tools, instructions: prose.repeat(10) })).toBeGreaterThan(
    bare + 150,
  );
});

test("what the provider counted holds for all that was sent before, and for the answer", () => {
  const messages = [user(prose.repeat(10))];
  const first = promptTokens({ messages, tools });
  messages.push(answer("Good.", counts(first + 500, 40)));
  expect(promptTokens({ messages, tools })).toBe(first + 540);
  const news = user(prose.repeat(10));
  messages.push(news);
  const grown = promptTokens({ messages, tools }) - first - 540;
  expect(grown).toBeGreaterThan(messageTokens(news) * 0.9);
  expect(grown).toBeLessThan(messageTokens(news) * 2.1);
});

test("thoughts that are not sent back do not count", () => {
  const messages = [user(prose.repeat(10))];
  const first = promptTokens({ messages, tools });
  messages.push(answer("Good.", { ...counts(first, 4000), reasoningTokens: 3960 }));
  expect(promptTokens({ messages, tools })).toBe(first + 40);
});

test("an answer that was taken over from another run says nothing of this prompt", () => {
  const messages = [user(prose), answer("Good.", counts(90_000, 10)), user("And now?")];
  expect(promptTokens({ messages, tools })).toBeLessThan(60);
});

test("counts that were estimated, are missing, or far too low are not believed", () => {
  for (const usage of [{ ...counts(9000, 10), isEstimated: true }, counts(0, 0), counts(3, 1)]) {
    const messages = [user(prose.repeat(10))];
    const first = promptTokens({ messages, tools });
    messages.push(answer("Good.", usage));
    const expected = first + messageTokens(messages[1] as Message);
    expect(promptTokens({ messages, tools })).toBe(expected);
  }
});

test("a list whose end was changed is looked at anew", () => {
  const messages = [user(prose), user(prose.repeat(100))];
  promptTokens({ messages, tools });
  messages.pop();
  messages.push(user("Hi"));
  expect(promptTokens({ messages, tools })).toBe(promptTokens({ messages: [...messages], tools }));
});

test("measuring a growing list looks at what is new only", () => {
  const messages: Message[] = [];
  const meter = new Meter();
  let reads = 0;
  const watched = new Proxy(messages, {
    get: (target, key, receiver): unknown => {
      if (typeof key === "string" && /^\d+$/.test(key)) reads++;
      return Reflect.get(target, key, receiver);
    },
  });
  for (let i = 0; i < 1000; i++) {
    messages.push(user(prose));
    meter.measure({ messages: watched, tools });
  }
  expect(reads).toBeLessThan(3000);
});

test("a view that goes on from a state counts as it did when it was changed", () => {
  const messages = [user(prose.repeat(40)), user("Hi")];
  const view = { start: 2, messages, tools, instructions: undefined };
  const changed = { at: 2, scale: { ratio: 1.5, offset: 300 } };
  const state = { cuts: [], attempts: 1, notBefore: 0, changed };
  const plain = new View().measure(view);
  expect(Math.abs(new View(state).measure(view) - (plain * 1.5 + 300))).toBeLessThan(2);
});

test("measured from a state, a prompt is as long as it was for the run that went on", () => {
  const said: Message[] = [user(prose.repeat(10))];
  const live = new Meter();
  live.measure({ messages: said, tools });
  said.push(answer("Good.", counts(900, 20)), user("Go on."));
  const expected = live.measure({ messages: said, tools });
  const resumed = new Meter();
  const messages = structuredClone(said);
  resumed.measure({ messages, tools }, 1);
  expect(resumed.measure({ messages, tools })).toBe(expected);
  expect(new Meter().measure({ messages, tools })).not.toBe(expected);
});
