import { setTimeout as sleep } from "node:timers/promises";

import { Agent, type AgentEvent, ModelError, tool } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { chatCompletions, promptedTools } from "@pawl/models";
import { expect, test } from "vitest";
import { z } from "zod";

import { saying } from "./saying.ts";
import { ask, delta, events, finish, request, send, serve, stream, until } from "./server.ts";

const add = tool({
  description: "Add two integers.",
  inputSchema: z.object({ a: z.int(), b: z.int() }),
  execute: ({ a, b }) => a + b,
});
const now = tool({ description: "The time.", inputSchema: z.object({}), execute: () => "noon" });

const two =
  'Action: ```json\n[{"tool_name":"add","parameters":{"a":2,"b":3}},{"tool_name":"now","parameters":{}}]\n```';

test("an agent calls two tools at once and answers, over an API that knows no tools", async () => {
  await using server = await serve((response, attempt) =>
    send(response, said(attempt === 1 ? two : "It is 5 at noon.")),
  );
  const model = chatCompletions({ baseURL: server.baseURL, model: "cohere/command-r-plus" });
  const agent = new Agent({ model: promptedTools(model), tools: { add, now } });
  const seen: AgentEvent[] = [];
  const run = agent.stream("2+3, and the time?");
  for await (const event of run) seen.push(event);
  const result = await run.result;
  expect([result.status, result.text]).toEqual(["completed", "It is 5 at noon."]);
  expect(seen.slice(0, 10).map(({ type }) => type)).toEqual([
    "start",
    "step-start",
    "tool-input-start",
    "tool-input-delta",
    "tool-input-end",
    "tool-input-start",
    "tool-input-delta",
    "tool-input-end",
    "tool-call",
    "tool-call",
  ]);
  const body = JSON.parse(server.received[1]?.body ?? "") as { messages: { content: string }[] };
  expect(body.messages.at(-1)?.content).toMatch(
    /^TOOL RESULT add \(call_\w{24}\): 5\n\nTOOL RESULT now \(call_\w{24}\): noon$/,
  );
});

test("a call of a tool that does not exist is answered with the names of those that do", async () => {
  const model = scripted(['{"tool":"sub","arguments":{}}', "I cannot."]);
  const result = await new Agent({ model: promptedTools(model), tools: { add } }).run("5-2?");
  expect(result.text).toBe("I cannot.");
  expect(model.requests[1]?.messages.at(-1)?.content).toMatch(/^TOOL ERROR sub \(.*: .*add/s);
});

test("a model that only says that it needs no tool is asked once more without any", async () => {
  const usage = { inputTokens: 1, outputTokens: 2, totalTokens: 3 };
  for (const text of ["directly_answer", '[{"tool_name":"directly-answer","parameters":{}}]']) {
    const model = scripted([
      { text, usage },
      { text: "It is 5.", usage: { ...usage, usd: 0.1 } },
    ]);
    const { events: seen, message } = await ask(promptedTools(model), {
      instructions: "Be brief.",
    });
    expect(message).toMatchObject({
      content: "It is 5.",
      usage: { inputTokens: 2, outputTokens: 4, totalTokens: 6, usd: 0.1 },
    });
    expect(seen.map((event) => "text" in event && event.text)).toEqual(["It", " is", " 5."]);
    expect(model.requests.map(({ requestId }) => requestId)).toEqual(["run.1", "run.1.direct"]);
    expect(model.requests[1]?.instructions).toBe("Be brief.\n\nAnswer now, without any tool.");
  }
});

test("a model is not asked a third time, whatever it says without tools", async () => {
  const model = saying(["directly_answer"]);
  const { message } = await ask(promptedTools(model));
  expect([message?.content, model.requests.length]).toEqual(["directly_answer", 2]);
});

test("an answer is shown as it arrives, as soon as it cannot be a call", async () => {
  const { events: seen } = await ask(promptedTools(saying(["P", "l", "ease", " wa", "it."])));
  expect(seen).toEqual(["Please", " wa", "it."].map((text) => ({ type: "text-delta", text })));
  const json = await ask(promptedTools(saying(['{"na', 'mes":', "[]", "}"])));
  expect(json.events.map((event) => "text" in event && event.text)).toEqual([
    '{"names":',
    "[]",
    "}",
  ]);
});

test("a plan before calls is told as reasoning", async () => {
  const text = `Plan: I will add.\n${two}`;
  const { events: seen, message } = await ask(promptedTools(saying([text], { reasoning: "Hm." })));
  expect(seen[0]).toEqual({ type: "reasoning-delta", text: "I will add." });
  expect([message?.reasoning, message?.content]).toEqual(["Hm.\nI will add.", ""]);
});

test("of calls that nobody watches nothing is told but the message", async () => {
  const planned = `Plan: I will add.\n${two}`;
  const watched = await ask(promptedTools(saying([planned])));
  const unwatched = await ask(promptedTools(saying([planned])), { isWatched: false });
  expect(watched.events).toHaveLength(7);
  expect(unwatched.events).toEqual([]);
  expect(unwatched.message?.toolCalls).toHaveLength(2);
});

test("what else a model says of its answer stays, but citations of a text that is not shown", async () => {
  const usage = { inputTokens: 1, outputTokens: 2, totalTokens: 3 };
  const citations = [{ start: 0, end: 2, text: "It", sources: [{ id: "1" }] }];
  const fields = { usage, citations, reasoning: "Hm." };
  const answer = await ask(promptedTools(saying(["It is 5."], fields)));
  expect(answer.message).toMatchObject(fields);
  const call = await ask(promptedTools(saying([two], fields)));
  expect([call.message?.usage, call.message?.citations]).toEqual([usage, undefined]);
});

test("calls that a model makes by its own protocol all the same are passed on", async () => {
  const text = '{"tool":"now","arguments":{}}';
  const model = promptedTools(scripted([{ text, toolCalls: [{ name: "add" }] }]));
  const { events: seen, message } = await ask(model);
  expect(message?.toolCalls).toEqual([{ id: "call-1", name: "add", input: {} }]);
  expect(seen.filter(({ type }) => type === "text-delta")).toEqual([{ type: "text-delta", text }]);
});

test("a call that broke off is begun anew, and an answer that did is kept as far as it came", async () => {
  const broken = ['{"tool":"add","arguments":{"a":', '{"name":"Ada","a'];
  for (const isWatched of [true, false])
    for (const text of broken) {
      await using server = await serve((response, attempt) =>
        attempt === 1
          ? send(response, events(delta({ content: text })))
          : send(response, said("It is 5.")),
      );
      const model = promptedTools(chatCompletions({ baseURL: server.baseURL, model: "m" }));
      const failed = await ask(model, { isWatched });
      const { partial } = failed.error as ModelError;
      const shown = failed.events.map((event) => (event.type === "text-delta" ? event.text : ""));
      expect(failed.error).toMatchObject({ code: "incomplete", retryable: true, attempt: 1 });
      expect(partial?.content).toBe(text === broken[0] ? "" : text);
      expect(shown.join("")).toBe(partial?.content);
      expect(failed.events.length).toBeGreaterThan(0);
    }
  await using server = await serve((response, attempt) =>
    attempt === 1
      ? send(response, events(delta({ content: broken[0] })))
      : send(response, said("It is 5.")),
  );
  const model = promptedTools(chatCompletions({ baseURL: server.baseURL, model: "m" }));
  const result = await new Agent({ model, tools: { add } }).run("2+3?");
  expect([result.status, result.text]).toEqual(["completed", "It is 5."]);
});

test("what was held back is void when an answer begins anew", async () => {
  const error = new ModelError("It broke off.", { code: "incomplete" });
  const model = promptedTools({
    ...saying([]),
    async *respond() {
      yield { type: "text-delta", text: '{"tool":"add",' };
      yield { type: "reset", attempt: 1, error };
      yield { type: "text-delta", text: "It is" };
      yield { type: "text-delta", text: " 5." };
      return { role: "assistant", content: "It is 5." };
    },
  });
  const { events: seen, message } = await ask(model);
  expect(message?.content).toBe("It is 5.");
  expect(seen).toEqual([
    { type: "reset", attempt: 1, error },
    { type: "text-delta", text: "It is" },
    { type: "text-delta", text: " 5." },
  ]);
});

test("an abort ends an answer of which nothing was shown", async () => {
  const begun = events(delta({ content: '{"tool":"add",' }));
  await using server = await serve((response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(begun);
  });
  const controller = new AbortController();
  const model = promptedTools(chatCompletions({ baseURL: server.baseURL, model: "m" }));
  const asked = ask(model, { signal: controller.signal });
  await until(() => server.received.length === 1);
  await sleep(20);
  const start = performance.now();
  controller.abort(new Error("enough"));
  const { error, events: seen } = await asked;
  expect(performance.now() - start).toBeLessThan(50);
  expect([(error as Error).message, seen]).toEqual(["enough", []]);
  await until(() => server.closedAt.length === 1);
});

test("a reader that leaves ends the answer of the model underneath", async () => {
  let isEnded = false;
  const model = promptedTools({
    ...saying([]),
    async *respond() {
      try {
        for (;;) yield { type: "text-delta", text: "more " };
      } finally {
        isEnded = true;
      }
    },
  });
  for await (const event of model.respond(request())) if (event) break;
  expect(isEnded).toBe(true);
});

test("a prompted model is said to call tools, and not to be forced", () => {
  const model = { ...saying([]), capabilities: { tools: false, toolChoice: true, images: true } };
  expect(promptedTools(model).capabilities).toEqual({
    tools: true,
    toolChoice: false,
    images: true,
  });
  expect(() => promptedTools("m" as never)).toThrow(/^promptedTools takes a model, such as/);
});

/** A text as a stream of pieces of seven letters. */
function said(text: string): string {
  const pieces = text.match(/[^]{1,7}/g) ?? [];
  return stream(...pieces.map((content) => delta({ content })), finish());
}
