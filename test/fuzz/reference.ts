import { ModelError } from "@pawl/core";

import type { Outcome } from "./outcome.ts";

/** A body and how its connection ended. */
interface Sent {
  readonly body: Buffer;
  readonly isBroken: boolean;
}

/** Whether a stream of chat completions says that it is whole, and whether it holds what is no chunk before it says so. */
interface Ending {
  readonly isAnnounced: boolean;
  readonly isGarbled: boolean;
}

/**
 * What the outcome of a stream of chat completions has to do with its end: a second reading of it, slow and simple, that only
 * looks for the end. Undefined when all is well.
 */
export function endProblem(
  { body, isBroken }: Sent,
  { message, error }: Outcome,
): string | undefined {
  const start = body.findIndex(
    (byte) => !" \t\n\r\xef\xbb\xbf".includes(String.fromCharCode(byte)),
  );
  const stream = body.subarray(Math.max(0, start));
  // A whole document, or a page, has no end of its own.
  if (start >= 0 && "{[<".includes(String.fromCharCode(stream[0] ?? 0))) return undefined;
  const ending = endingOf(new TextDecoder().decode(stream), isBroken);
  if (!ending) return undefined;
  const { isAnnounced, isGarbled } = ending;
  if (message && isGarbled) return "whole, though garbled";
  if (message && !isAnnounced) return "whole, though nothing said so";
  const { code } = error instanceof ModelError ? error : { code: undefined };
  if (code === "protocol" && !isGarbled) return "garbled, though all of it is well";
  const isCut = code === "incomplete" || code === "network";
  return isCut && isAnnounced ? "cut, though it said that it was whole" : undefined;
}

function endingOf(text: string, isBroken: boolean): Ending | undefined {
  // What follows the announced end may be more of the answer, or nothing: which is not for this to say.
  let state: "open" | "announced" | "unsure" = "open";
  for (const event of eventsOf(text)) {
    if (event.isCut && isBroken && state !== "announced") break;
    if (event.data === "[DONE]") return { isAnnounced: true, isGarbled: false };
    if (/^(?::|$)/.test(event.data)) continue;
    const chunk = parsed(event.data);
    // A list may hold chunks.
    if (Array.isArray(chunk)) return undefined;
    if (!isObject(chunk))
      return state === "unsure" ? undefined : endingAt(event, state === "announced");
    const { index, saysWhy, isChoice } = choiceIn(chunk);
    // Several answers in one stream: which of them is read is not for this to say.
    if (index !== 0) return undefined;
    if (saysWhy) state = "announced";
    else if (isChoice && state === "announced") state = "unsure";
  }
  return state === "unsure" ? undefined : { isAnnounced: state === "announced", isGarbled: false };
}

/** What an event that is no chunk makes of the end: a cut one may be the bill, which has no choices, or more of the answer. */
function endingAt({ data, isCut }: Event, isAnnounced: boolean): Ending {
  if (!isCut || !isAnnounced) return { isAnnounced, isGarbled: true };
  return { isAnnounced: !/"choices"\s*:\s*\[\s*\{/.test(data), isGarbled: false };
}

/** The number of the choice that a chunk is about, and whether it says why the answer ends. */
function choiceIn({ choices }: { readonly choices?: unknown }): {
  readonly index: unknown;
  readonly saysWhy: boolean;
  readonly isChoice: boolean;
} {
  const choice: { index?: unknown; finish_reason?: unknown } | null = Array.isArray(choices)
    ? choices[0]
    : null;
  const reason = choice?.finish_reason;
  const saysWhy = typeof reason === "string" && reason !== "";
  return { index: choice?.index ?? 0, saysWhy, isChoice: Boolean(choice) };
}

interface Event {
  readonly data: string;
  /** Whether it is the last one and lacks its blank line. */
  readonly isCut: boolean;
}

/** Events by the letter of the standard, and what it would throw away: a last one that is cut. */
function eventsOf(text: string): Event[] {
  const events: Event[] = [];
  let data: string[] = [];
  const lines = text.split(/\r\n|\r|\n/);
  for (const [at, line] of [...lines, ""].entries()) {
    if (line === "data") data.push("");
    else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
    if (line !== "" || data.length === 0) continue;
    events.push({ data: data.join("\n").trim(), isCut: at >= lines.length - 1 });
    data = [];
  }
  return events;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
