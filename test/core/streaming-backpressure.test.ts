import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";

import { Agent, type AgentEvent, tool } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";
import { z } from "zod";

import { delta, events, finish, piece, serve, stream } from "../models/server.ts";

const megabyte = 1024 * 1024;
const text = events(delta({ content: "x".repeat(64 * 1024) }));
const opening = events(
  piece({ index: 0, id: "c", function: { name: "say", arguments: '{"a":"' } }),
);
const argument = events(piece({ index: 0, function: { arguments: "x".repeat(64 * 1024) } }));

/** Writes a stream of 100 MB as fast as it is taken. */
function flood(first: string, block: string): (response: ServerResponse) => Promise<void> {
  return (response) =>
    pipeline(Readable.from(blocks(first, block), { objectMode: false }), response).catch(() => {});
}

function* blocks(first: string, block: string): Generator<string> {
  yield first || block;
  for (let sent = 0; sent < 100 * megabyte; sent += block.length) yield block;
  yield stream(finish());
}

const say = tool({
  description: "Say it",
  inputSchema: z.object({ a: z.string() }),
  execute: () => "said",
});

const floods = [
  { of: "text", until: "text-delta", reply: flood("", text) },
  { of: "a call's arguments", until: "tool-input-delta", reply: flood(opening, argument) },
] as const;

test.each(floods)("a run that is not read any further pulls no more of $of", async (each) => {
  await using server = await serve(each.reply);
  const model = chatCompletions({ baseURL: server.baseURL, model: "m" });
  const agent = new Agent({ model, tools: { say } });
  const reading = agent.stream("Go.")[Symbol.asyncIterator]();
  await readUntil(reading, each.until);
  await sleep(400);
  const pulled = takenFrom(server.sockets[0]);
  await sleep(200);
  expect(pulled).toBeLessThan(8 * megabyte);
  expect(takenFrom(server.sockets[0])).toBe(pulled);
  await reading.return?.();
});

test("a run whose observers are slow, and that has no reader, is not slowed", async () => {
  const agent = new Agent({ model: scripted(["One two three."]) });
  let observed = 0;
  agent.on("text-delta", async () => {
    await sleep(1_000);
    observed++;
  });
  const startedAt = performance.now();
  expect(await agent.stream("Go.").result).toMatchObject({ status: "completed" });
  expect(performance.now() - startedAt).toBeLessThan(500);
  expect(observed).toBe(0);
});

test("a tool that yields faster than the run is read waits for the reader", async () => {
  let yielded = 0;
  const count = tool({
    description: "Count",
    inputSchema: z.object({}),
    execute: async function* () {
      for (; yielded < 1_000; yielded++) yield yielded;
      return "counted";
    },
  });
  const model = scripted([{ toolCalls: [{ name: "count" }, { name: "count" }] }, "Done."]);
  const reading = new Agent({ model, tools: { count } }).stream("Go.")[Symbol.asyncIterator]();
  for (let read = 0; read < 5; read++) await readUntil(reading, "tool-progress");
  await sleep(20);
  expect(yielded).toBeLessThan(12);
  await reading.return?.();
});

/** Reads up to the first event of a type, and no further. */
async function readUntil(
  reading: AsyncIterator<AgentEvent, unknown>,
  type: AgentEvent["type"],
): Promise<void> {
  for (let next = await reading.next(); !next.done; next = await reading.next())
    if (next.value.type === type) return;
  throw new Error(`There is no "${type}".`);
}

/** What a socket has handed to the system, without what waits in the process. */
function takenFrom(
  socket: { readonly bytesWritten: number; readonly writableLength: number } | undefined,
): number {
  return socket ? socket.bytesWritten - socket.writableLength : 0;
}
