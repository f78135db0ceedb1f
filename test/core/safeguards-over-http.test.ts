import { inspect } from "node:util";

import { Agent, tool, wrapModel, wrapTool, type AgentEvent, type AgentOptions } from "@pawl/core";
import { chatCompletions } from "@pawl/models";
import { simulator, type Script } from "@pawl/simulator";
import { expect, test } from "vitest";
import { z } from "zod";

const key = 'sk-"live"-51Hx';

const note = tool({
  description: "Writes a note",
  inputSchema: z.object({ text: z.string() }),
  effect: "write",
  execute: ({ text }) => `Noted: ${text} with ${key}`,
});

/** A run over HTTP: what its watcher sees, what the server is sent, and how it ends. */
async function run(
  script: Script,
  more: Partial<AgentOptions<{ note: typeof note }, unknown>> = {},
) {
  await using server = await simulator({ script });
  const model = chatCompletions({
    baseURL: server.url,
    model: "cohere/command-r-plus-08-2024",
    maxRetries: 0,
  });
  const agent = new Agent({ model, tools: { note }, ...more });
  const events: AgentEvent[] = [];
  const stream = agent.stream(`My key is ${key}.`);
  for await (const event of stream) events.push(event);
  const text = events.flatMap((each) => (each.type === "text-delta" ? [each.text] : [])).join("");
  return {
    events,
    text,
    result: await stream.result,
    sent: server.requests.map(({ body }) => body),
  };
}

const call = { toolCalls: [{ name: "note", input: { text: `It is ${key}!` } }] };

test("no secret goes over the wire or comes from it", async () => {
  const { events, result, sent, text } = await run([call, `Done with ${key}, all of it.`], {
    redact: [key],
  });

  const shown = inspect([events, result, sent], { depth: 20, maxStringLength: null });
  expect(text).toBe("Done with [redacted], all of it.");
  expect(result).toMatchObject({ status: "completed", text });
  expect(shown).not.toMatch(/live\\*"-51Hx/);
  expect(sent).toHaveLength(2);
  expect(JSON.stringify(sent)).toContain("Noted: It is [redacted]! with [redacted]");
});

test("an error of the server that repeats the secret does not show it", async () => {
  const { events, result } = await run([{ status: 400, text: `Bad key ${key}` }], {
    redact: [key],
  });

  expect(result).toMatchObject({ status: "failed", error: { code: "invalid-request" } });
  expect(Object(result).error.message).toContain("Bad key [redacted]");
  expect(inspect(events, { depth: 20 })).not.toContain("51Hx");
});

test("an answer over the wire that is blocked is not shown", async () => {
  const { events, result } = await run(["The forbidden word."], {
    guardrails: { output: ({ text }) => (/forbidden/.test(text) ? { block: "No." } : undefined) },
  });

  expect(result).toMatchObject({ status: "stopped", reason: "guardrail", detail: "No.", text: "" });
  expect(result.usage.totalTokens).toBeGreaterThan(0);
  expect(JSON.stringify(events)).not.toContain("forbidden");
});

test("a call over the wire that is blocked is answered with the reason", async () => {
  const { sent, result } = await run([call, "So be it."], {
    guardrails: { input: () => ({ replace: "Go." }), toolInput: () => ({ block: "No notes." }) },
  });

  expect(result).toMatchObject({ status: "completed", text: "So be it." });
  expect(JSON.stringify(sent[0])).toContain('"content":"Go."');
  expect(JSON.stringify(sent[1])).toContain("Not executed: No notes.");
});

test("a result is withheld from the wire", async () => {
  const { sent } = await run([call, "So be it."], {
    guardrails: { toolResult: () => ({ block: "Private." }) },
  });

  expect(JSON.stringify(sent[1])).toContain("its result is withheld: Private.");
  expect(JSON.stringify(sent[1])).not.toContain("Noted");
});

test("a wrapped model and a wrapped tool work over the wire", async () => {
  await using server = await simulator({ script: [call, "Done."] });
  const asked: string[] = [];
  const model = wrapModel(
    chatCompletions({ baseURL: server.url, model: "cohere/command-r-plus-08-2024" }),
    async function* (request, next) {
      asked.push(request.requestId.split(".").at(-1) ?? "");
      return yield* next({ ...request, instructions: "Be brief." });
    },
  );
  const loud = wrapTool(note, async (request, next) => (await next(request)).toUpperCase());
  const { status } = await new Agent({ model, tools: { note: loud } }).run("Go.");

  expect(status).toBe("completed");
  expect(asked).toEqual(["1", "2"]);
  expect(JSON.stringify(server.requests[0]?.body)).toContain("Be brief.");
  expect(JSON.stringify(server.requests[1]?.body)).toContain("NOTED: IT IS");
});
