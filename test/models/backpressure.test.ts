import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";

import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

import { delta, events, finish, request, serve, stream } from "./server.ts";

const megabyte = 1024 * 1024;
const block = events(delta({ content: "x".repeat(64 * 1024) }));

/** Writes a stream of 100 MB as fast as the reader takes it. */
async function flood(response: ServerResponse): Promise<void> {
  await pipeline(Readable.from(blocks(), { objectMode: false }), response).catch(() => {});
}

function* blocks(): Generator<string> {
  for (let sent = 0; sent < 100 * megabyte; sent += block.length) yield block;
  yield stream(finish());
}

test("a reader that stops makes the server wait, and memory does not grow", async () => {
  await using server = await serve(flood);
  const answer = chatCompletions({ baseURL: server.baseURL, model: "m" }).respond(request());
  await answer.next();
  const before = process.memoryUsage();
  await sleep(600);
  const pulled = takenFrom(server.sockets[0]);
  const after = process.memoryUsage();
  expect(pulled).toBeGreaterThan(block.length);
  expect(pulled).toBeLessThan(8 * megabyte);
  expect(after.external + after.heapUsed - before.external - before.heapUsed).toBeLessThan(
    8 * megabyte,
  );
  await sleep(200);
  expect(takenFrom(server.sockets[0])).toBe(pulled);
  await answer.return(undefined as never);
});

test("a reader that goes on gets all of it", async () => {
  await using server = await serve(flood);
  const answer = chatCompletions({ baseURL: server.baseURL, model: "m" }).respond(request());
  let read = 0;
  for (let next = await answer.next(); !next.done; next = await answer.next()) {
    read += next.value.type === "text-delta" ? next.value.text.length : 0;
    if (read % 97 === 0) await sleep(1);
  }
  expect(read).toBeGreaterThan(99 * megabyte);
});

/** What a socket has handed to the system, without what waits in the process. */
function takenFrom(
  socket: { readonly bytesWritten: number; readonly writableLength: number } | undefined,
): number {
  return socket ? socket.bytesWritten - socket.writableLength : 0;
}
