import { expect, test } from "vitest";

import {
  type CohereEvent,
  cohereStream,
  end,
  example,
  messageOf,
  older,
  outcomeOf,
  part,
  said,
  whole,
} from "./cohere-server.ts";

const call = { id: "c1", type: "function", function: { name: "add", arguments: "" } };

function start(more: object = {}, index: number | undefined = 0): CohereEvent {
  return part("tool-call-start", { tool_calls: { ...call, ...more } }, index);
}

function piece(text: string, index: number | undefined = 0): CohereEvent {
  return part("tool-call-delta", { tool_calls: { function: { arguments: text } } }, index);
}

const weather = { id: "get_weather_ab12cd34ef56", name: "get_weather", input: { city: "Oslo" } };

test.each(["response.tool-call.json", "stream.tool-call.sse"])(
  "a documented answer with a call is read whole: %s",
  async (name) => {
    const text = example(name);
    const isStream = name.endsWith(".sse");
    const message = await messageOf(isStream ? text : JSON.parse(text));
    expect(message).toEqual({
      role: "assistant",
      content: "",
      toolCalls: [weather],
      reasoning: isStream ? "I will look up the weather." : "I will look up the weather in Oslo.",
      finishReason: "tool-calls",
      usage: {
        inputTokens: 1_400,
        outputTokens: 40,
        totalTokens: 1_440,
        ...(!isStream && { cachedInputTokens: 0 }),
        billedInputTokens: 40,
        billedOutputTokens: 12,
        usd: 0.00022,
      },
    });
  },
);

test.each(["response.citations.json", "stream.citations.sse"])(
  "a documented answer with citations is read whole: %s",
  async (name) => {
    const text = example(name);
    const message = await messageOf(name.endsWith(".sse") ? text : JSON.parse(text));
    expect(message).toMatchObject({
      content: "It is 4°C and raining in Oslo.",
      finishReason: "stop",
      usage: { inputTokens: 1_500, outputTokens: 30, billedInputTokens: 60 },
    });
    expect(message.citations?.[0]).toEqual({
      start: 6,
      end: 9,
      text: "4°C",
      sources: [{ id: "get_weather_ab12cd34ef56:0" }],
    });
  },
);

test("what arrives is shown in its order: the plan, the calls, the text", async () => {
  const { events } = await outcomeOf(
    cohereStream(
      part("tool-plan-delta", { tool_plan: "I " }),
      part("tool-plan-delta", { tool_plan: "add." }),
      start(),
      piece('{"a":'),
      piece("1}"),
      { type: "tool-call-end" },
      ...said("Wa", "it."),
      end("TOOL_CALL"),
    ),
  );
  expect(events).toEqual([
    { type: "reasoning-delta", text: "I " },
    { type: "reasoning-delta", text: "add." },
    { type: "tool-input-start", callId: "c1", toolName: "add" },
    { type: "tool-input-delta", callId: "c1", text: '{"a":1}' },
    { type: "text-delta", text: "Wait." },
    { type: "tool-input-end", callId: "c1" },
  ]);
});

test("whoever does not watch sees the text alone", async () => {
  const answer = cohereStream(
    part("tool-plan-delta", { tool_plan: "I" }),
    start(),
    ...said("x"),
    end(),
  );
  const { events, message } = await outcomeOf(answer, {}, { isWatched: false });
  expect(events).toEqual([{ type: "text-delta", text: "x" }]);
  expect(message).toMatchObject({ reasoning: "I", toolCalls: [{ name: "add" }] });
});

test("thinking is told from text by how its block began, in a stream and whole", async () => {
  const streamed = cohereStream(
    part("content-start", { content: { type: "thinking", thinking: "" } }, 0),
    part("content-delta", { content: { thinking: "Hm" } }, 0),
    part("content-delta", { content: { text: "m." } }, 0),
    { type: "content-end" },
    part("content-start", { content: { type: "text", text: "T" } }, 1),
    part("content-delta", { content: { text: "wo." } }, 1),
    end(),
  );
  const content = [
    { type: "thinking", thinking: "Hmm." },
    { type: "text", text: "Two." },
  ];
  for (const answer of [streamed, whole({ content })])
    expect(await messageOf(answer)).toMatchObject({ content: "Two.", reasoning: "Hmm." });
});

test("several blocks of text are one text; a content that is a text is one too", async () => {
  const content = [
    { type: "text", text: "One. " },
    { type: "text", text: "Two." },
  ];
  expect((await messageOf(whole({ content }))).content).toBe("One. Two.");
  expect((await messageOf(whole({ content: "One." }))).content).toBe("One.");
});

test("numbers of blocks and calls may be missing", async () => {
  const message = await messageOf(
    cohereStream(
      start({}, undefined),
      piece('{"a":1}', undefined),
      start({ id: "c2" }, undefined),
      piece('{"a":2}', undefined),
      part("content-start", { content: { type: "thinking", thinking: "" } }),
      part("content-delta", { content: { thinking: "Hm." } }),
      part("content-start", { content: { type: "text", text: "" } }),
      part("content-delta", { content: { text: "Yes." } }),
      end(),
    ),
  );
  expect(message).toMatchObject({
    content: "Yes.",
    reasoning: "Hm.",
    finishReason: "tool-calls",
    toolCalls: [
      { id: "c1", input: { a: 1 } },
      { id: "c2", input: { a: 2 } },
    ],
  });
});

test("a call without arguments has none, in a stream and whole", async () => {
  const streamed = cohereStream(start(), { type: "tool-call-end" }, end("TOOL_CALL"));
  const none = { ...call, function: { name: "add", arguments: "null" } };
  for (const answer of [streamed, whole({ tool_calls: [none] }, "TOOL_CALL")])
    expect((await messageOf(answer)).toolCalls).toEqual([{ id: "c1", name: "add", input: {} }]);
});

test("calls come in a list too, and what must be mended is mended and noted", async () => {
  const mended = { ...call, function: { name: "functions.add", arguments: '{"a":1,}' } };
  const streamed = cohereStream(part("tool-call-start", { tool_calls: [mended] }, 0), end());
  for (const answer of [streamed, whole({ tool_calls: [mended] })])
    expect((await messageOf(answer)).toolCalls).toEqual([
      { id: "c1", name: "add", input: { a: 1 }, repairs: ["name", "trailing-comma"] },
    ]);
});

test("ids that come twice, or came before, are made unique", async () => {
  const before = [
    { role: "user", content: "Add." },
    { role: "assistant", content: "", toolCalls: [{ id: "c1", name: "add", input: {} }] },
    { role: "tool", callId: "c1", toolName: "add", content: "1" },
  ] as const;
  const twice = whole({ tool_calls: [call, { ...call, id: "c2" }, { ...call, id: "c2" }] });
  const { message } = await outcomeOf(twice, {}, { messages: before });
  const ids = message?.toolCalls?.map(({ id }) => id) ?? [];
  expect(ids[1]).toBe("c2");
  expect(new Set([...ids, "c1"]).size).toBe(4);
});

test("what is not known is passed over, and a type may stand in the event alone", async () => {
  const answer = `event: content-delta\ndata: ${JSON.stringify({ delta: { message: { content: { text: "Hi" } } } })}\n\n`;
  const unknown = cohereStream(
    { type: "debug" },
    { type: "vision-start" },
    part("content-delta", {}),
  );
  expect((await messageOf(unknown + answer + cohereStream(end()))).content).toBe("Hi");
});

test("JSON is understood where a stream was asked, and a stream where JSON was", async () => {
  const streamed = cohereStream(...said("Hi"), end());
  expect((await messageOf(streamed, { stream: false })).content).toBe("Hi");
  expect((await messageOf(whole({ content: "Hi" }), { model: older })).content).toBe("Hi");
});
