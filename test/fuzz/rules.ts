import { type AssistantMessage, ModelError, type ModelEvent, type ToolCall } from "@pawl/core";

import { isComplete } from "./complete.ts";
import { type Outcome, usedIds } from "./outcome.ts";

/** What an outcome breaks of what holds for every answer, in one sentence; undefined when it holds. */
export function broken(outcome: Outcome): string | undefined {
  const { message, error, events, end } = outcome;
  if (error === undefined && message?.role !== "assistant") return "there is no message";
  if (error !== undefined && !(error instanceof ModelError)) return `thrown: ${stackOf(error)}`;
  if (end !== (message ? "released" : "closed")) return `the connection was ${end}`;
  return (
    eventProblem(events) ??
    textProblem(outcome) ??
    (message && (messageProblem(message) ?? callsProblem(message, events)))
  );
}

function stackOf(error: unknown): string {
  return error instanceof Error ? String(error.stack) : String(error);
}

function eventProblem(events: readonly ModelEvent[]): string | undefined {
  const open = new Set<string>();
  const ended = new Set<string>();
  for (const event of events) {
    if ("text" in event && typeof event.text !== "string") return `a ${event.type} without a text`;
    if (!("callId" in event)) continue;
    const { type, callId } = event;
    if (type === "tool-input-start") {
      if (open.has(callId) || ended.has(callId)) return `${callId} starts twice`;
      if (typeof event.toolName !== "string") return `${callId} has no name`;
      open.add(callId);
    } else if (!open.has(callId)) return `${type} of ${callId}, which has not begun or is over`;
    else if (type === "tool-input-end") {
      open.delete(callId);
      ended.add(callId);
    }
  }
  return undefined;
}

/** What was shown is what was said, whether or not all of it came. */
function textProblem({ events, message, error }: Outcome): string | undefined {
  const shown = events.map((event) => (event.type === "text-delta" ? event.text : "")).join("");
  const said = message ?? (error as ModelError).partial;
  return shown === said?.content ? undefined : `shown: ${shown}, said: ${said?.content}`;
}

function messageProblem(message: AssistantMessage): string | undefined {
  const { usage, finishReason, citations = [], content } = message;
  if (!["stop", "tool-calls", "length", "content-filter"].includes(String(finishReason)))
    return `it ended because of ${finishReason}`;
  const counts = Object.values(usage ?? {}).filter((count) => typeof count !== "boolean");
  if (counts.length < 3 || !counts.every((count) => Number.isFinite(count) && count >= 0))
    return `it cost ${JSON.stringify(usage)}`;
  const wrong = citations.find(({ start, end, text }) => text !== content.slice(start, end));
  if (wrong) return `it cites ${JSON.stringify(wrong)}`;
  return JSON.stringify(JSON.parse(JSON.stringify(message))) === JSON.stringify(message)
    ? undefined
    : "it is not the same when written and read";
}

function callsProblem(
  { toolCalls: calls = [], finishReason }: AssistantMessage,
  events: readonly ModelEvent[],
): string | undefined {
  const seen = new Set(usedIds);
  for (const call of calls) {
    if (seen.has(call.id)) return `the id ${call.id} is used twice`;
    seen.add(call.id);
    if (Object.getPrototypeOf(call.input) !== Object.prototype) return `${call.id} has no input`;
    if (!isWritable(call.input)) return `${call.id} changes when it is written`;
    const written = writtenFor(call, events);
    if (written === undefined) return `the call ${call.id} was never announced`;
    if (call.invalid && Object.keys(call.input).length > 0) return `${call.id} has an input`;
    if (!call.invalid && finishReason === "length") return `${call.id} would run though cut`;
    if (!call.invalid && !isComplete(written, call.input))
      return `${call.id} would run with ${JSON.stringify(call.input)}, which is not whole in ${written}`;
  }
  const begun = events.filter(({ type }) => type === "tool-input-start").length;
  const ended = events.filter(({ type }) => type === "tool-input-end").length;
  return begun === ended ? undefined : `${begun} calls begun, ${ended} ended`;
}

/** Whether JSON can hold it: a number too large to be read would be `null` after a restart. */
function isWritable(input: ToolCall["input"]): boolean {
  let isSame = true;
  JSON.stringify(input, (_key, value: unknown) => {
    if (typeof value === "number" && !Number.isFinite(value)) isSame = false;
    return value;
  });
  return isSame;
}

/** The arguments as they were streamed, for the call itself or for that which it was split off from. */
function writtenFor({ id }: ToolCall, events: readonly ModelEvent[]): string | undefined {
  const owners = events.filter(
    (event) =>
      event.type === "tool-input-start" &&
      (id === event.callId || id.startsWith(`${event.callId}_`)),
  );
  if (owners.length === 0) return undefined;
  // One id may begin with another: the longest is meant.
  const ids = owners.map((event) => ("callId" in event ? event.callId : ""));
  const owner = ids.reduce((longest, each) => (each.length > longest.length ? each : longest));
  return events
    .map((event) => (event.type === "tool-input-delta" && event.callId === owner ? event.text : ""))
    .join("");
}
