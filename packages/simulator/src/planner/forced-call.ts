import type { ChatRequest } from "../chat-request.ts";
import { resultOf, type PlannedCall } from "./conversation.ts";
import { fillArguments, guessValue } from "./fill-arguments.ts";
import { matchTools } from "./match-tool.ts";
import type { Desk } from "./progress.ts";
import { wholePart } from "./question-parts.ts";
import type { ToolProfile } from "./tool-profile.ts";

/** What is known when a call may be forced. */
export interface Wish {
  readonly question: string;
  /** The calls that the planner would make of its own accord. */
  readonly wanted: readonly PlannedCall[];
  readonly desk: Desk;
}

/**
 * The call that `tool_choice` forces, or undefined when it forces none. Once the forced call has been answered it is
 * not forced again, so that a conversation that keeps asking for it comes to an end.
 */
export function forcedCall(
  { tool_choice: choice = "auto" }: ChatRequest,
  wish: Wish,
): readonly PlannedCall[] | undefined {
  if (choice === "auto" || choice === "none") return undefined;
  if (choice === "required") return forced(wish, undefined);
  return choice.function === undefined ? undefined : forced(wish, choice.function.name);
}

/** A call of the named tool, or of the one that fits best. */
function forced(
  { question, wanted, desk }: Wish,
  name: string | undefined,
): readonly PlannedCall[] | undefined {
  const own = wanted.filter((call) => name === undefined || call.name === name);
  if (own.length > 0) return own;
  const candidates = desk.tools.filter((one) => name === undefined || one.name === name);
  const tool = matchTools(wholePart(question), candidates)[0]?.tool ?? candidates[0];
  if (tool === undefined) return undefined;
  const call = { name: tool.name, input: guessedInput(tool, question) };
  // "required" is met by any call since the question; a name only by a call of that tool.
  const isMet = desk.results.some(
    (one) => one.isCurrent && (name === undefined || one.call.name === name),
  );
  return isMet || resultOf(call, desk.results) !== undefined ? undefined : [call];
}

function guessedInput(tool: ToolProfile, question: string): PlannedCall["input"] {
  const { inputs, missing } = fillArguments(tool, question);
  const guessed = missing.map((one) => [one.name, guessValue(one, question)]);
  return { ...inputs[0], ...Object.fromEntries(guessed) };
}
