import type { Message, ToolCall } from "@pawl/core";
import { expect, test } from "vitest";

import { current, problemsOf } from "./request-schemas.ts";
import { bodiesOf } from "./server.ts";

const call: ToolCall = { id: "call_1", name: "add", input: { a: 1 } };

/** A turn with a result for each call. */
function turn(calls: readonly ToolCall[], more: object = {}): Message[] {
  return [
    { role: "user", content: "Add." },
    { role: "assistant", content: "", toolCalls: calls, ...more },
    ...calls.map(({ id }) => ({ role: "tool", callId: id, toolName: "add", content: id }) as const),
  ];
}

test("what a provider added to a call is sent back with it, and changes nothing else of it", async () => {
  const signed = { extra_content: { google: { thought_signature: "s" } } };
  const extra = { ...signed, id: "other", type: "custom", function: {} };
  const messages = turn([{ ...call, extra }]);
  const [body] = await bodiesOf([{ messages }]);
  expect(body?.messages[1]?.tool_calls).toEqual([
    { ...signed, id: "call_1", type: "function", function: { name: "add", arguments: '{"a":1}' } },
  ]);
  expect(await problemsOf(current, { messages }, {})).toEqual([]);
});

test("thinking is not sent back, unless it is wanted, and then only with calls", async () => {
  const messages = [...turn([call], { reasoning: "Hm." }), answer({ reasoning: "So." })];
  const [off] = await bodiesOf([{ messages }]);
  expect(JSON.stringify(off)).not.toMatch(/reasoning|Hm|So/);
  const options = { replayReasoning: true };
  const [on] = await bodiesOf([{ messages: [...messages, ...turn([call])] }], options);
  expect(on?.messages.filter((each) => "reasoning_content" in each)).toMatchObject([
    { role: "assistant", reasoning_content: "Hm.", tool_calls: [{ id: "call_1" }] },
  ]);
  expect(await problemsOf(current, { messages }, options)).toEqual([]);
});

test("ids that a server would refuse are written anew, the same on calls and their results", async () => {
  const ids = ["call_1", "call_2", "abcDEF123", "", "é", "abcDEF1234"];
  const messages = turn(ids.map((id) => ({ ...call, id })));
  const wire = await wireIds(messages);
  for (const id of wire.calls) expect(id).toMatch(/^[a-zA-Z0-9]{9}$/);
  expect(new Set(wire.calls).size).toBe(ids.length);
  expect(wire.calls[2]).toBe("abcDEF123");
  expect(wire.results).toEqual(wire.calls.map((id, i) => [id, ids[i]]));
  expect(await wireIds(structuredClone(messages))).toEqual(wire);
});

test("an id stays the same from step to step, and none becomes that of another call", async () => {
  const [first = ""] = (await wireIds(turn([call]))).calls;
  const both = [...turn([call]), ...turn([{ ...call, id: first }])];
  const run = { id: "run" };
  const options = { callIds: "alphanumeric-9" };
  const steps = [
    { run, messages: both.slice(0, 3) },
    { run, messages: both },
    { run, messages: both },
  ];
  const bodies = await bodiesOf(steps, options);
  const sent = bodies.map((body) => body.messages.flatMap((each) => each.tool_calls ?? []));
  const ids = sent.map((calls) => calls.map((each) => (each as { id?: string }).id));
  expect(ids[0]).toEqual([first]);
  expect(ids[1]?.[0]).toBe(first);
  expect(ids[1]?.[1]).toMatch(/^[a-z0-9]{9}$/);
  expect(ids[1]?.[1]).not.toBe(first);
  expect(ids[2]).toEqual(ids[1]);
});

test("results stay in the order in which they were given", async () => {
  const [user, calls, one, two] = turn([call, { ...call, id: "call_2" }]);
  const messages = [user, calls, two, one].filter((each) => each !== undefined);
  const [body] = await bodiesOf([{ messages }]);
  expect(body?.messages.slice(2).map(({ content }) => content)).toEqual(["call_2", "call_1"]);
});

function answer(more: object): Message {
  return { role: "assistant", content: "2", ...more };
}

async function wireIds(messages: readonly Message[]): Promise<{
  readonly calls: readonly string[];
  readonly results: readonly (readonly unknown[])[];
}> {
  const [body] = await bodiesOf([{ messages }], { callIds: "alphanumeric-9" });
  const sent = (body?.messages ?? []) as unknown as readonly {
    readonly content: unknown;
    readonly tool_call_id?: string;
    readonly tool_calls?: readonly { readonly id: string }[];
  }[];
  return {
    calls: sent.flatMap((each) => each.tool_calls ?? []).map(({ id }) => id),
    results: sent
      .filter((each) => each.tool_call_id !== undefined)
      .map((each) => [each.tool_call_id, each.content]),
  };
}
