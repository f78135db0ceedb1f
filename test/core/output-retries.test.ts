import { setTimeout as sleep } from "node:timers/promises";

import { Agent, OutputError, tool, type Message, type Model, type RunResult } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

const output = z.object({ name: z.string(), age: z.number() });
const wrong = '{"name":"Ada","age":"old"}';
const right = '{"name":"Ada","age":36}';

function said(messages: readonly Message[] = []): string[] {
  return messages.map(({ role, content }) => `${role}: ${content as string}`);
}

function failureOf(result: RunResult<never, unknown>): OutputError {
  expect(result.status).toBe("failed");
  const { error } = result as { error?: unknown };
  expect(error).toBeInstanceOf(OutputError);
  return error as OutputError;
}

test("an answer that does not fit goes back with what is wrong and what would fit", async () => {
  const model = scripted([wrong, "Ada, 36", right]);
  const result = await new Agent({ model, output }).run("Who?");

  expect(result).toMatchObject({ status: "completed", output: { name: "Ada", age: 36 } });
  const [first, second, third] = model.requests;
  expect(said(first?.messages)).toEqual(["user: Who?"]);
  expect(said(second?.messages).slice(0, 2)).toEqual(["user: Who?", `assistant: ${wrong}`]);
  const [, , mend = ""] = said(second?.messages);
  expect(mend).toMatch(
    /^user: Your answer cannot be used: age: .*number.*\. Give your answer as JSON/,
  );
  expect(mend).toContain(JSON.stringify(first?.responseFormat?.schema));
  expect(said(third?.messages).at(-1)).toMatch(/it is not JSON \(.*Ada/);
  for (const { responseFormat } of model.requests) expect(responseFormat?.name).toBe("answer");
});

test("after two retries the run fails with the issues and the text, and keeps what was said", async () => {
  const usage = { inputTokens: 1, outputTokens: 2, totalTokens: 3 };
  const turns = [wrong, wrong, wrong, right].map((text) => ({ text, usage }));
  const model = scripted(turns);
  const agent = new Agent({ model, output });
  const result = await agent.run("Who?");

  const error = failureOf(result);
  expect(error.name).toBe("OutputError");
  expect(error.message).toMatch(/^The answer does not fit "output" after 2 retries: age: /);
  expect(error.issues).toHaveLength(1);
  expect(error.text).toBe(wrong);
  expect(result.text).toBe(wrong);
  expect(result.usage.totalTokens).toBe(9);
  expect(result.messages.map(({ role }) => role).join(" ")).toBe(
    "user assistant user assistant user assistant",
  );
});

test("a run that failed over its output gets new tries when it is resumed", async () => {
  const model = scripted([wrong, wrong, wrong, wrong, right]);
  const agent = new Agent({ model, output, outputRetries: 2 });
  const failed = await agent.run("Who?");
  failureOf(failed);
  const state = JSON.parse(JSON.stringify(failed.state)) as typeof failed.state;
  const resumed = await agent.resume(state);
  expect(resumed).toMatchObject({ status: "completed", output: { age: 36 } });
  expect(said(model.requests[3]?.messages).at(-1)).toMatch(/^user: Your answer cannot be used/);
});

test.each([
  [0, 1],
  [3, 4],
])("with %d retries the model is asked %d times", async (outputRetries, times) => {
  const model = scripted(Array.from({ length: 9 }, () => wrong));
  failureOf(await new Agent({ model, output, outputRetries }).run("Who?"));
  expect(model.requests).toHaveLength(times);
});

test("the request for the form is no retry", async () => {
  const look = tool({ description: "Look", inputSchema: z.object({}), execute: () => "Ada, 36" });
  const turns = [{ toolCalls: [{ name: "look" }] }, "Ada is 36.", wrong, right];
  const model = scripted(turns);
  const agent = new Agent({ model, tools: { look }, output, outputRetries: 1 });
  expect(await agent.run("Who?")).toMatchObject({ status: "completed" });
  expect(model.requests.map(({ responseFormat }) => responseFormat !== undefined)).toEqual([
    false,
    false,
    true,
    true,
  ]);
});

test("ten issues are told, and none at length", async () => {
  const strict = z.array(z.string({ error: () => "x".repeat(500) }));
  const answer = JSON.stringify({ value: Array.from({ length: 50 }, (_, i) => i) });
  const model = scripted([answer, answer]);
  const result = await new Agent({ model, output: strict, outputRetries: 1 }).run("List!");
  const mend = said(model.requests[1]?.messages).at(-1) ?? "";
  expect(mend.match(/x{50}…/g)).toHaveLength(10);
  expect(mend.length).toBeLessThan(4000);
  const error = failureOf(result);
  expect(error.issues).toHaveLength(50);
  expect(error.message.length).toBeLessThan(4000);
});

test("a schema that is a book is not told in words", async () => {
  const long = z.enum(Array.from({ length: 1000 }, (_, i) => `word-${i}`));
  const model = scripted(["?", '{"value":"word-3"}']);
  const result = await new Agent({ model, output: long }).run("Which?");
  expect(result).toMatchObject({ status: "completed", output: "word-3" });
  expect(said(model.requests[1]?.messages).at(-1)?.length).toBeLessThan(500);
  expect(JSON.stringify(model.requests[1]?.responseFormat)).toContain("word-999");
});

test("an answer that was cut is not asked for again, and the error says why it is none", async () => {
  const model = scripted([{ text: '{"name":"Ada","a', finishReason: "length" }]);
  const error = failureOf(await new Agent({ model, output }).run("Who?"));
  expect(error.message).toMatch(/cut off .*length/);
  expect(error.text).toBe('{"name":"Ada","a');
});

test("an answer that is whole is taken, though it ended at the limit", async () => {
  const model = scripted([{ text: right, finishReason: "length" }]);
  expect(await new Agent({ model, output }).run("Who?")).toMatchObject({ status: "completed" });
  const whole = scripted([{ text: wrong, finishReason: "length" }, right]);
  expect(await new Agent({ model: whole, output }).run("Who?")).toMatchObject({
    status: "completed",
  });
  const number = scripted([{ text: "12", finishReason: "length" }]);
  failureOf(await new Agent({ model: number, output: z.number() }).run("n?"));
});

test("words that were cut before the form was asked for are no failure", async () => {
  const look = tool({ description: "Look", inputSchema: z.object({}), execute: () => 1 });
  const model = scripted([{ text: "Ada is a very", finishReason: "length" }, right]);
  const result = await new Agent({ model, tools: { look }, output }).run("Who?");
  expect(result).toMatchObject({ status: "completed", output: { age: 36 } });
});

test.each([
  [{}],
  [{ look: tool({ description: "L", inputSchema: z.object({}), execute: () => 1 }) }],
])(
  "a refusal and a filtered answer end the run: nobody presses the model (tools: %o)",
  async (tools) => {
    const refused = failureOf(
      await new Agent({ model: { ...scripted([]), respond: refuse }, tools, output }).run("Who?"),
    );
    expect(refused.message).toContain("I must not.");
    const filtered = scripted([{ text: "", finishReason: "content-filter" }]);
    const error = failureOf(await new Agent({ model: filtered, tools, output }).run("Who?"));
    expect(error.message).toMatch(/filter/);
    expect(filtered.requests).toHaveLength(1);
  },
);

async function* refuse(): ReturnType<Model["respond"]> {
  yield { type: "text-delta", text: "" };
  return { role: "assistant", content: "", refusal: "I must not.", finishReason: "stop" };
}

test("an abort does not wait for a slow check", async () => {
  const slow = z.object({}).refine(() => sleep(5000, true, { ref: false }));
  const stop = new AbortController();
  const running = new Agent({ model: scripted(["{}"]), output: slow }).run("Go.", {
    signal: stop.signal,
  });
  await sleep(20);
  const startedAt = performance.now();
  stop.abort("enough");
  expect(await running).toMatchObject({ status: "aborted", reason: "enough" });
  expect(performance.now() - startedAt).toBeLessThan(50);
});

test("retries count as steps", async () => {
  const model = scripted([wrong, right]);
  const agent = new Agent({ model, output, maxSteps: 1 });
  const stopped = await agent.run("Who?");
  expect(stopped).toMatchObject({ status: "stopped", reason: "max-steps" });
  const resumed = await agent.resume(stopped.state, { maxSteps: 2 });
  expect(resumed).toMatchObject({ status: "completed", output: { age: 36 } });
});
