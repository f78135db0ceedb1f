import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

import type { JsonObject } from "./json.ts";

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

/** Writes pieces of an event stream no faster than the client reads them; stops when the client has gone. */
export async function writeSse(
  response: ServerResponse,
  pieces: Iterable<string>,
  { delayMs, signal }: SseOptions,
): Promise<void> {
  let isFirst = true;
  for (const piece of pieces) {
    if (!isFirst && delayMs > 0) await sleep(delayMs, undefined, { signal });
    isFirst = false;
    signal.throwIfAborted();
    if (!response.write(piece)) await once(response, "drain", { signal });
  }
}
