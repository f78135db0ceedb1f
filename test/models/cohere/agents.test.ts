import { Agent, type Model, tool } from "@pawl/core";
import { chatCompletions, cohere } from "@pawl/models";
import { expect, test } from "vitest";
import { z } from "zod";

import { delta, finish, piece, type Reply, send, serve, stream } from "../server.ts";
import { at, type CohereBody, cohereStream, end, older, part, said } from "./cohere-server.ts";

const usage = {
  tokens: { input_tokens: 1_400, output_tokens: 40 },
  billed_units: { input_tokens: 40, output_tokens: 12 },
};

/** Speaks Cohere's API: asks for the weather, then answers from what the tool has said, and cites it. */
const cohereChat: Reply = (response, _attempt, { body }) => {
  const { messages, tools } = JSON.parse(body) as CohereBody;
  const result = messages.find(({ role }) => role === "tool");
  if (tools?.[0]?.function["name"] !== "get_weather")
    return send(response, { message: "no tools" }, { status: 400 });
  if (!result) {
    const called = { name: "get_weather", arguments: "" };
    const call = { id: "get_weather_1", type: "function", function: called };
    const argument = { tool_calls: { function: { arguments: '{"city":"Oslo"}' } } };
    return send(
      response,
      cohereStream(
        part("tool-plan-delta", { tool_plan: "I will look." }),
        part("tool-call-start", { tool_calls: call }, 0),
        part("tool-call-delta", argument, 0),
        { type: "tool-call-end" },
        end("TOOL_CALL", { usage }),
      ),
    );
  }
  const source = { type: "tool", id: `${String(result["tool_call_id"])}:0`, tool_output: {} };
  const citations = { start: 6, end: 9, text: "4°C", sources: [source], type: "TEXT_CONTENT" };
  return send(
    response,
    cohereStream(
      ...said("It is ", "4°C."),
      part("citation-start", { citations }, 0),
      end("COMPLETE", { usage }),
    ),
  );
};

/** The same over chat completions. */
const chat: Reply = (response, _attempt, { body }) => {
  const { messages } = JSON.parse(body) as CohereBody;
  const called = { name: "get_weather", arguments: '{"city":"Oslo"}' };
  return messages.some(({ role }) => role === "tool")
    ? send(response, stream(delta({ content: "It is 4°C." }), finish()))
    : send(
        response,
        stream(piece({ index: 0, id: "get_weather_1", function: called }), finish("tool_calls")),
      );
};

function weatherAgent(model: Model) {
  return new Agent({
    model,
    instructions: "You know the weather.",
    tools: {
      get_weather: tool({
        description: "Weather for a city.",
        inputSchema: z.object({ city: z.string() }),
        execute: ({ city }) => ({ city, temp: "4°C" }),
      }),
    },
  });
}

test("an agent runs over Cohere's own API as over chat completions, by another line", async () => {
  await using native = await serve(cohereChat);
  await using other = await serve(chat);
  const results = [
    await weatherAgent(cohere(older, at(native))).run("Weather in Oslo?"),
    await weatherAgent(chatCompletions({ model: older, baseURL: other.baseURL })).run(
      "Weather in Oslo?",
    ),
  ];
  for (const result of results) {
    expect(result.status).toBe("completed");
    expect(result.text).toBe("It is 4°C.");
    expect(result.messages.map(({ role }) => role)).toEqual([
      "user",
      "assistant",
      "tool",
      "assistant",
    ]);
  }
  expect(results[0]?.citations).toEqual([
    { start: 6, end: 9, text: "4°C", sources: [{ id: "get_weather_1:0" }] },
  ]);
  expect(results[0]?.usage).toMatchObject({
    inputTokens: 2_800,
    outputTokens: 80,
    billedInputTokens: 80,
    billedOutputTokens: 24,
  });
  const [, second] = native.received.map(({ body }) => JSON.parse(body) as CohereBody);
  expect(second?.messages).toEqual([
    { role: "system", content: "You know the weather." },
    { role: "user", content: "Weather in Oslo?" },
    {
      role: "assistant",
      tool_plan: "I will look.",
      tool_calls: [
        {
          id: "get_weather_1",
          type: "function",
          function: { name: "get_weather", arguments: '{"city":"Oslo"}' },
        },
      ],
    },
    {
      role: "tool",
      tool_call_id: "get_weather_1",
      content: [{ type: "document", document: { data: { city: "Oslo", temp: "4°C" } } }],
    },
  ]);
});
