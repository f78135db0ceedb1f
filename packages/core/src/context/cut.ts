import type { Message } from "../message.ts";

/** What a cut has to heed. */
export interface CutRules {
  /** Where the messages begin that are not replaced yet: a cut lies behind it. */
  readonly from: number;
  /** How many steps are to be kept behind the cut. */
  readonly keepSteps: number;
  /** How much these may take up; and how much there may be behind the cut when it is more than these. */
  readonly stepsRoom: number;
  readonly room: number;
  /** How much one message takes up. */
  readonly sizeOf: (index: number) => number;
}

/**
 * Where a conversation may be cut in two, so that a summary stands for what is before: in front of an answer or a user's words,
 * never between a call and its results, and never behind the beginning of what the model has to answer to. Undefined where
 * there is no such place.
 */
export function cutFor(messages: readonly Message[], rules: CutRules): number | undefined {
  const last = lastCut(messages);
  let cut: number | undefined;
  let size = 0;
  let steps = 0;
  for (let i = messages.length - 1; i > rules.from; i--) {
    size += rules.sizeOf(i);
    const { role } = messages[i] as Message;
    if (role === "assistant") steps++;
    if (i > last || (role !== "assistant" && role !== "user")) continue;
    if (cut !== undefined && size > (steps <= rules.keepSteps ? rules.stepsRoom : rules.room))
      break;
    cut = i;
  }
  return cut;
}

/** Where the last `count` steps begin. */
export function lastSteps(messages: readonly Message[], count: number): number {
  let left = count;
  for (let i = messages.length - 1; i >= 0; i--)
    if (messages[i]?.role === "assistant" && --left === 0) return i;
  return 0;
}

/** The last answer and its results are kept together with what was said since; of an answer in words, only what was said since. */
function lastCut(messages: readonly Message[]): number {
  const index = messages.findLastIndex(({ role }) => role === "assistant");
  const answer = messages[index];
  const isWords = answer?.role === "assistant" && !answer.toolCalls?.length;
  return isWords && messages[index + 1]?.role === "user" ? index + 1 : index;
}
