import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

import { Agent, tool } from "@pawl/core";
import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";
import { z } from "zod";

import { delta, events, finish, piece, serve, stream, until } from "../models/server.ts";

const call = { id: "c", function: { name: "fetch_page", arguments: '{"a":' } };
const text = events(delta({ content: "One" }));
const begun = events(piece({ index: 0, ...call }));

/** Writes the beginning of an answer, then a little more now and then, and never an end. */
function trickle(first: string, more: string): (response: ServerResponse) => Promise<void> {
  return async (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(first);
    while (!response.destroyed) {
      await sleep(10);
      response.write(more);
    }
  };
}

function fetchPage(url: string) {
  return tool({
    name: "fetch_page",
    description: "Fetch a page",
    inputSchema: z.object({}),
    execute: async (_, { progress, signal }) => {
      const response = await fetch(url, { signal });
      progress("begun");
      return await response.text();
    },
  });
}

const answers = [
  { in: "text", at: "text-delta", reply: trickle(text, text) },
  {
    in: "a call",
    at: "tool-input-start",
    reply: trickle(begun, events(piece({ index: 0, function: { arguments: "1" } }))),
  },
] as const;

test.each(answers)("leaving the loop in $in closes the socket at once", async (each) => {
  await using server = await serve(each.reply);
  const model = chatCompletions({ baseURL: server.baseURL, model: "m" });
  const agent = new Agent({ model, tools: [fetchPage("")] });
  const watched = agent.stream("Go.");
  let leftAt = 0;
  for await (const { type } of watched)
    if (type === each.at) {
      leftAt = performance.now();
      break;
    }
  expect(performance.now() - leftAt).toBeLessThan(50);
  await until(() => server.closedAt.length > 0);
  expect((server.closedAt[0] ?? Infinity) - leftAt).toBeLessThan(100);
  expect(await watched.result).toMatchObject({ status: "aborted" });
});

test("leaving the loop during a tool's work closes the tool's socket at once", async () => {
  await using page = await serve(trickle(text, text));
  await using server = await serve((response) =>
    response.end(
      stream(
        piece({ index: 0, ...call, function: { ...call.function, arguments: "{}" } }),
        finish("tool_calls"),
      ),
    ),
  );
  const model = chatCompletions({ baseURL: server.baseURL, model: "m" });
  const watched = new Agent({ model, tools: [fetchPage(page.baseURL)] }).stream("Go.");
  let leftAt = 0;
  for await (const { type } of watched)
    if (type === "tool-progress") {
      leftAt = performance.now();
      break;
    }
  expect(performance.now() - leftAt).toBeLessThan(50);
  await until(() => page.closedAt.length > 0);
  expect((page.closedAt[0] ?? Infinity) - leftAt).toBeLessThan(100);
  expect(server.received).toHaveLength(1);
  expect((await watched.result).messages.at(-1)).toMatchObject({ role: "tool", isError: true });
});

test("leaving the loop inside a subagent's answer closes its socket at once", async () => {
  await using inner = await serve(trickle(text, text));
  const task = { name: "expert", arguments: '{"task":"Do it."}' };
  await using server = await serve((response) =>
    response.end(stream(piece({ index: 0, id: "c", function: task }), finish("tool_calls"))),
  );
  const expert = new Agent({
    name: "expert",
    model: chatCompletions({ baseURL: inner.baseURL, model: "m" }),
  }).asTool({ name: "expert", description: "An expert" });
  const model = chatCompletions({ baseURL: server.baseURL, model: "m" });
  let leftAt = 0;
  for await (const event of new Agent({ model, tools: [expert] }).stream("Go."))
    if (event.type === "tool-progress" && Object(event.value).type === "text-delta") {
      leftAt = performance.now();
      break;
    }
  expect(performance.now() - leftAt).toBeLessThan(50);
  await until(() => inner.closedAt.length > 0);
  expect((inner.closedAt[0] ?? Infinity) - leftAt).toBeLessThan(100);
});
