import type { ModelCapabilities } from "@pawl/core";

import type { ModelFacts } from "./catalogue.ts";

/**
 * What is taken for granted of a chat model of AI/ML API of which nothing is known: most call tools, and its own clients send
 * `tool_choice: "auto"` to all of them (tool-payload.ts of aimlapi/openclaw-aimlapi).
 */
export const assumedCapabilities: ModelCapabilities = {
  tools: true,
  toolChoice: false,
  structuredOutput: "json-schema",
};

/** What a model of unknown length can write: the most that Command R+ writes. */
const assumedTokens = 4_000;

/**
 * How long an answer may be when nobody says so: as long as the model can write, but no more than a quarter of what it can
 * take in. Servers count the room for the answer as a part of the conversation, and refuse one that fills it.
 */
export function answerTokens(facts: ModelFacts | undefined): number {
  const { maxOutputTokens = assumedTokens, contextTokens } = facts?.capabilities ?? {};
  return contextTokens === undefined
    ? maxOutputTokens
    : Math.max(1, Math.min(maxOutputTokens, Math.floor(contextTokens / 4)));
}
