import { type AssistantMessage, ModelError, type ModelEvent } from "@pawl/core";

// Relative, since what decodes is no part of the public API, and a socket for each stream would take hours.
// @boundaries-ignore what decodes is no part of the public API
import { Answer } from "../../packages/models/src/chat-completions/answer.ts";
// @boundaries-ignore what decodes is no part of the public API
import { CohereAnswer } from "../../packages/models/src/cohere/cohere-answer.ts";
// @boundaries-ignore what decodes is no part of the public API
import { decode, type WireAnswer } from "../../packages/models/src/wire/decode.ts";
import type { Dialect } from "./corpus.ts";
import { type Arrival, MemorySource } from "./pieces.ts";

/** What came of one body. */
export interface Outcome {
  readonly events: readonly ModelEvent[];
  readonly message?: AssistantMessage | undefined;
  readonly error?: unknown;
  readonly end: MemorySource["end"];
}

export const toolNames: ReadonlySet<string> = new Set(["add", "now", "get_weather"]);

const cohereNames: ReadonlyMap<string, string> = new Map(
  [...toolNames].map((name) => [name, name]),
);

/** The ids of calls that were made before; the mutations use one of them again. */
export const usedIds: ReadonlySet<string> = new Set(["used_before", "call_0"]);

const asked = {
  model: "m",
  host: "host",
  redact: (text: string): string => text,
  keyHint: "Key.",
  modelHint: "Model.",
};

/** Who reads a body. */
export interface Reader {
  readonly dialect: Dialect;
  readonly isWatched: boolean;
}

/** Reads a body to its end by the way that every answer takes. */
export async function outcomeOf(arrival: Arrival, reader: Reader): Promise<Outcome> {
  const source = new MemorySource(arrival);
  const events: ModelEvent[] = [];
  try {
    const decoding = { answer: answerFor(reader), asked, requestBytes: 100 };
    const decoded = decode(source, { status: 200, headers: {} }, decoding);
    for (;;) {
      const next = await decoded.next();
      if (next.done) return { events, message: next.value, end: source.end };
      events.push(next.value);
    }
  } catch (error) {
    return { events, error, end: source.end };
  }
}

function answerFor({ dialect, isWatched }: Reader): WireAnswer {
  const reading = { asked, callIds: usedIds, isWatched };
  return dialect === "cohere"
    ? new CohereAnswer({ ...reading, names: cohereNames, price: undefined })
    : new Answer({ ...reading, names: toolNames });
}

/** What must not depend on how a body was cut: all but ids that were made up, and a bill that may come after the end. */
export function essence({ message, error }: Outcome): unknown {
  if (error instanceof ModelError) return { code: error.code, partial: error.partial };
  return {
    ...message,
    usage: { ...message?.usage, usd: undefined },
    toolCalls: message?.toolCalls?.map((call) => ({ ...call, id: bare(call.id) })),
  };
}

function bare(id: string): string {
  return id.replace(/^call_[0-9a-f]{24}/, "made up");
}
