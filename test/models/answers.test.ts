import { readFileSync } from "node:fs";

import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

import {
  ask,
  delta,
  events,
  finish,
  hello,
  type Outcome,
  piece,
  send,
  serve,
  stream,
  whole,
} from "./server.ts";

const hallo = "Hello there! How can I assist you today?";

test.each([
  ["aiml.response.seed.documented.json", { content: hallo, usage: usage(6, 314) }],
  ["aiml.response.text.json", { content: "Hello!", usage: { ...usage(6, 3), usd: 0.00006 } }],
  [
    "aiml.response.tool-calls.json",
    {
      content: "I will add both pairs.",
      toolCalls: [
        { id: "add_p1t92w7gfgq7", name: "add", input: { a: 2, b: 3 } },
        { id: "add_k3c0qz1xw2v4", name: "add", input: { a: 4, b: 5 } },
      ],
      usage: { ...usage(180, 44), usd: 0.0012 },
    },
  ],
  ["aiml.stream.text.sse", { content: "Hello", usage: { ...usage(10, 5), usd: 0.00124 } }],
  [
    "aiml.stream.tool-calls.sse",
    {
      content: "",
      toolCalls: [
        { id: "call_a", name: "add", input: { a: 2, b: 3 } },
        { id: "call_b", name: "add", input: { a: 4, b: 5 } },
      ],
      usage: usage(10, 5),
    },
  ],
])("a documented answer is read whole: %s", async (name, wanted) => {
  const { message } = await answerTo(example(name), { stream: name.endsWith(".sse") });
  const finishReason = "toolCalls" in wanted ? "tool-calls" : "stop";
  expect(message).toMatchObject({ role: "assistant", finishReason, ...wanted });
});

test.each([
  ["sse.claude-4.6-opus", { finishReason: "stop", usage: usage(16, 258) }],
  ["sse.gpt-4o", { finishReason: "stop", usage: usage(16, 102) }],
  ["sse.qwen3-32b", { finishReason: "stop", usage: usage(13, 2_010) }],
] as const)("a captured stream is read whole: %s", async (name, wanted) => {
  const captured = readFileSync(new URL(`contract/captures/${name}.txt`, import.meta.url), "utf8");
  // The captures hold the lines with data and not the blank ones between them.
  const { message, events: seen } = await answerTo(captured.replaceAll("\n", "\n\n"));
  expect(message).toMatchObject(wanted);
  expect(message?.content).toBe(saidIn(captured, "content"));
  expect(message?.reasoning ?? "").toBe(saidIn(captured, "reasoning_content"));
  expect(seen.map((each) => (each.type === "text-delta" ? each.text : "")).join("")).toBe(
    message?.content,
  );
});

test("text deltas of one packet come as one event", async () => {
  const { events: seen } = await answerTo(
    stream(delta({ content: "a" }), delta({ content: "b" }), delta({ content: "c" }), finish()),
  );
  expect(seen).toEqual([{ type: "text-delta", text: "abc" }]);
});

test("the events of calls come in order, each call's own begin and end around its pieces", async () => {
  const { events: seen } = await answerTo(
    stream(
      delta({ content: "I add." }),
      piece({ index: 0, id: "a", function: { name: "add", arguments: "" } }),
      piece({ index: 0, function: { arguments: '{"a":' } }),
      piece({ index: 0, function: { arguments: "1}" } }),
      piece({ index: 1, id: "b", function: { name: "functions.now", arguments: "{}" } }),
      finish("tool_calls"),
    ),
  );
  expect(seen).toEqual([
    { type: "text-delta", text: "I add." },
    { type: "tool-input-start", callId: "a", toolName: "add" },
    { type: "tool-input-delta", callId: "a", text: '{"a":1}' },
    { type: "tool-input-end", callId: "a" },
    { type: "tool-input-start", callId: "b", toolName: "now" },
    { type: "tool-input-delta", callId: "b", text: "{}" },
    { type: "tool-input-end", callId: "b" },
  ]);
});

test.each([
  ["dollars", { usd_spent: 0.5, credits_used: 7 }, 0.5],
  ["credits only", { credits_used: 2_480 }, 0.00124],
])("the bill is read from a tail in %s", async (_name, meta, usd) => {
  const tail = { meta: { usage: meta } };
  const streamed = await answerTo(stream(delta({ content: "Hi" }), finish(), tail));
  const complete = await answerTo(whole({ content: "Hi" }, "stop", tail), { stream: false });
  expect([streamed.message?.usage?.usd, complete.message?.usage?.usd]).toEqual([usd, usd]);
});

test("the bill is read from a tail that comes after [DONE] in the same packet", async () => {
  const tail = events({ meta: { usage: { usd_spent: 0.25 } } });
  const { message } = await answerTo(hello + tail);
  expect(message?.usage?.usd).toBe(0.25);
});

test.each([
  ["dollars", { "x-aimlapi-usd-spent": "0.0012" }],
  ["credits only", { "x-aimlapi-credits-used": "2400" }],
])("the bill is read from a header in %s", async (_name, headers) => {
  await using server = await serve((response) =>
    send(response, whole({ content: "Hi" }), { headers }),
  );
  const { message } = await ask(chatCompletions({ baseURL: server.baseURL, model: "m" }));
  expect(message?.usage?.usd).toBe(0.0012);
});

test("counts of cached and thought tokens are kept", async () => {
  const counted = {
    prompt_tokens: 9,
    completion_tokens: 5,
    prompt_tokens_details: { cached_tokens: 4 },
    completion_tokens_details: { reasoning_tokens: 2 },
  };
  const { message } = await answerTo(whole({ content: "Hi" }, "stop", { usage: counted }));
  expect(message?.usage).toEqual({
    ...usage(9, 5),
    cachedInputTokens: 4,
    reasoningTokens: 2,
  });
});

test("of counts that grow with each chunk the last are kept", async () => {
  const chunks = [1, 2, 3].map((tokens) => ({
    ...delta({ content: "x" }),
    usage: { prompt_tokens: 3, completion_tokens: tokens, total_tokens: 3 + tokens },
  }));
  const { message } = await answerTo(stream(...chunks, finish()));
  expect(message).toMatchObject({ content: "xxx", usage: usage(3, 3) });
});

test("missing counts are estimated, and said to be", async () => {
  const { message } = await answerTo(stream(delta({ content: "x".repeat(400) }), finish()));
  expect(message?.usage).toMatchObject({ outputTokens: 100, isEstimated: true });
  expect(message?.usage?.inputTokens).toBeGreaterThan(20);
});

test("a refusal is kept apart from the text", async () => {
  const refused = delta({ refusal: "I will " });
  const streamed = await answerTo(stream(refused, delta({ refusal: "not." }), finish()));
  const complete = await answerTo(whole({ content: null, refusal: "I will not." }));
  for (const { message, events: seen } of [streamed, complete])
    expect([message?.content, message?.refusal, seen]).toEqual(["", "I will not.", []]);
});

test("an answer that a filter stopped says so", async () => {
  const { message } = await answerTo(stream(finish("content_filter")));
  expect(message).toMatchObject({ content: "", finishReason: "content-filter" });
});

test.each(["reasoning_content", "reasoning", "thinking"])(
  "thinking is kept apart from the text: %s",
  async (field) => {
    const { message, events: seen } = await answerTo(
      stream(
        delta({ [field]: "Hm" }),
        delta({ [field]: "m." }),
        delta({ content: "Yes" }),
        finish(),
      ),
    );
    expect(message).toMatchObject({ content: "Yes", reasoning: "Hmm." });
    expect(seen.filter(({ type }) => type === "reasoning-delta")).toHaveLength(2);
  },
);

test("citations quote the text, also when they come before it", async () => {
  const annotations = [
    {
      type: "url_citation",
      url_citation: { start_index: 0, end_index: 5, title: "T", url: "u:1" },
    },
    { type: "url_citation", url_citation: { url: "u:2" } },
  ];
  const early = stream(delta({ annotations }), delta({ content: "Hello you" }), finish());
  const late = whole({ content: "Hello you", annotations });
  const citations = [
    { start: 0, end: 5, text: "Hello", sources: [{ id: "u:1", title: "T", url: "u:1" }] },
    { start: 0, end: 9, text: "Hello you", sources: [{ id: "u:2", url: "u:2" }] },
  ];
  expect((await answerTo(early)).message?.citations).toEqual(citations);
  expect((await answerTo(late)).message?.citations).toEqual(citations);
});

test("JSON is understood where a stream was asked, and a stream where JSON was", async () => {
  const streamed = await answerTo(hello, { stream: false });
  const complete = await answerTo(whole({ content: "Hello" }), { stream: true });
  expect([streamed.message?.content, complete.message?.content]).toEqual(["Hello", "Hello"]);
});

test("what comes before JSON does not matter: blanks, a byte order mark, single bytes", async () => {
  const body = Buffer.from(`\uFEFF \r\n${JSON.stringify(whole({ content: "naïve 🎉" }))}`);
  await using server = await serve(async (response) => {
    for (const byte of body) {
      response.write(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    response.end();
  });
  const { message } = await ask(chatCompletions({ baseURL: server.baseURL, model: "m" }));
  expect(message?.content).toBe("naïve 🎉");
});

test("only the first of several choices is read", async () => {
  const second = { index: 1, delta: { content: "No" }, finish_reason: null };
  const chunk = { choices: [{ index: 0, delta: { content: "Yes" } }, second] };
  expect((await answerTo(stream(chunk, finish()))).message?.content).toBe("Yes");
});

function example(name: string): string | object {
  const text = readFileSync(new URL(`contract/examples/${name}`, import.meta.url), "utf8");
  return name.endsWith(".json") ? (JSON.parse(text) as object) : text;
}

/** The texts of a field in the lines of a capture, put together without the code under test. */
function saidIn(captured: string, field: string): string {
  const lines = captured.split("\n").filter(Boolean);
  return lines
    .map((line) => JSON.parse(line.slice("data: ".length)).choices[0]?.delta?.[field] ?? "")
    .join("");
}

async function answerTo(body: string | object, options: object = {}): Promise<Outcome> {
  await using server = await serve((response) => send(response, body));
  return await ask(
    chatCompletions({ baseURL: server.baseURL, model: "m", maxRetries: 0, ...options }),
  );
}

function usage(inputTokens: number, outputTokens: number): object {
  return { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
}
