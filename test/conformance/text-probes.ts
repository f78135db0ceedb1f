import type { Usage } from "@pawl/core";

import { ask, shownText } from "./ask.ts";
import { fail, failed, modelOf, notSupported, pass, type Probe, quoted } from "./probe.ts";

const user = (content: string) => ({ messages: [{ role: "user" as const, content }] });
const greeting = user("Say hello in one short sentence.");

const answerFormat = {
  name: "capital",
  schema: {
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
    additionalProperties: false,
  },
};

/** Plain answers. */
export const textProbes: readonly Probe[] = [
  {
    id: "live-text",
    rule: "A question gets a text, and the end of it a reason.",
    look: async (target) => {
      const outcome = await ask(modelOf(target), greeting);
      const { message } = outcome;
      if (!message) return failed(outcome);
      const isGood = message.content.trim() !== "" && message.finishReason === "stop";
      const seen = `${quoted(message.content)}, ended by ${message.finishReason}`;
      return isGood ? pass(seen) : fail(seen);
    },
  },
  {
    id: "live-streamed-as-whole",
    rule: "A streamed answer is of the same kind as a whole one.",
    look: async (target) => {
      const streamed = await ask(modelOf(target), greeting);
      const whole = await ask(modelOf(target, { stream: false }), greeting);
      if (!streamed.message || !whole.message) return failed(streamed.message ? whole : streamed);
      const [a, b] = [streamed.message, whole.message];
      if (shownText(streamed.events) !== a.content)
        return fail("the stream lost a part of the text");
      if (a.finishReason !== b.finishReason)
        return fail(`ended by ${a.finishReason} streamed, by ${b.finishReason} whole`);
      if (a.content === b.content) return pass(`the same text, in ${streamed.events.length} reads`);
      return a.content.trim() !== "" && b.content.trim() !== ""
        ? pass(`other words: ${quoted(a.content)} and ${quoted(b.content)}`)
        : fail(`${quoted(a.content)} streamed, ${quoted(b.content)} whole`);
    },
  },
  {
    id: "live-usage",
    rule: "Both forms of an answer say how many tokens they took.",
    look: async (target) => {
      const streamed = await ask(modelOf(target), greeting);
      const whole = await ask(modelOf(target, { stream: false }), greeting);
      if (!streamed.message || !whole.message) return failed(streamed.message ? whole : streamed);
      const counts = [streamed, whole].map(({ message }) => message?.usage);
      const seen = `${countText(counts[0])} streamed, ${countText(counts[1])} whole`;
      if (counts.some((usage) => !usage || usage.isEstimated)) return notSupported(seen);
      return counts.every((usage) => usage && usage.inputTokens > 0 && usage.outputTokens > 0)
        ? pass(seen)
        : fail(seen);
    },
  },
  {
    id: "live-cut-at-max-tokens",
    rule: "An answer that is cut at its limit says `length`.",
    look: async (target) => {
      const long = user("Write ten sentences about the sea, and no less.");
      const outcome = await ask(modelOf(target, { maxTokens: 5 }), long);
      const { message } = outcome;
      if (!message) return failed(outcome, true);
      const seen = `${quoted(message.content)}, ended by ${message.finishReason}`;
      return message.finishReason === "length" ? pass(seen) : fail(seen);
    },
  },
  {
    id: "live-json",
    rule: "An answer that must be JSON of a certain form is JSON of that form.",
    look: async (target) => {
      const question = 'What is the capital of France? Answer as JSON: { "city": … }.';
      const outcome = await ask(modelOf(target), {
        ...user(question),
        responseFormat: answerFormat,
      });
      const { message } = outcome;
      if (!message) return failed(outcome, true);
      const seen = quoted(message.content);
      return isCity(message.content) ? pass(seen) : fail(seen);
    },
  },
];

function isCity(text: string): boolean {
  try {
    const value = JSON.parse(text) as { readonly city?: unknown } | null;
    return typeof value?.city === "string";
  } catch {
    return false;
  }
}

function countText(usage: Usage | undefined): string {
  if (!usage || usage.isEstimated) return "no counts";
  return `${usage.inputTokens} + ${usage.outputTokens}`;
}
