import { type Model, ModelError } from "@pawl/core";
import { chatCompletions, type ChatCompletionsOptions } from "@pawl/models";

import type { Outcome } from "./ask.ts";

/** An endpoint that is looked at. */
export interface Target {
  readonly baseURL: string;
  readonly model: string;
  readonly apiKey?: string | undefined;
}

/** One question to an endpoint. It costs a few tokens. */
export interface Probe {
  readonly id: string;
  /** What a good endpoint does, in one sentence. */
  readonly rule: string;
  readonly look: (target: Target) => Promise<Finding>;
}

/** What an endpoint did. */
export interface Finding {
  readonly outcome: "pass" | "fail" | "not supported";
  /** What was seen, for a person. */
  readonly seen: string;
}

/** The endpoint as a model. */
export function modelOf(target: Target, options: Partial<ChatCompletionsOptions> = {}): Model {
  const { baseURL, model, apiKey } = target;
  return chatCompletions({ baseURL, model, apiKey, maxTokens: 512, ...options });
}

/** What fits the rule. */
export function pass(seen: string): Finding {
  return { outcome: "pass", seen };
}

/** What breaks the rule. */
export function fail(seen: string): Finding {
  return { outcome: "fail", seen };
}

/** What the endpoint cannot do, and need not. */
export function notSupported(seen: string): Finding {
  return { outcome: "not supported", seen };
}

/** What is to be said of a request that failed: a refusal of an optional field is a lack, anything else a fault. */
export function failed({ error }: Outcome, isOptional = false): Finding {
  const isRefused = error instanceof ModelError && error.code === "invalid-request";
  return isRefused && isOptional ? notSupported(error.message) : fail(String(error));
}

/** A text on one line, cut where it gets long. */
export function quoted(text: string): string {
  const line = JSON.stringify(text);
  return line.length > 80 ? `${line.slice(0, 80)}…"` : line;
}
