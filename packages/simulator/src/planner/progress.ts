import { resultOf, type PlannedCall, type ToolResult } from "./conversation.ts";
import { mend } from "./mend.ts";
import type { QuestionPart } from "./question-parts.ts";
import type { ToolProfile } from "./tool-profile.ts";

/** What the planner works with: the tools on offer and all that was gathered. */
export interface Desk {
  readonly tools: readonly ToolProfile[];
  readonly results: readonly ToolResult[];
}

/** How far the work on one part of the question has come. */
export interface Progress {
  readonly part: QuestionPart;
  readonly kind: "arithmetic" | "documents" | "tool" | "unserved";
  /** The calls to make next; none when the part is ready to be answered. */
  readonly calls: readonly PlannedCall[];
  /** What the calls for this part brought. */
  readonly results: readonly ToolResult[];
  /** The arithmetic in the user's words. */
  readonly label?: string | undefined;
  /** To how many decimals its value is to be told. */
  readonly decimals?: number | undefined;
  /** What must be asked of the user, or admitted. */
  readonly note?: string | undefined;
}

/** What came of a call, mended once where its error says how, or that it is still to be made. */
export interface Pursuit {
  readonly calls: readonly PlannedCall[];
  readonly results: readonly ToolResult[];
}

/** Looks a call up among the results; the same call is never made twice. */
export function pursue(call: PlannedCall, part: QuestionPart, desk: Desk): Pursuit {
  const result = resultOf(call, desk.results);
  if (result === undefined) return { calls: [call], results: [] };
  const mended = mend(result, part.text);
  if (mended === undefined) return { calls: [], results: [result] };
  const second = resultOf(mended, desk.results);
  return second === undefined ? { calls: [mended], results: [] } : { calls: [], results: [second] };
}

/** Several pursuits as one. */
export function together(pursuits: readonly Pursuit[]): Pursuit {
  return {
    calls: pursuits.flatMap(({ calls }) => calls),
    results: pursuits.flatMap(({ results }) => results),
  };
}
