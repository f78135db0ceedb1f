import type { Message } from "@pawl/core";
import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

import { ask, bodiesOf, hello, send, serve } from "./server.ts";

test("a message is turned into JSON once in the life of a run", async () => {
  const counted = countingMessages(20);
  const run = { id: "run" };
  const steps = counted.messages.map((_, step) => ({
    run,
    messages: counted.messages.slice(0, step + 1),
  }));
  const bodies = await bodiesOf(steps);
  expect(bodies.at(-1)?.messages).toHaveLength(20);
  expect(bodies.at(-1)?.messages[7]).toEqual({ role: "user", content: "message 7" });
  expect(counted.reads()).toEqual(counted.messages.map(() => 1));
});

test("another attempt turns nothing into JSON again", async () => {
  const counted = countingMessages(3);
  await using server = await serve((response, attempt) =>
    attempt < 3
      ? send(response, "", { status: 503, headers: { "retry-after": "0" } })
      : send(response, hello),
  );
  await ask(chatCompletions({ baseURL: server.baseURL, model: "m" }), counted);
  expect(server.received).toHaveLength(3);
  expect(new Set(server.received.map(({ body }) => body)).size).toBe(1);
  expect(counted.reads()).toEqual([1, 1, 1]);
});

test("what is kept of one run does not reach another", async () => {
  const mine: Message = { role: "user", content: "mine" };
  const runs = [{ id: "same" }, { id: "same" }] as const;
  const changed: Message = { ...mine };
  const bodies = await bodiesOf([
    { run: runs[0], messages: [mine], instructions: "One." },
    { run: runs[1], messages: [changed] },
    { run: runs[0], messages: [mine, changed], tools: [] },
  ]);
  expect(bodies.map(({ messages }) => messages.map(({ content }) => content))).toEqual([
    ["One.", "mine"],
    ["mine"],
    ["mine", "mine"],
  ]);
  expect(bodies.map((body) => body.tools?.length)).toEqual([2, 2, undefined]);
});

/** Messages that count how often their content is read. */
function countingMessages(length: number): { messages: Message[]; reads: () => number[] } {
  const reads = Array.from({ length }, () => 0);
  const messages = reads.map((_, index): Message => ({
    role: "user",
    get content() {
      reads[index] = (reads[index] ?? 0) + 1;
      return `message ${index}`;
    },
  }));
  return { messages, reads: () => reads };
}
