import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

import { ModelError } from "@pawl/core";
import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

import { ask, delta, events, finish, type Outcome, send, serve, stream } from "./server.ts";

const halfBill = 'data: {"choices":[],"usage":{"prompt_tok';

/** Sends a text and then breaks the connection. */
async function broken(response: ServerResponse, text: string): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(text);
  // What was written has to be read before the break is, which would overtake it.
  await sleep(20);
  response.destroy();
}

async function outcomeOf(write: (response: ServerResponse) => unknown): Promise<Outcome> {
  await using server = await serve(write);
  return await ask(chatCompletions({ baseURL: server.baseURL, model: "m", maxRetries: 0 }));
}

test.each([
  ["ends", send],
  ["breaks", broken],
])("an answer is whole although its body %s inside of the bill", async (_how, write) => {
  const text = events(delta({ content: "Hello" }), finish()) + halfBill;
  const { message } = await outcomeOf((response) => write(response, text));
  expect(message).toMatchObject({ content: "Hello", usage: { isEstimated: true } });
});

test.each([
  ["text", 'data: {"id":"1","choices":[{"delta":{"content":" wor'],
  ["a call", 'data: { "choices" : [\t{"index":0,"delta":{"tool_calls":[{"func'],
])("an announced end is none when half of %s follows it", async (_name, half) => {
  for (const write of [send, broken]) {
    const text = events(delta({ content: "Hello" }), finish()) + half;
    const { error } = await outcomeOf((response) => write(response, text));
    expect(error).toMatchObject({
      code: "incomplete",
      retryable: true,
      partial: { content: "Hello" },
    });
  }
});

test.each(['data: {"usage":{"prom', 'data: {"meta":{"usa', 'data: {"id":"1","obj', "da"])(
  "what cannot be told from a bill is one: %s",
  async (half) => {
    const text = events(delta({ content: "Hello" }), finish()) + half;
    const { message } = await outcomeOf((response) => send(response, text));
    expect(message?.content).toBe("Hello");
  },
);

test("an answer whose body ends inside of an event before its end was announced is not whole", async () => {
  const text = events(delta({ content: "Hello" })) + halfBill;
  const { error } = await outcomeOf((response) => send(response, text));
  expect(error).toBeInstanceOf(ModelError);
  expect(error).toMatchObject({ code: "protocol", partial: { content: "Hello" } });
});

test("garbage between the announced end and the bill is not passed over", async () => {
  const text = `${events(delta({ content: "Hello" }), finish())}${halfBill}\n\n${stream()}`;
  const { error } = await outcomeOf((response) => send(response, text));
  expect(error).toMatchObject({ code: "protocol" });
});

test("what follows [DONE] is no part of the answer, also in the same packet", async () => {
  const text = stream(delta({ content: "Hello" }), finish());
  const late = events(delta({ content: " again" }), { error: { message: "late" } });
  const { message, events: seen } = await outcomeOf((response) =>
    send(response, `${text}${late}data: {\n\n`),
  );
  expect(message?.content).toBe("Hello");
  expect(seen).toEqual([{ type: "text-delta", text: "Hello" }]);
});
