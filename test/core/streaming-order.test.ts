import { setTimeout as sleep } from "node:timers/promises";

import { Agent, tool, type AgentEvent } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

const work = tool({
  description: "Work for a while, telling how far it is",
  inputSchema: z.object({ pieces: z.number(), everyMs: z.number() }),
  execute: async function* ({ pieces, everyMs }, { progress }) {
    for (let done = 1; done <= pieces; done++) {
      progress(`before ${done}`);
      await sleep(everyMs);
      yield { done };
    }
    return `${pieces} pieces`;
  },
});

const calls = [
  { id: "slow", name: "work", input: { pieces: 3, everyMs: 9 } },
  { id: "quick", name: "work", input: { pieces: 5, everyMs: 1 } },
  { id: "middling", name: "work", input: { pieces: 4, everyMs: 4 } },
];

async function watched(concurrency: number): Promise<{
  readonly events: readonly AgentEvent[];
  readonly answered: readonly unknown[];
}> {
  const model = scripted([{ toolCalls: calls }, "Done."]);
  const agent = new Agent({ model, tools: { work }, toolConcurrency: concurrency });
  const stream = agent.stream("Go.");
  const events: AgentEvent[] = [];
  for await (const event of stream) events.push(event);
  const { messages } = await stream.result;
  const answered = messages.flatMap((each) => (each.role === "tool" ? [each.callId] : []));
  return { events, answered };
}

test.each([1, 2, 8])(
  "with %i at once each call's events are complete and in order, and results are in call order",
  async (concurrency) => {
    const { events, answered } = await watched(concurrency);
    for (const { id, input } of calls) {
      const of = events.filter((event) => "callId" in event && event.callId === id);
      const numbers = Array.from({ length: input.pieces }, (_, i) => i + 1);
      expect(
        of.map((event) => (event.type === "tool-progress" ? event.value : event.type)),
      ).toEqual([
        "tool-input-start",
        "tool-input-delta",
        "tool-input-end",
        "tool-call",
        "tool-start",
        ...numbers.flatMap((done) => [`before ${done}`, { done }]),
        "tool-end",
        "tool-result",
      ]);
    }
    expect(answered).toEqual(calls.map(({ id }) => id));
  },
);

test("calls that work side by side are told of as they go on, not one after another", async () => {
  const { events } = await watched(8);
  const ends = events.flatMap((event) => (event.type === "tool-end" ? [event.callId] : []));
  expect(ends).toEqual(["quick", "middling", "slow"]);
  const firstOfSlow = events.findIndex((e) => e.type === "tool-progress" && e.callId === "slow");
  const endOfQuick = events.findIndex((e) => e.type === "tool-end" && e.callId === "quick");
  expect(firstOfSlow).toBeLessThan(endOfQuick);
});
