import { Agent, type AgentEvent, type ModelEvent, tool } from "@pawl/core";
import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";
import { z } from "zod";

import { ask, delta, finish, hello, piece, send, serve, stream } from "./server.ts";

test.each([
  ["of one that is mended at its end", call("functions.add", '{"a":1}'), ["a"]],
  ["of several glued together", call("add", '{"a":1}{"a":2}'), ["a", "a_2"]],
  [
    "of those inside an envelope",
    call(
      "multi_tool_use.parallel",
      '{"tool_uses":[{"recipient_name":"add"},{"recipient_name":"now"}]}',
    ),
    ["a_1", "a_2"],
  ],
  ["of an unknown tool", call("sub", "{}"), ["a"]],
  ["of arguments that cannot be read", call("add", '{"a":'), ["a"]],
])("each call has its own beginning and end in the events: %s", async (_name, written, wanted) => {
  const { events, message } = await answerOf(stream(piece(written), finish("tool_calls")));

  expect(message?.toolCalls?.map(({ id }) => id)).toEqual(wanted);
  expect(idsOf(events, "tool-input-start")).toEqual(wanted);
  expect(idsOf(events, "tool-input-end")).toEqual(wanted);
});

test("the text before a call is told before it, and that after it after it", async () => {
  const { events } = await answerOf(
    stream(
      delta({ content: "Be" }),
      delta({ content: "fore" }),
      piece(call("add", '{"a":')),
      delta({ content: "Between" }),
      piece({ index: 0, function: { arguments: "1}" } }),
      finish(),
    ),
  );

  expect(events.map((each) => ("text" in each ? each.text : each.type))).toEqual([
    "Before",
    "tool-input-start",
    '{"a":',
    "Between",
    "1}",
    "tool-input-end",
  ]);
});

test("what was mended in a call is on its event", async () => {
  const broken = stream(piece(call("functions.add", '```json\n{"a":1,}\n```')), finish());
  await using server = await serve((response, attempt) =>
    send(response, attempt === 1 ? broken : hello),
  );
  const model = chatCompletions({ baseURL: server.baseURL, model: "m" });
  const inputs: unknown[] = [];
  const add = tool({
    description: "Add",
    inputSchema: z.object({ a: z.number() }),
    execute: (input) => inputs.push(input),
  });
  const events: AgentEvent[] = [];
  for await (const event of new Agent({ model, tools: { add } }).stream("Add.")) events.push(event);

  expect(events.find(({ type }) => type === "tool-call")).toMatchObject({
    toolName: "add",
    repairs: ["name", "fence", "trailing-comma"],
  });
  expect(inputs).toEqual([{ a: 1 }]);
});

test("a call that is right as it is has nothing mended, and nothing of the provider's own", async () => {
  const { message } = await answerOf(stream(piece(call("add", '{"a":1}')), finish()));

  expect(message?.toolCalls).toStrictEqual([{ id: "a", name: "add", input: { a: 1 } }]);
});

test("fields of the provider's own are kept with the call, from whichever piece they come", async () => {
  const signed = { ...call("add", '{"a":'), extra_content: { google: { thought_signature: "x" } } };
  const rest = { index: 0, function: { arguments: "1}" }, cache_control: { type: "ephemeral" } };
  const { message } = await answerOf(stream(piece(signed), piece(rest), finish()));

  expect(message?.toolCalls?.[0]?.extra).toEqual({
    extra_content: { google: { thought_signature: "x" } },
    cache_control: { type: "ephemeral" },
  });
});

function call(name: string, text: string): object {
  return { index: 0, id: "a", type: "function", function: { name, arguments: text } };
}

function idsOf(events: readonly ModelEvent[], type: ModelEvent["type"]): unknown[] {
  return events.flatMap((each) => (each.type === type && "callId" in each ? [each.callId] : []));
}

async function answerOf(body: string) {
  await using server = await serve((response) => send(response, body));
  return await ask(chatCompletions({ baseURL: server.baseURL, model: "m", maxRetries: 0 }));
}
