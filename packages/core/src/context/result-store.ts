import { checkCount } from "../count.ts";
import { checkOptions } from "../options.ts";
import { escapedName } from "../escaped-name.ts";

/** Where large results are kept. Any storage with keys: a folder, a bucket, a table. */
export interface ResultStore {
  /** Keeps a text under an id of letters, digits, `.`, `_`, `:` and `-`; the same id with the same text may come again. */
  put(id: string, text: string): void | Promise<void>;
  /** The text, or undefined when there is none (any more). */
  get(id: string): string | undefined | Promise<string | undefined>;
}

/** The id of a result: the same on every attempt at its call, and never of another run, whatever a model names. */
export function resultId(runId: string, callId: string): string {
  return `${escapedName(runId)}:${escapedName(callId)}`;
}

/** How much a store in memory keeps. */
export interface MemoryResultsOptions {
  /**
   * How many characters it keeps in all, at least 1; when there are more, those kept longest are forgotten.
   *
   * @defaultValue 67,108,864, which is 64 to 128 MiB
   */
  readonly characters?: number | undefined;
}

/** A store in memory, for runs that do not outlive their process. One store can serve many agents. */
export function memoryResults(options: MemoryResultsOptions = {}): ResultStore {
  checkOptions("memoryResults", options, ["characters"]);
  const { characters = 64 * 1024 * 1024 } = options;
  checkCount("memoryResults", ["characters", characters]);
  const texts = new Map<string, string>();
  let total = 0;
  const forget = (id: string): void => {
    total -= texts.get(id)?.length ?? 0;
    texts.delete(id);
  };
  return {
    async put(id, text) {
      forget(id);
      texts.set(id, text);
      total += text.length;
      for (const oldest of texts.keys()) {
        if (total <= characters) break;
        forget(oldest);
      }
    },
    async get(id) {
      return texts.get(id);
    },
  };
}
