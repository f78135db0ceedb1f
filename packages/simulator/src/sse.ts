import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";

import type { JsonObject } from "./json.ts";
import type { ScriptedChunk } from "./script.ts";

/** The line that ends an event stream. */
export const doneEvent = "data: [DONE]\n\n";

/** A chunk as one server-sent event. */
export function sseEvent(chunk: JsonObject): string {
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

/** How a stream is written. */
export interface SseOptions {
  /** Milliseconds between two pieces. */
  readonly delayMs: number;
  /** Fires when the client has gone. */
  readonly signal: AbortSignal;
}

/** Writes pieces of a body no faster than the client reads them; stops when the client has gone. */
export async function writePieces(
  response: ServerResponse,
  pieces: Iterable<ScriptedChunk>,
  { delayMs, signal }: SseOptions,
): Promise<void> {
  let isFirst = true;
  for (const piece of pieces) {
    if (typeof piece === "object" && "waitMs" in piece) {
      await pause(piece.waitMs, signal);
      continue;
    }
    if (!isFirst && delayMs > 0) await sleep(delayMs, undefined, { signal });
    isFirst = false;
    signal.throwIfAborted();
    if (!response.write(piece)) await once(response, "drain", { signal });
  }
}

/** A timer of 0 ms waits for one; a turn of the event loop is enough to send what was written. */
async function pause(waitMs: number, signal: AbortSignal): Promise<void> {
  await (waitMs === 0 ? turn(undefined, { signal }) : sleep(waitMs, undefined, { signal }));
}
