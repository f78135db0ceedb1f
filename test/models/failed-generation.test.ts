import { Agent, tool } from "@pawl/core";
import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";
import { z } from "zod";

import { ask, hello, send, serve } from "./server.ts";

const text = '<function=add{"a": 1</function>';

/** Groq's answer to a call that its own model wrote badly. */
function refusal(failed_generation: string): object {
  const message = "Failed to call a function. Please adjust your prompt.";
  return { error: { message, code: "tool_use_failed", failed_generation } };
}

test("a call that the provider could not read is the model's mistake: it is told, and writes it again", async () => {
  await using server = await serve((response, attempt) =>
    attempt === 1 ? send(response, refusal(text), { status: 400 }) : send(response, hello),
  );
  const inputs: unknown[] = [];
  const add = tool({
    description: "Add",
    inputSchema: z.object({ a: z.number() }),
    execute: (input) => inputs.push(input),
  });
  const model = chatCompletions({ baseURL: server.baseURL, model: "m" });
  const result = await new Agent({ model, tools: { add } }).run("Add.");

  expect(result).toMatchObject({ status: "completed", text: "Hello" });
  expect(inputs).toEqual([]);
  expect(result.steps[0]?.message.toolCalls).toMatchObject([
    { name: "add", input: {}, invalid: { text } },
  ]);
  expect(JSON.parse(server.received[1]?.body ?? "{}").messages.at(-1).content).toMatch(
    /^Not executed: the provider could not read the call/,
  );
});

/** The error as an event of a stream that began as a success, where its text says that the request was wrong. */
function streamed(failed_generation: string): string {
  const { error } = refusal(failed_generation) as { readonly error: object };
  return `event: error\ndata: ${JSON.stringify({ error: { ...error, status_code: 400 } })}\n\n`;
}

test.each([
  ["that names no tool", refusal("<function=sub>{}</function>"), 400],
  ["that names no tool, streamed", streamed("<function=sub>{}</function>"), 200],
  ["that is streamed", streamed(text), 200],
])("a refusal %s is no fault of the request: the model is asked again", async (...row) => {
  const [, body, status] = row;
  await using server = await serve((response, attempt) =>
    attempt === 1 ? send(response, body, { status }) : send(response, hello),
  );
  const { events, message } = await ask(chatCompletions({ baseURL: server.baseURL, model: "m" }));

  expect(message?.content).toBe("Hello");
  expect(events[0]).toMatchObject({
    type: "retry",
    error: { code: "protocol", status: 400, retryable: true },
  });
  expect(String(Object(events[0]).error)).toMatch(/could not read/);
});

test.each([
  ["that holds nothing", { error: { message: "No.", code: "tool_use_failed" } }],
  ["of another kind", { error: { message: "No.", failed_generation: text } }],
])("a refusal %s stays a refusal", async (_name, body) => {
  await using server = await serve((response) => send(response, body, { status: 400 }));
  const { error } = await ask(chatCompletions({ baseURL: server.baseURL, model: "m" }));

  expect(error).toMatchObject({ code: "invalid-request", status: 400, retryable: false });
});
