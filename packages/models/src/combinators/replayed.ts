import type { Model, ModelEvent, ModelRequest } from "@pawl/core";

import { type Cassette, type CassetteEntry, readCassette } from "./cassette.ts";
import { checkFile } from "./check-given.ts";
import { comparableRequest, stableJson } from "./comparable-request.ts";
import { newIds, withIds } from "./kept-answer.ts";
import { nearestDifference } from "./request-difference.ts";

/**
 * A model that gives the answers of a file that {@link recorded} made, offline: to each request the answer that was given to
 * the same request, the first one first where it was made several times, so that runs may go on side by side. A request that
 * is not in the file fails with a sentence that says what differs. The file is read when it is first needed.
 *
 * @throws TypeError when it is given no file; when first asked, an Error if there is no such file or it is no recording.
 */
export function replayed(file: string): Model {
  checkFile("replayed", file);
  let recording: Recording | undefined;
  const open = (): Recording => (recording ??= new Recording(file));
  return {
    get id() {
      return open().header.model;
    },
    get capabilities() {
      return open().header.capabilities;
    },
    async *respond(request) {
      request.signal.throwIfAborted();
      const { events, answer, error } = open().take(request);
      const ids = answer ? newIds(answer, request.messages) : new Map<string, string>();
      for (const event of events) {
        if (!request.isWatched && event.type !== "text-delta") continue;
        yield withId(event, ids);
        request.signal.throwIfAborted();
      }
      if (answer) return withIds(answer, ids);
      throw error;
    },
  };
}

class Recording {
  readonly #file: string;
  readonly #cassette: Cassette;
  readonly #left = new Map<string, CassetteEntry[]>();

  constructor(file: string) {
    this.#file = file;
    this.#cassette = readCassette("replayed", file);
    for (const entry of this.#cassette.entries) {
      const key = stableJson(entry.request);
      const same = this.#left.get(key);
      if (same) same.push(entry);
      else this.#left.set(key, [entry]);
    }
  }

  get header(): Cassette["header"] {
    return this.#cassette.header;
  }

  /** The next answer that was given to this request. */
  take(request: ModelRequest): CassetteEntry {
    const asked = comparableRequest(request);
    const same = this.#left.get(stableJson(asked));
    const entry = same?.shift();
    if (entry) return entry;
    const left = [...this.#left.values()].flat().map((each) => each.request);
    const why = same
      ? "it was made less often when it was recorded"
      : (nearestDifference(asked, left) ?? "all answers in it were given");
    throw new Error(
      `replayed: "${this.#file}" has no answer to this request: ${why}. Delete the file and record again, with recorded(model, "${this.#file}").`,
    );
  }
}

function withId(event: ModelEvent, ids: ReadonlyMap<string, string>): ModelEvent {
  return "callId" in event ? { ...event, callId: ids.get(event.callId) ?? event.callId } : event;
}
