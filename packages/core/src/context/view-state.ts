import type { Summary } from "./summary.ts";
import type { Scale } from "./token-estimate.ts";

/** How what a model sees of a conversation differs from the conversation itself, as plain JSON. */
export interface ViewState {
  /** Where the results are that are shortened, and how many characters are left of each. */
  readonly cuts: ReadonlyArray<readonly [index: number, length: number]>;
  readonly summary?: Summary | undefined;
  /** How many summaries were asked for. */
  readonly attempts: number;
  /** How many messages there have to be before the next one is. */
  readonly notBefore: number;
  /** How many messages there were when it was changed last, and what was known of the real size of estimated tokens. */
  readonly changed?: { readonly at: number; readonly scale: Scale } | undefined;
}

/** Whether a state read from JSON is whole; there may be none. */
export function isViewState(given: unknown): boolean {
  if (given === undefined) return true;
  const { cuts, summary, attempts, notBefore, changed } = Object(given) as ViewState;
  return (
    [attempts, notBefore].every(Number.isInteger) &&
    Array.isArray(cuts) &&
    cuts.every((each) => Array.isArray(each) && each.every((n) => Number.isInteger(n) && n >= 0)) &&
    (summary === undefined || isSummary(summary)) &&
    (changed === undefined || isChange(changed))
  );
}

function isSummary(given: unknown): boolean {
  const { upTo, text, isRequestKept } = Object(given) as Summary;
  return Number.isInteger(upTo) && typeof text === "string" && typeof isRequestKept === "boolean";
}

function isChange(given: unknown): boolean {
  const { at, scale } = Object(given) as NonNullable<ViewState["changed"]>;
  const { ratio, offset } = Object(scale) as Scale;
  return [at, ratio, offset].every(Number.isFinite);
}
