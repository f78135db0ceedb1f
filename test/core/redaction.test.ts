import { inspect } from "node:util";

import { Agent, ModelError, tool, type AgentEvent } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

import { inShreds } from "./in-shreds.ts";

const key = "sk-live-51Hx";

function look(execute: (input: Record<string, unknown>) => unknown) {
  return tool({ description: "Looks", inputSchema: z.record(z.string(), z.unknown()), execute });
}

test("the model, the events and the result see no secret of what a run is asked", async () => {
  const model = scripted(["Fine."]);
  const agent = new Agent({ model, redact: [key], instructions: `The key is ${key}.` });
  const result = await agent.run([
    { role: "system", content: `Keep ${key} to yourself.` },
    { role: "user", content: `My key: ${key}` },
    {
      role: "assistant",
      content: `It is ${key}`,
      toolCalls: [{ id: "a", name: "look", input: { [key]: key } }],
    },
    { role: "tool", callId: "a", toolName: "look", content: `found ${key}` },
    { role: "user", content: [{ type: "text", text: `Again: ${key}!` }] },
  ]);

  expect(JSON.stringify([model.requests, result])).not.toContain(key);
  expect(result.messages[1]).toEqual({ role: "user", content: "My key: [redacted]" });
  expect(result.messages[2]).toMatchObject({
    toolCalls: [{ input: { "[redacted]": "[redacted]" } }],
  });
  expect(model.requests[0]?.instructions).toBe("The key is [redacted].");
});

test("messages without a secret stay the same objects", async () => {
  const model = scripted(["Fine."]);
  const said = { role: "user", content: "Hello." } as const;
  const { messages } = await new Agent({ model, redact: [key] }).run([said]);

  expect(messages[0]).toBe(said);
});

test("instructions and policies that are functions are heard without the secret", async () => {
  const model = scripted([{ toolCalls: [{ name: "look" }] }, "Fine."]);
  const agent = new Agent({
    model,
    tools: { look: look(() => "…") },
    redact: [key],
    instructions: () => `The key is ${key}.`,
    policy: () => ({ verdict: "deny", reason: `no ${key}` }),
  });
  const result = await agent.run("Go.");

  expect(model.requests[0]?.instructions).toBe("The key is [redacted].");
  expect(JSON.stringify([result, model.requests])).not.toContain(key);
  expect(JSON.stringify(result)).toContain("no [redacted]");
});

test("tools get no secret from the model, and a call shows none anywhere", async () => {
  const seen: unknown[] = [];
  const model = scripted([
    { toolCalls: [{ name: "look", input: { deep: [{ [`a ${key}`]: `b ${key}` }], n: 7 } }] },
    "Fine.",
  ]);
  const execute = (input: unknown): unknown => ({
    got: seen.push(input),
    again: [key],
    at: new Date(0),
  });
  const result = await new Agent({ model, tools: { look: look(execute) }, redact: [key] }).run(
    "Go.",
  );

  expect(seen).toEqual([{ deep: [{ "a [redacted]": "b [redacted]" }], n: 7 }]);
  expect(result.steps[0]?.toolResults).toMatchObject([
    { output: { got: 1, again: ["[redacted]"], at: new Date(0) } },
  ]);
});

test("context is no output and stays as it is", async () => {
  const seen: unknown[] = [];
  const model = scripted([{ toolCalls: [{ name: "look" }] }, "Fine."]);
  const used = tool({
    description: "Looks",
    inputSchema: z.object({}),
    execute: (_, { context }) => void seen.push(context),
  });
  await new Agent({ model, tools: { look: used }, redact: [key] }).run("Go.", { context: { key } });

  expect(seen).toEqual([{ key }]);
});

test("progress that is reported and progress that is yielded are redacted", async () => {
  const model = scripted([{ toolCalls: [{ name: "look" }] }, "Fine."]);
  const used = tool({
    description: "Looks",
    inputSchema: z.object({}),
    execute: async function* (_, { progress }) {
      progress({ reported: key });
      yield { yielded: key };
      return key;
    },
  });
  const values: unknown[] = [];
  const agent = new Agent({ model, tools: { look: used }, redact: [key] });
  agent.on("tool-progress", ({ value }) => values.push(value));
  const { messages } = await agent.run("Go.");

  expect(values).toEqual([{ reported: "[redacted]" }, { yielded: "[redacted]" }]);
  expect(messages[2]?.content).toBe("[redacted]");
});

test("errors of tools are redacted with all that they hide, and keep their class", async () => {
  const model = scripted([{ toolCalls: [{ name: "look" }] }, "Fine."]);
  const failing = look(() => {
    const cause = Object.assign(new RangeError(`at ${key}`), { url: `https://a.b/?k=${key}` });
    throw new AggregateError([new Error(key)], `No ${key}`, { cause });
  });
  const events: AgentEvent[] = [];
  const agent = new Agent({ model, tools: { look: failing }, redact: [key] });
  for await (const event of agent.stream("Go.")) events.push(event);
  const error = events.find((each) => each.type === "tool-error")?.error;

  expect(error?.message).toBe("Error: No [redacted]");
  expect(error?.cause).toBeInstanceOf(AggregateError);
  expect(Object(error?.cause).cause).toBeInstanceOf(RangeError);
  expect(Object(error?.cause).cause.url).toBe("https://a.b/?k=[redacted]");
  expect(inspect(events, { depth: 20, showHidden: true })).not.toContain(key);
});

test("errors of models are redacted with their partial answers, in retries and resets too", async () => {
  const failure = (attempt: number): ModelError =>
    new ModelError(`Refused ${key}`, {
      code: "server",
      retryable: attempt === 1,
      cause: new Error(key),
      attempt,
      partial: { role: "assistant", content: `It is ${key}` },
    });
  const { model } = inShreds([
    { content: `one ${key}`, error: failure(1) },
    { content: `two ${key}`, error: failure(2) },
  ]);
  const events: AgentEvent[] = [];
  const stream = new Agent({ model, redact: [key] }).stream("Go.");
  for await (const event of stream) events.push(event);
  const result = await stream.result;

  if (result.status !== "failed") throw new Error(`It is ${result.status}.`);
  expect(events.map(({ type }) => type)).toContain("reset");
  expect(result.error).toBeInstanceOf(ModelError);
  expect(result.error).toMatchObject({ message: "Refused [redacted]", code: "server", attempt: 2 });
  expect(Object(result.error).partial.content).toBe("It is [redacted]");
  expect(inspect(events, { depth: 20 })).not.toContain(key);
});

test("an answer that breaks off in the middle of a secret shows none of it", async () => {
  const content = `My key is ${key.slice(0, -1)}`;
  const partial = { role: "assistant", content, reasoning: `So ${key.slice(0, 5)}` } as const;
  const error = new ModelError("It broke off.", { code: "incomplete", partial });
  const { model } = inShreds([{ content, error }]);
  const result = await new Agent({ model, redact: [key] }).run("Go.");

  expect(result.text).toBe("My key is ");
  expect(Object(result).error.partial).toMatchObject({
    content: "My key is [redacted]",
    reasoning: "So [redacted]",
  });
});

test("a citation of what is redacted is one of the marker, and those after it still fit", async () => {
  const content = `The key is ${key}, says the page.`;
  const cited = (text: string) => {
    const start = content.indexOf(text);
    return { start, end: start + text.length, text, sources: [{ id: `doc ${key}` }] };
  };
  const citations = ["The key", `is ${key.slice(0, 5)}`, "the page"].map(cited);
  const { model } = inShreds([{ content, citations }]);
  const { text, ...result } = await new Agent({ model, redact: [key] }).run("Go.");

  expect(text).toBe("The key is [redacted], says the page.");
  expect(result.citations.map((each) => each.text)).toEqual([
    "The key",
    "is [redacted]",
    "the page",
  ]);
  for (const each of result.citations) expect(text.slice(each.start, each.end)).toBe(each.text);
  expect(result.citations[0]?.sources).toEqual([{ id: "doc [redacted]" }]);
});

test("patterns need no g, keep no state, and what matches nothing is left alone", async () => {
  const pattern = /sk-\w+|x*/i;
  const { model } = inShreds([{ content: "SK-one and sk-two." }, { content: "sk-three" }]);
  const agent = new Agent({ model, redact: [pattern, /sk-\w+/g] });

  expect((await agent.run("sk-zero")).text).toBe("[redacted] and [redacted].");
  expect((await agent.run("Again.")).text).toBe("[redacted]");
  expect(pattern.lastIndex).toBe(0);
});

test("a number that is a secret goes like a text", async () => {
  const model = scripted([{ toolCalls: [{ name: "look" }] }, "Fine."]);
  const tools = { look: look(() => ({ pin: 482_913, other: 12 })) };
  const { steps } = await new Agent({ model, tools, redact: ["482913"] }).run("Go.");

  expect(steps[0]?.toolResults).toMatchObject([{ output: { pin: "[redacted]", other: 12 } }]);
});

test("what a person decides and what is said to a run at work is redacted too", async () => {
  const asked = { ...look(() => "…"), needsApproval: true };
  const turns = [{ toolCalls: [{ name: "look" }] }, "Fine."];
  const model = scripted(turns);
  const agent = new Agent({ model, tools: { look: asked }, redact: [key] });
  const paused = await agent.run("Go.");
  const decisions = [{ callId: "call-1", approve: false, reason: `not with ${key}` }];
  const stream = agent.resumeStream(paused.state, { decisions });
  stream.steer(`Mind ${key}.`);
  const result = await stream.result;

  expect(JSON.stringify([result, model.requests])).not.toContain(key);
  expect(JSON.stringify(result.messages)).toContain("Mind [redacted].");
  expect(JSON.stringify(result.messages)).toContain("not with [redacted]");
});

test.each([
  [["abc"], /at least 4 characters/],
  [[/x/y], /must not be sticky/],
  [[7 as never], /takes texts and patterns, got 7/],
  [["redacted"], /cannot be a part of "\[redacted\]"/],
  ["secret" as never, /must be a list/],
])("redact refuses what it cannot keep: %s", (redact, message) => {
  expect(() => new Agent({ model: scripted([]), redact })).toThrow(TypeError);
  expect(() => new Agent({ model: scripted([]), redact })).toThrow(message);
});
