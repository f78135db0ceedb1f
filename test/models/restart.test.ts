import { Agent, type AgentEvent, tool } from "@pawl/core";
import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";
import { z } from "zod";

import { delta, events, finish, hello, piece, send, serve, stream } from "./server.ts";

test("a stream that is cut after it was seen begins anew, and the attempts share one id", async () => {
  await using server = await serve((response, attempt) => {
    if (attempt > 1) return send(response, hello);
    response.writeHead(200, { "content-type": "text/event-stream" });
    return response.write(events(delta({ content: "Half" })), () => response.destroy());
  });
  const seen: AgentEvent[] = [];
  const run = new Agent({ model: modelOf(server.baseURL) }).stream("Go.");
  for await (const event of run) seen.push(event);
  const { status, text, runId } = await run.result;

  expect({ status, text }).toEqual({ status: "completed", text: "Hello" });
  expect(seen.map((each) => (each.type === "text-delta" ? each.text : each.type))).toEqual([
    "start",
    "step-start",
    "Half",
    "reset",
    "Hello",
    "step-finish",
    "finish",
  ]);
  expect(server.received.map(({ headers }) => headers["x-client-request-id"])).toEqual([
    `${runId}.1`,
    `${runId}.1.a2`,
  ]);
});

test("a call that was cut is not run; the one of the new beginning is, once", async () => {
  const start = { index: 0, id: "a", function: { name: "pay", arguments: '{"amount":1' } };
  const whole = { ...start, function: { name: "pay", arguments: '{"amount":100}' } };
  await using server = await serve((response, attempt) => {
    if (attempt === 2) return send(response, stream(piece(whole), finish("tool_calls")));
    if (attempt > 2) return send(response, hello);
    return send(response, events(piece(start)));
  });
  const paid: number[] = [];
  const pay = tool({
    description: "Pay",
    inputSchema: z.object({ amount: z.number() }),
    execute: ({ amount }) => paid.push(amount),
  });
  const run = new Agent({ model: modelOf(server.baseURL), tools: { pay } }).stream("Pay.");
  const resets: AgentEvent[] = [];
  for await (const event of run) if (event.type === "reset") resets.push(event);

  expect((await run.result).status).toBe("completed");
  expect(paid).toEqual([100]);
  expect(resets).toHaveLength(1);
});

test("an error in the middle of an answer begins anew only if it may pass", async () => {
  const outcomes = [];
  for (const code of [502, 400]) {
    const failed = events(delta({ content: "Half" }), { error: { code, message: "No." } });
    await using server = await serve((response, attempt) =>
      send(response, attempt === 1 ? failed : hello),
    );
    const { status, text } = await new Agent({ model: modelOf(server.baseURL) }).run("Go.");
    outcomes.push([code, status, text]);
  }

  expect(outcomes).toEqual([
    [502, "completed", "Hello"],
    [400, "failed", "Half"],
  ]);
});

test("the run's budget bounds the adapter's retries too, over all its requests", async () => {
  await using server = await serve((response) =>
    send(
      response,
      { error: { message: "Later." } },
      { status: 503, headers: { "retry-after-ms": "1" } },
    ),
  );
  const model = chatCompletions({ baseURL: server.baseURL, model: "m", maxRetries: 5 });
  const { status } = await new Agent({ model, retryBudget: 2 }).run("Go.");

  expect({ status, asked: server.received.length }).toEqual({ status: "failed", asked: 3 });
});

function modelOf(baseURL: string) {
  return chatCompletions({ baseURL, model: "m", maxRetries: 0 });
}
