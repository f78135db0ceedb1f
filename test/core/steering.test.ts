import { setTimeout as sleep } from "node:timers/promises";

import { Agent, tool, type AgentStream } from "@pawl/core";
import { scripted, type ScriptedTurn } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

/** An agent whose tool `look` says something to the run, and whose `ask` needs a person. */
function steered(turns: readonly (string | ScriptedTurn)[], said: string) {
  let stream: AgentStream | undefined;
  const nothing = z.object({});
  const look = tool({
    description: "Look",
    inputSchema: nothing,
    execute: () => stream?.steer(said),
  });
  const ask = tool({
    description: "Ask",
    inputSchema: nothing,
    needsApproval: true,
    execute: () => "asked",
  });
  const model = scripted(turns);
  const agent = new Agent({ model, tools: { look, ask } });
  const watch = (): AgentStream => (stream = agent.stream("Go.") as unknown as AgentStream);
  return { agent, model, watch };
}

test("what is said to a run is read with the next request, after the results of the step", async () => {
  const turns = [{ toolCalls: [{ name: "look" }, { name: "look" }] }, "Done."];
  const { watch, model } = steered(turns, "Hurry.");
  const events: unknown[] = [];

  for await (const event of watch()) if (event.type === "steering") events.push(event);

  expect(model.requests[1]?.messages.map(({ role }) => role)).toEqual([
    "user",
    "assistant",
    "tool",
    "tool",
    "user",
    "user",
  ]);
  expect(model.requests[1]?.messages.at(-1)).toEqual({ role: "user", content: "Hurry." });
  expect(events).toMatchObject([{ messages: [{ content: "Hurry." }, { content: "Hurry." }] }]);
});

test("a run that would be over goes on for what was said during its last answer", async () => {
  const { watch, model } = steered(["First.", "Second."], "");
  const stream = watch();
  for await (const event of stream)
    if (event.type === "text-delta" && event.text === "First.") stream.steer("And then?");

  expect(await stream.text).toBe("Second.");
  expect(model.requests[1]?.messages.map(({ content }) => content)).toEqual([
    "Go.",
    "First.",
    "And then?",
  ]);
});

test("what a paused run has not heard waits in its state", async () => {
  const turns = [{ toolCalls: [{ name: "look" }, { name: "ask" }] }, "Done."];
  const { agent, watch, model } = steered(turns, "By the way.");
  const { state } = await watch().result;

  const decisions = [{ callId: "call-2", approve: true }];
  const result = await agent.resume(JSON.parse(JSON.stringify(state)), { decisions });

  expect(state.steering).toEqual([{ role: "user", content: "By the way." }]);
  expect(result.status).toBe("completed");
  expect(result.state.steering).toBeUndefined();
  expect(model.requests[1]?.messages.at(-1)).toEqual({ role: "user", content: "By the way." });
});

test("a run that is over says that it does not hear", async () => {
  const { watch } = steered(["Done."], "");
  const stream = watch();
  await stream.result;

  expect(stream.steer("Wait!")).toBe(false);
});

test("a run whose end is being told does not hear any more", async () => {
  const { watch } = steered(["Done."], "");
  const stream = watch();
  let isHeard = true;
  for await (const event of stream) if (event.type === "finish") isHeard = stream.steer("Wait!");

  expect(isHeard).toBe(false);
});

test("a run that ended for another reason keeps what it did not hear", async () => {
  const { watch } = steered([{ text: "Let me think", delayMs: 1000 }], "");
  const stream = watch();
  setTimeout(() => stream.steer("Stop thinking."), 5);
  for await (const event of stream) {
    if (event.type !== "step-start") continue;
    await sleep(20);
    break;
  }

  const { state, status } = await stream.result;
  expect(status).toBe("aborted");
  expect(state.steering).toEqual([{ role: "user", content: "Stop thinking." }]);
});

test("what is no word of a user's is refused", () => {
  const stream = steered([], "").watch();

  expect(() => stream.steer("")).toThrow("steer: takes a text that is not empty");
  expect(() => stream.steer({ role: "system", content: "x" } as never)).toThrow("steer: takes");
  expect(() => stream.steer(7 as never)).toThrow("steer: the message needs");
});
