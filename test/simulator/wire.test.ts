import { readFile } from "node:fs/promises";

import { simulator, type JsonObject } from "@pawl/simulator";
import { Ajv } from "ajv";
import { expect, test } from "vitest";

import { ask, model, offered, post } from "./talk.ts";
import { add, now } from "./toys.ts";

const user = (content: string): JsonObject => ({ role: "user", content });
const sums: JsonObject = { messages: [user("2+3 and 4+5?")], tools: offered({ add, now }) };

test("whole answers are valid by the published schema, with text and with calls", async () => {
  await using sim = await simulator();
  const schemaUrl = new URL("schemas/command-r-plus-08-2024.response.schema.json", import.meta.url);
  const schema = JSON.parse(await readFile(schemaUrl, "utf8")) as JsonObject;
  const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
  for (const body of [{ messages: [user("Hello")] }, sums]) {
    const completion = await ask(sim.url, body);
    validate(completion);
    expect(validate.errors).toBeNull();
    expect(completion.meta.usage.credits_used).toBeGreaterThan(0);
  }
});

test("an answer has tracing and cost headers", async () => {
  await using sim = await simulator();
  const body = { model, messages: [user("Hello")] };
  const response = await post(sim.url, body, { headers: { "x-client-request-id": "run-1:a" } });
  expect(response.status).toBe(200);
  expect(response.headers.get("x-inference-id")).toBeTruthy();
  expect(response.headers.get("x-client-request-id")).toBe("run-1:a");
  expect(Number(response.headers.get("x-aimlapi-credits-used"))).toBeGreaterThan(0);
  const ignored = await post(sim.url, body, { headers: { "x-client-request-id": "not valid!" } });
  expect(ignored.headers.get("x-client-request-id")).toBeNull();
});

test("a stream carries role, text in pieces, finish, usage, cost, and ends with [DONE]", async () => {
  await using sim = await simulator();
  const body = { model, messages: [user("Hello")], stream: true };
  const whole = await ask(sim.url, { messages: body.messages });
  const { chunks, events } = await stream(sim.url, {
    ...body,
    stream_options: { include_usage: true },
  });
  expect(events.at(-1)).toBe("[DONE]");
  expect(chunks[0]).toMatchObject({ choices: [{ delta: { role: "assistant" } }] });
  const pieces = chunks.flatMap((chunk) => chunk.choices?.[0]?.delta.content ?? []);
  expect(pieces.length).toBeGreaterThan(5);
  expect(pieces.join("")).toBe(whole.choices[0].message.content);
  expect(chunks.at(-3)?.choices?.[0]?.finish_reason).toBe("stop");
  expect(chunks.at(-2)).toMatchObject({ choices: [], usage: whole.usage });
  expect(chunks.at(-1)).toMatchObject({ choices: [], meta: { usage: whole.meta.usage } });
  const without = await stream(sim.url, body);
  expect(without.chunks.some((chunk) => "usage" in chunk)).toBe(false);
});

test("a streamed call has its id and name first and its arguments in fragments", async () => {
  await using sim = await simulator();
  const { chunks } = await stream(sim.url, { model, ...sums, stream: true });
  const deltas = chunks.flatMap((chunk) => chunk.choices?.[0]?.delta.tool_calls ?? []);
  const second = deltas.filter(({ index }) => index === 1);
  expect(second[0]).toMatchObject({ type: "function", function: { name: "add", arguments: "" } });
  expect(second[0]?.id).toBeTruthy();
  expect(second.length).toBeGreaterThan(2);
  expect(second.slice(1).every(({ id }) => id === undefined)).toBe(true);
  const text = second.map((delta) => delta.function.arguments).join("");
  expect(JSON.parse(text)).toEqual({ a: 4, b: 5 });
  expect(chunks.at(-2)?.choices?.[0]?.finish_reason).toBe("tool_calls");
});

test("max_tokens cuts text and tool arguments, and says so", async () => {
  await using sim = await simulator();
  const text = await ask(sim.url, { messages: [user("Hello")], max_tokens: 3 });
  expect(text.choices[0].message.content).toHaveLength(12);
  expect(text.choices[0].finish_reason).toBe("length");
  expect(text.usage.completion_tokens).toBe(3);
  const calls = await ask(sim.url, { ...sums, max_tokens: 2 });
  expect(calls.choices[0].finish_reason).toBe("length");
  expect(calls.choices[0].message.tool_calls).toMatchObject([
    { function: { name: "add", arguments: '{"a":' } },
  ]);
});

test("stop ends the text before its first occurrence", async () => {
  await using sim = await simulator();
  const { choices } = await ask(sim.url, { messages: [user("Hello")], stop: ["zzz", "o."] });
  expect(choices[0]).toMatchObject({ finish_reason: "stop", message: { content: "Hell" } });
});

test("lists its models and says what they are", async () => {
  await using sim = await simulator({ models: ["cohere/command-a", "own/model"] });
  const response = await fetch(`${sim.url}/models`);
  const { data } = (await response.json()) as { data: { id: string; info: JsonObject }[] };
  expect(data.map(({ id }) => id)).toEqual(["cohere/command-a", "own/model"]);
  expect(data[0]?.info["description"]).toContain("no language model");
});

const call = (id: string, args: string = "{}"): JsonObject => ({
  role: "assistant",
  content: "",
  tool_calls: [{ id, type: "function", function: { name: "now", arguments: args } }],
});
const result = (id: string): JsonObject => ({ role: "tool", tool_call_id: id, content: "x" });

test.each<[what: string, body: JsonObject, path: readonly (string | number)[]]>([
  ["no messages", { model }, ["messages"]],
  ["an empty list of messages", { model, messages: [] }, ["messages"]],
  ["no model", { messages: [user("x")] }, ["model"]],
  [
    "content null",
    { model, messages: [user("x"), { role: "assistant", content: null }] },
    ["messages", 1, "content"],
  ],
  [
    "an unknown role",
    { model, messages: [{ role: "robot", content: "" }] },
    ["messages", 0, "role"],
  ],
  ["an unanswered call", { model, messages: [user("x"), call("a")] }, ["messages", 2]],
  [
    "an unknown call id",
    { model, messages: [user("x"), call("a"), result("a"), result("b")] },
    ["messages", 3, "tool_call_id"],
  ],
  [
    "a call answered twice",
    { model, messages: [user("x"), call("a"), result("a"), result("a")] },
    ["messages", 3, "tool_call_id"],
  ],
  [
    "invalid arguments in the history",
    { model, messages: [user("x"), call("a", '{"a":'), result("a")] },
    ["messages", 1, "tool_calls", 0, "function", "arguments"],
  ],
  ["too hot a temperature", { model, messages: [user("x")], temperature: 3 }, ["temperature"]],
])("a request with %s is a 400 that names the place", async (_what, body, path) => {
  await using sim = await simulator();
  const response = await post(sim.url, body);
  const problem = (await response.json()) as JsonObject;
  expect(response.status).toBe(400);
  expect(response.headers.get("content-type")).toContain("application/problem+json");
  expect(problem).toMatchObject({
    status: 400,
    instance: "/v1/chat/completions",
    requestId: response.headers.get("x-inference-id"),
    error: { name: "BadRequestException", data: { issues: [{ path }] } },
  });
  expect(sim.requests).toEqual([]);
});

test("other mistakes have their own status in the same envelope", async () => {
  await using sim = await simulator({ apiKey: "secret" });
  const headers = { authorization: "Bearer secret" };
  const body = { model, messages: [user("Hello")] };
  const answers = await Promise.all([
    post(sim.url, body, { headers: { authorization: "Bearer wrong" } }),
    post(sim.url, "{ no json", { headers }),
    post(sim.url, { ...body, model: "cohere/command-r-plus" }, { headers }),
    fetch(`${sim.url}/nowhere`),
    fetch(`${sim.url}/chat/completions`),
    post(sim.url, body, { headers }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([401, 400, 404, 404, 405, 200]);
  const problems = await Promise.all(answers.map((answer) => answer.json() as Promise<JsonObject>));
  expect(problems[2]?.["message"]).toContain("cohere/command-r-plus-08-2024");
  expect(problems[4]).toMatchObject({ status: 405, requestId: expect.any(String) });
});

test("a body of more than 32 MiB is a 413", async () => {
  await using sim = await simulator();
  const response = await post(sim.url, { model, messages: [user("x".repeat(33 * 1024 * 1024))] });
  expect(response.status).toBe(413);
});

interface Chunk {
  readonly choices?: readonly {
    readonly delta: {
      readonly content?: string;
      readonly tool_calls?: readonly {
        readonly index: number;
        readonly id?: string;
        readonly function: { readonly arguments: string };
      }[];
    };
    readonly finish_reason: string | null;
  }[];
}

async function stream(
  url: string,
  body: JsonObject,
): Promise<{ events: readonly string[]; chunks: readonly Chunk[] }> {
  const response = await post(url, body);
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  const text = await response.text();
  expect(text.endsWith("\n\n")).toBe(true);
  const events = text
    .trimEnd()
    .split("\n\n")
    .map((event) => {
      expect(event).toMatch(/^data: [^\n]+$/u);
      return event.slice("data: ".length);
    });
  const chunks = events
    .filter((event) => event !== "[DONE]")
    .map((event) => JSON.parse(event) as Chunk);
  return { events, chunks };
}
