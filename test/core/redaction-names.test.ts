import { Agent, ModelError, tool, type Model } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

import { inShreds } from "./in-shreds.ts";

const key = "sk-live-51Hx";

test("ids of calls look like keys to many a pattern, and are left alone", async () => {
  const pay = tool({
    description: "Pays",
    inputSchema: z.object({ pin: z.string() }),
    needsApproval: true,
    execute: ({ pin }) => `used ${pin}`,
  });
  const id = "call_8f3a12345678";
  const calls = [{ id, name: "pay", input: { pin: "12345678" } }];
  const model = scripted([{ toolCalls: calls }, "Paid."]);
  const agent = new Agent({ model, tools: { pay }, redact: [/\w{8,}/] });
  const ids: string[] = [];
  agent.on("tool-input-delta", ({ callId }) => ids.push(callId));
  const paused = await agent.run("Pay.");
  if (paused.status !== "paused") throw new Error(`It is ${paused.status}.`);
  expect(paused.approvals).toMatchObject([{ callId: id, input: { pin: "[redacted]" } }]);

  const decisions = [{ callId: id, approve: true }];
  const result = await agent.resume(paused.state, { decisions });

  expect(new Set(ids)).toEqual(new Set([id]));
  expect(result).toMatchObject({ status: "completed", text: "Paid." });
  expect(result.messages[2]).toMatchObject({ callId: id, content: "used [redacted]" });
});

test("a secret that is a text goes from ids and names, too", async () => {
  const model = scripted([{ toolCalls: [{ id: `call_${key}`, name: `get_${key}` }] }, "Done."]);
  const { messages } = await new Agent({ model, redact: [key] }).run("Go.");
  const call = { id: "call_[redacted]", name: "get_[redacted]" };

  expect(messages[1]).toMatchObject({ toolCalls: [call] });
  expect(JSON.stringify(messages)).not.toContain(key);
});

test("what was held back of a call is shown before its end", async () => {
  const model = scripted([{ toolCalls: [{ name: "get", input: { a: "b" } }] }, "Done."]);
  const seen: string[] = [];
  const agent = new Agent({ model, redact: ['"}secret'] });
  agent.on("tool-input-delta", ({ text }) => seen.push(text));
  agent.on("tool-input-end", () => seen.push("end"));
  await agent.run("Go.");

  expect(seen).toEqual(['{"a":"b', '"}', "end"]);
});

test("what a subagent's answer was before it broke off is not mixed with its next one", async () => {
  const partial = { role: "assistant", content: "So: sk-li" } as const;
  const error = new ModelError("It broke off.", { code: "incomplete", retryable: true, partial });
  const { model } = inShreds([{ content: "So: sk-li", error }, { content: "ve-51Hx. As s" }]);
  const inner = new Agent({ name: "inner", model });
  const outer = scripted([{ toolCalls: [{ name: "ask", input: { task: "Go." } }] }, "Done."]);
  const tools = { ask: inner.asTool({ description: "Asks" }) };
  const agent = new Agent({ model: outer, tools, redact: [key] });
  const texts: string[] = [];
  agent.on("tool-progress", ({ value }) => {
    const { type, text = "" } = Object(value) as { type: string; text?: string };
    if (type === "reset") texts.length = 0;
    texts.push(text);
  });
  await agent.run("Go.");

  expect(texts.join("")).toBe("ve-51Hx. As s");
});

test("what a step is prepared with reaches no model with a secret in it", async () => {
  const model = scripted(["Fine."]);
  const agent = new Agent({
    model,
    redact: [key],
    prepareStep: ({ messages }) => ({
      instructions: `Use ${key}.`,
      messages: [...messages, { role: "user", content: `Mind ${key}.` }],
    }),
  });
  await agent.run("Go.");

  expect(model.requests[0]?.instructions).toBe("Use [redacted].");
  expect(model.requests[0]?.messages.at(-1)?.content).toBe("Mind [redacted].");
});

test.each([
  ["redacted", { redact: [key] }],
  ["guarded", { guardrails: { output: () => {} } }],
])("whoever leaves a %s answer ends the model's work", async (_, safeguards) => {
  let isEnded = false;
  const model: Model = {
    id: "endless",
    capabilities: { tools: false },
    async *respond() {
      try {
        for (;;) yield { type: "reasoning-delta", text: "hm " };
      } finally {
        isEnded = true;
      }
    },
  };
  for await (const event of new Agent({ model, ...safeguards }).stream("Go."))
    if (event.type === "reasoning-delta") break;
  await new Promise(setImmediate);

  expect(isEnded).toBe(true);
});

test("whoever leaves a tool that yields ends its work", async () => {
  let isEnded = false;
  const endless = tool({
    description: "Yields",
    inputSchema: z.object({}),
    execute: async function* () {
      try {
        for (;;) yield "tick";
      } finally {
        isEnded = true;
      }
    },
  });
  const model = scripted([{ toolCalls: [{ name: "endless" }] }]);
  const agent = new Agent({ model, tools: { endless }, redact: [key] });
  for await (const event of agent.stream("Go.")) if (event.type === "tool-progress") break;
  await new Promise(setImmediate);

  expect(isEnded).toBe(true);
});

test("the state of a paused subagent has no secret in it, though the subagent knows of none", async () => {
  const pay = tool({
    description: "Pays",
    inputSchema: z.object({ with: z.string() }),
    needsApproval: true,
    execute: () => "paid",
  });
  const inner = new Agent({
    name: "inner",
    instructions: () => `The key is ${key}.`,
    model: scripted([
      { text: `I use ${key}.`, toolCalls: [{ name: "pay", input: { with: key } }] },
    ]),
    tools: { pay },
  });
  const model = scripted([{ toolCalls: [{ name: "ask", input: { task: "Pay." } }] }]);
  const tools = { ask: inner.asTool({ description: "Pays" }) };
  const paused = await new Agent({ model, tools, redact: [key] }).run("Pay.");

  expect(paused).toMatchObject({
    status: "paused",
    approvals: [{ input: { with: "[redacted]" } }],
  });
  expect(JSON.stringify(paused)).not.toContain(key);
  expect(JSON.stringify(paused.state.records)).toContain("I use [redacted].");
});

test("what a tool says of a call before it runs is redacted, too", async () => {
  const fail = (): never => {
    throw new Error(`No ${key}`);
  };
  const parts = { description: "Looks", inputSchema: z.object({}), execute: () => "seen" };
  const tools = {
    asked: tool({ ...parts, needsApproval: fail }),
    late: tool({ ...parts, needsApproval: () => Promise.reject(new Error(`No ${key}`)) }),
    named: tool({ ...parts, effect: "write", resources: fail }),
  };
  const toolCalls = ["asked", "late", "named", "named"].map((name) => ({ name }));
  const model = scripted([{ toolCalls }, "Done."]);
  const { steps, messages } = await new Agent({ model, tools, redact: [key] }).run("Go.");

  const errors = steps[0]?.toolResults.map(({ error }) => [
    error?.message,
    Object(error).cause?.message,
  ]);
  expect(errors?.flat().filter((each) => !each?.includes("No [redacted]"))).toEqual([]);
  expect(JSON.stringify(messages)).not.toContain(key);
});

test("what ends a run is redacted, whoever threw it", async () => {
  const fail = (): never => {
    throw new RangeError(`No ${key}`);
  };
  const model = scripted(["Fine.", "Fine."]);
  const failed = await new Agent({ model, redact: [key], prepareStep: fail }).run("Go.");
  const guarded = new Agent({ model, redact: [key], guardrails: { output: fail } });

  expect(failed).toMatchObject({ status: "failed", error: { message: "No [redacted]" } });
  expect(Object(failed).error).toBeInstanceOf(RangeError);
  expect(await guarded.run("Go.")).toMatchObject({ reason: "guardrail", detail: "No [redacted]" });
});
