import type { AssistantMessage } from "@pawl/core";
import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

import { ask, delta, finish, send, serve, stream, whole } from "./server.ts";

const calls = [{ index: 0, id: "a", function: { name: "add", arguments: '{"a":1}' } }];
const wantedCalls = [{ id: "a", name: "add", input: { a: 1 } }];

/** A chunk that says `message` where the protocol says `delta`. */
function message(fields: object, finish_reason: string | null = null): object {
  return { choices: [{ index: 0, message: fields, finish_reason }] };
}

const forms: readonly (readonly [string, string | object, Partial<AssistantMessage>])[] = [
  [
    "messages in place of deltas, each with a piece",
    stream(message({ content: "Hel" }), message({ content: "lo" }), message({}, "stop")),
    { content: "Hello" },
  ],
  [
    "messages in place of deltas, and the whole at the end",
    stream(message({ content: "Hel" }), message({ content: "Hello" }, "stop")),
    { content: "Hello" },
  ],
  [
    "deltas, and the whole at the end, with the calls again",
    stream(
      delta({ content: "Hello", tool_calls: calls }),
      message({ content: "Hello", tool_calls: calls }, "tool_calls"),
    ),
    { content: "Hello", toolCalls: wantedCalls },
  ],
  [
    "a delta and a message in one chunk",
    stream({
      choices: [
        { delta: { content: "Hello" }, message: { content: "Hello" }, finish_reason: "stop" },
      ],
    }),
    { content: "Hello" },
  ],
  [
    "content as a list of parts",
    stream(delta({ content: [{ type: "text", text: "Hel" }] }), delta({ content: "lo" }), finish()),
    { content: "Hello" },
  ],
  [
    "thinking among the parts of the content",
    whole({
      content: [
        { type: "thinking", thinking: [{ type: "text", text: "Hm." }] },
        { type: "text", text: "Hello" },
      ],
    }),
    { content: "Hello", reasoning: "Hm." },
  ],
  [
    "the old form of one call",
    stream(
      delta({ function_call: { name: "add", arguments: '{"a":' } }),
      delta({ function_call: { arguments: "1}" } }),
      finish("function_call"),
    ),
    {
      toolCalls: [{ id: expect.stringMatching(/^call_/), name: "add", input: { a: 1 } }],
      finishReason: "tool-calls",
      providerFinishReason: "function_call",
    },
  ],
  [
    "a word of the server's own for the end",
    stream(delta({ content: "Hello" }), finish("eos")),
    { content: "Hello", finishReason: "stop", providerFinishReason: "eos" },
  ],
  [
    "a word of the protocol for the end",
    stream(delta({ content: "Hello" }), finish("length")),
    { content: "Hello", finishReason: "length" },
  ],
];

test.each(forms)("what servers make of a message is understood: %s", async (_name, body, said) => {
  await using server = await serve((response) => send(response, body));
  const model = chatCompletions({ baseURL: server.baseURL, model: "m", maxRetries: 0 });

  const { message: answer, events } = await ask(model);

  const wanted: Partial<AssistantMessage> = { content: "", ...said };
  expect(answer).toMatchObject(wanted);
  expect(answer?.toolCalls).toEqual(wanted.toolCalls);
  expect(answer?.providerFinishReason).toBe(wanted.providerFinishReason);
  expect(events.map((each) => (each.type === "text-delta" ? each.text : "")).join("")).toBe(
    wanted.content,
  );
});
