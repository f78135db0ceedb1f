import { appendFileSync, existsSync } from "node:fs";

import { type Model, ModelError, type ModelEvent } from "@pawl/core";

import { type CassetteEntry, cassetteLine, cassetteVersion, readCassette } from "./cassette.ts";
import { checkFile, checkModelGiven } from "./check-given.ts";
import { comparableRequest } from "./comparable-request.ts";

/**
 * The model, with each of its answers and failures added to a file that {@link replayed} answers from: for tests that need no
 * network. A file that is there is added to; delete it to record anew. What was aborted, or left before its end, is not
 * recorded. Requests hold no keys, but all that was said is in the file.
 *
 * @throws TypeError when it is given no model or no file; when first asked, an Error if the file is no recording of this model.
 */
export function recorded(model: Model, file: string): Model {
  checkModelGiven("recorded", model);
  checkFile("recorded", file);
  let isOpen = false;
  return {
    get id() {
      return model.id;
    },
    get capabilities() {
      return model.capabilities;
    },
    async *respond(request) {
      if (!isOpen) open(model, file);
      isOpen = true;
      const asked = comparableRequest(request);
      const events: ModelEvent[] = [];
      const answer = model.respond({ ...request, isWatched: true });
      try {
        for (;;) {
          const next = await answer.next();
          if (next.done) {
            add(file, { request: asked, events, answer: next.value });
            return next.value;
          }
          events.push(next.value);
          yield next.value;
        }
      } catch (error) {
        if (error instanceof ModelError && !request.signal.aborted)
          add(file, { request: asked, events, error });
        throw error;
      } finally {
        await answer.return(undefined as never);
      }
    },
  };
}

function open(model: Model, file: string): void {
  if (!existsSync(file)) {
    const { id, capabilities } = model;
    const header = { format: "pawl-cassette", model: id, capabilities } as const;
    appendFileSync(file, cassetteLine({ ...header, version: cassetteVersion }));
    return;
  }
  const { header } = readCassette("recorded", file);
  if (header.model !== model.id)
    throw new Error(
      `recorded: "${file}" is a recording of "${header.model}", and this is "${model.id}": use a file for each model, or delete the file and record again.`,
    );
}

/**
 * At once and not by a promise: answers of several runs cannot get into each other, none waits in a queue when the process
 * ends, and a test can do without the few microseconds.
 */
function add(file: string, entry: CassetteEntry): void {
  appendFileSync(file, cassetteLine(entry));
}
