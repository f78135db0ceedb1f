import { textOf, type ChatRequest } from "../chat-request.ts";
import { canonicalJson, isJsonObject, parseJson, type JsonObject } from "../json.ts";
import { unfolded } from "./nested-answer.ts";
import { wordsOf } from "./words.ts";

/** A call that the planner would make, or that was made. */
export interface PlannedCall {
  readonly name: string;
  readonly input: JsonObject;
}

/** A call in the history and what came of it. */
export interface ToolResult {
  readonly call: PlannedCall;
  /** What the tool answered. */
  readonly text: string;
  readonly outcome: Outcome;
  /** Whether it answers the question that is being worked on, not one before. */
  readonly isCurrent: boolean;
}

/** What became of a call. */
type Outcome = "found" | "empty" | "failed" | "denied";

/** The conversation as the planner sees it: the last thing a user asked, and all that was gathered. */
export interface Conversation {
  readonly question: string;
  readonly results: readonly ToolResult[];
}

/** Reads the question and the gathered results; system messages are data and give no orders. */
export function readConversation({ messages }: ChatRequest): Conversation {
  // What only asks for another form of the answer is no question: what was asked before it still is.
  const asked = messages.findLastIndex(
    (message) => message.role === "user" && !/\bgive your answer as JSON\b/iu.test(textOf(message)),
  );
  const calls = new Map<string, PlannedCall>();
  const results: ToolResult[] = [];
  for (const [index, message] of messages.entries()) {
    for (const { id, function: called } of message.tool_calls ?? []) {
      const input = parseJson(called.arguments);
      calls.set(id, { name: called.name, input: isJsonObject(input) ? input : {} });
    }
    const call = calls.get(message.tool_call_id ?? "");
    if (message.role !== "tool" || call === undefined) continue;
    const text = unfolded(textOf(message));
    results.push({ call, text, outcome: outcomeOf(text), isCurrent: index > asked });
  }
  const question = messages[asked];
  return { question: question === undefined ? "" : textOf(question), results };
}

/** The newest result of the very same call. */
export function resultOf(
  call: PlannedCall,
  results: readonly ToolResult[],
): ToolResult | undefined {
  const key = canonicalJson(call);
  return results.findLast((result) => canonicalJson(result.call) === key);
}

function outcomeOf(text: string): Outcome {
  const json = parseJson(text);
  if (isFailure(text.trim(), json)) return isDenial(text) ? "denied" : "failed";
  return isNothing(text.trim(), json) ? "empty" : "found";
}

function isFailure(text: string, json: unknown): boolean {
  if (isJsonObject(json)) {
    const { error, errors, isError, ok, success, status } = json;
    return [
      Boolean(error),
      Array.isArray(errors) ? errors.length > 0 : Boolean(errors),
      isError === true,
      ok === false,
      success === false,
      typeof status === "string" && /^(?:error|failed|denied|rejected)$/iu.test(status),
    ].includes(true);
  }
  return text.length < 2000 && failureStart.test(text);
}

const failureStart =
  /^(?:\[?(?:tool |internal )?(?:error|failure|exception)\b|(?:\w*Error|\w*Exception):|(?:the |this |an? )?(?:tool |call |request |user |person |operator |[\w.-]+ )?(?:was |is |has been |call was )?(?:not approved|not allowed|not permitted|denied|declined|refused|rejected|failed|timed out|invalid|unknown|forbidden|unauthori[sz]ed)\b|(?:permission|access|approval) (?:was )?(?:denied|refused)|(?:not executed|there is no tool|the tool did not|no such|cannot|can't|could not|couldn't|unable to|missing required)\b)/iu;

function isDenial(text: string): boolean {
  return /\b(?:denied|declined|refused|rejected|forbidden|not (?:been )?(?:approved|allowed|permitted)|unauthori[sz]ed|approval)\b/iu.test(
    text.slice(0, 400),
  );
}

function isNothing(text: string, json: unknown): boolean {
  if (json !== undefined) return isHollow(json);
  if (wordsOf(text).length > 12) return false;
  return (
    wordsOf(text).length === 0 ||
    /^(?:\(?no output\)?$|(?:\(|\[)?(?:none|nothing|no (?:\w+ )?(?:results?|match(?:es)?|hits?|files?|documents?|entries)|0 (?:results?|match(?:es)?|hits?)|not found|null)\b)/iu.test(
      text,
    ) ||
    /\b(?:nothing|not|no results?|no match(?:es)?) (?:was |were )?(?:found|matched)\b/iu.test(text)
  );
}

function isHollow(value: unknown): boolean {
  if (value === null || value === "") return true;
  if (Array.isArray(value)) return value.every(isHollow);
  if (!isJsonObject(value)) return false;
  // `{ "results": [], "total": 0 }` holds nothing, whatever its counters say.
  const inner = Object.values(value);
  const lists = inner.filter((one) => Array.isArray(one));
  return lists.length > 0 ? lists.every(isHollow) : inner.every(isHollow);
}
