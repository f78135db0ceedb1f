import { checkCount } from "../count.ts";
import { checkOptions } from "../options.ts";
import type { Scope } from "../scope.ts";
import type { Tool, ToolOptions } from "../tool.ts";
import { isSearchResult } from "../tool-search/found-tools.ts";
import { readResult, readResultName } from "./read-result.ts";
import { resultId, type ResultStore } from "./result-store.ts";
import { opening } from "./shortened.ts";

/**
 * What becomes of large results: they are kept aside, and the model reads their beginning and, with the tool `read_result`, as
 * much more as it likes.
 */
export interface OffloadOptions {
  /** Where they are kept: `memoryResults()`, or any object with `put` and `get`. */
  readonly store: ResultStore;
  /**
   * How long a result may be that is given to the model as it is, in bytes of UTF-8; at least 4096.
   *
   * @defaultValue 32,768
   */
  readonly bytes?: number | undefined;
}

/** Checked options of offloading. */
export interface Offload {
  readonly store: ResultStore;
  readonly bytes: number;
}

/** @throws TypeError for wrong options. */
export function readOffload(where: string, given: OffloadOptions | undefined): Offload | undefined {
  if (given === undefined) return undefined;
  checkOptions(`${where}: "offload"`, given, ["store", "bytes"]);
  const { store, bytes = 32 * 1024 } = given;
  checkCount(where, ["offload.bytes", bytes], { least: 4096 });
  const { put, get } = Object(store) as Partial<ResultStore>;
  if (typeof put !== "function" || typeof get !== "function")
    throw new TypeError(
      `${where}: "offload.store" must have "put" and "get", such as memoryResults().`,
    );
  return { store, bytes };
}

/**
 * The tools of an agent, with the one that reads what is kept aside.
 *
 * @throws TypeError when another has its name.
 */
export function withReadResult(
  tools: ReadonlyMap<string, Tool>,
  offload: Offload | undefined,
): ReadonlyMap<string, Tool> {
  if (!offload || tools.size === 0) return tools;
  if (tools.has(readResultName))
    throw new TypeError(
      `Agent: with "offload" no tool of yours can be named "${readResultName}"; give it another name.`,
    );
  return new Map([...tools, [readResultName, readResult(offload.store)]]);
}

/** How much of a result the model reads at once, in characters. */
const openingLength = 2048;

/** What the model reads of a result: its text, or the beginning of one that is kept aside. */
export async function offloaded(
  text: string,
  { store, bytes }: Offload,
  call: Pick<ToolOptions, "callId" | "runId" | "toolName"> & {
    readonly scope: Pick<Scope, "race">;
  },
): Promise<string> {
  // A character is at most three bytes of UTF-8 per UTF-16 unit, so short texts need no count.
  if (text.length * 3 <= bytes || Buffer.byteLength(text) <= bytes) return text;
  // Tools that were found are offered as far as their names are read in the result.
  if (isSearchResult(call.toolName, text)) return text;
  const first = opening(text, openingLength);
  const cut = `cut: these are the first ${first.length} of ${text.length} characters`;
  const isKept = await kept(call.scope, () => store.put(resultId(call.runId, call.callId), text));
  const way = isKept
    ? `read on with ${readResultName}({ "id": ${JSON.stringify(call.callId)}, "offset": ${first.length} })`
    : "the rest could not be kept; ask for less at a time";
  return `${first}\n[${cut}; ${way}]`;
}

/** A tool that has done its work has not failed because its result could not be kept. */
async function kept(scope: Pick<Scope, "race">, put: () => void | Promise<void>): Promise<boolean> {
  try {
    await scope.race(Promise.resolve(put()));
    return true;
  } catch {
    return false;
  }
}
