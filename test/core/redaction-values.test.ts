import { inspect } from "node:util";

import { Agent, handoff, memorySession, tool, type AgentOptions } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

import { textsIn } from "./texts-in.ts";

const key = "sk-live-51Hx";

const looking = tool({
  description: "Looks",
  inputSchema: z.object({}),
  execute: () => `found ${key}`,
});

/** What a watcher sees of a value that a tool reports. */
async function seen<Value>(value: Value): Promise<Value> {
  const used = tool({
    description: "Reports",
    inputSchema: z.object({}),
    execute: (_, { progress }) => progress(value),
  });
  const values: unknown[] = [];
  const model = scripted([{ toolCalls: [{ name: "used" }] }, "Done."]);
  const agent = new Agent({ model, tools: { used }, redact: [key] });
  agent.on("tool-progress", (event) => values.push(event.value));
  await agent.run("Go.");
  expect(textsIn(values).filter((text) => text.includes(key))).toEqual([]);
  return values[0] as Value;
}

test("a value is copied only where something changed", async () => {
  const clean = { deep: [1, { when: new Date(0) }] };
  const value = { clean, dirty: { key } };

  const shown = await seen(value);

  expect(await seen(clean)).toBe(clean);
  expect(shown).toEqual({ clean, dirty: { key: "[redacted]" } });
  expect(shown.clean).toBe(clean);
  expect(value.dirty.key).toBe(key);
});

test("a value that contains itself, or one thing twice, keeps its shape", async () => {
  const twice = { key };
  const value: Record<string, unknown> = { a: twice, b: twice, clean: {} };
  value["self"] = [value];

  const shown = await seen(value);

  expect(shown["a"]).toEqual({ key: "[redacted]" });
  expect(shown["b"]).toBe(shown["a"]);
  expect((shown["self"] as unknown[])[0]).toBe(shown);
});

test("maps, sets and objects of classes keep their kind", async () => {
  class Account {
    readonly key = key;
    readonly name = "Ann";
  }
  const account = new Account();
  const shown = await seen({ map: new Map([[key, [key]]]), set: new Set([key, 1]), account });

  expect(shown.map).toEqual(new Map([["[redacted]", ["[redacted]"]]]));
  expect(shown.set).toEqual(new Set(["[redacted]", 1]));
  expect(shown.account).toBeInstanceOf(Account);
  expect(shown.account).toMatchObject({ key: "[redacted]", name: "Ann" });
});

test("an object that shows more than its parts becomes what it shows", async () => {
  const url = new URL(`https://a.b/?key=${key}`);
  const headers = new Headers({ authorization: `Bearer ${key}` });
  const pattern = new RegExp(key);
  const shown: Record<string, unknown> = await seen({
    url,
    headers,
    pattern,
    clean: new URL("https://a.b/"),
  });

  expect(shown["url"]).toBe("https://a.b/?key=[redacted]");
  expect(shown["headers"]).toContain("Bearer [redacted]");
  expect(shown["pattern"]).toBe("/[redacted]/");
  expect(shown["clean"]).toBeInstanceOf(URL);
});

test("an abort's own error keeps its name", async () => {
  const shown = await seen(new DOMException(`Left ${key}`, "AbortError"));

  expect(shown).toBeInstanceOf(DOMException);
  expect(shown).toMatchObject({ name: "AbortError", message: "Left [redacted]" });
});

test("what is nested too deep to be looked into is not shown", async () => {
  let value: unknown = key;
  for (let i = 0; i < 5000; i++) value = [value];

  let shown: unknown = await seen(value);
  while (Array.isArray(shown)) shown = shown[0];
  expect(shown).toBe("[redacted: nested too deeply]");
});

test("odd objects are no way around", async () => {
  const value = JSON.parse(`{ "__proto__": { "key": ${JSON.stringify(key)} } }`) as object;
  const bare = Object.assign(Object.create(null) as object, { key });
  const broken = Object.defineProperty({ key }, "boom", {
    enumerable: true,
    get: () => {
      throw new Error(key);
    },
  });

  expect(Object.keys(await seen(value))).toEqual(["__proto__"]);
  expect({ ...(await seen(bare)) }).toEqual({ key: "[redacted]" });
  expect(await seen([broken])).toEqual([{ key: "[redacted]", boom: undefined }]);
});

test("what a session knows from before is redacted when it comes, and kept redacted", async () => {
  const session = memorySession([
    { role: "user", content: `My key is ${key}.` },
    { role: "assistant", content: "Thanks." },
    { role: "user", content: "I left before you answered." },
  ]);
  const model = scripted([`It is ${key}.`]);
  const seenInput: string[] = [];
  const guardrails = { input: ({ text }: { text: string }) => void seenInput.push(text) };
  const agent = new Agent({ model, redact: [key], guardrails });
  const { messages } = await agent.run("What is it?", { session });

  expect(JSON.stringify([messages, model.requests[0]?.messages])).not.toContain(key);
  expect((await session.load()).at(-1)?.content).toBe("It is [redacted].");
  expect(seenInput).toEqual(["What is it?"]);
});

test("what is secret to a run is so to the agent it is handed over to, on a resume too", async () => {
  const second = scripted([
    { text: `I see ${key}.`, toolCalls: [{ name: "look" }] },
    `Again ${key}.`,
    `Last ${key}.`,
  ]);
  const expert = new Agent({ name: "expert", model: second, tools: { look: looking } });
  const agent = new Agent({
    model: scripted([{ toolCalls: [{ name: "transfer" }] }]),
    tools: { transfer: handoff(expert) },
    redact: [key],
    maxSteps: 2,
  });
  const stopped = await agent.run("Go.");
  const result = await agent.resume(stopped.state, { maxSteps: 5 });

  expect(stopped.state.speaker).toBe("expert");
  expect(result).toMatchObject({ status: "completed", text: "Again [redacted]." });
  expect(
    inspect([stopped, result, second.requests.map(({ messages }) => messages)], { depth: 20 }),
  ).not.toContain(key);
});

test("a summary is redacted, and is no answer that a guardrail of the output sees", async () => {
  const writer = scripted([`They spoke of ${key}.`]);
  const checked: string[] = [];
  const options: Partial<AgentOptions<readonly [], unknown>> = {
    redact: [key],
    guardrails: { output: ({ text }) => void checked.push(text) },
    compaction: { tokens: 800, summarize: writer },
  };
  const model = scripted(["Done."]);
  const agent = new Agent({ model, ...options });
  const result = await agent.run([
    ...said(1),
    ...said(2),
    ...said(3),
    { role: "user", content: "And now?" },
  ]);

  expect(writer.requests).toHaveLength(1);
  expect(JSON.stringify(result)).not.toContain(key);
  expect(checked).toEqual(["Done."]);
  expect(JSON.stringify(model.requests[0]?.messages)).toContain("They spoke of [redacted].");
});

function said(n: number) {
  return [
    { role: "user", content: `Question ${n}. ${"words ".repeat(200)}` },
    { role: "assistant", content: `Answer ${n}. ${"words ".repeat(200)}` },
  ] as const;
}
