import type { Usage } from "@pawl/core";

import type { ModelPrice } from "../catalogue/catalogue.ts";
import { numberOf } from "./json.ts";

/** The value as a count or a sum of money: what is below zero would give a budget back. */
export function amountOf(value: unknown): number | undefined {
  const number = numberOf(value);
  return number !== undefined && number >= 0 ? number : undefined;
}

/** Where a provider counts nothing: about four characters a token, and said to be so. */
export function estimateUsage(requestBytes: number, answerCharacters: number): Usage {
  const inputTokens = Math.ceil(requestBytes / 4);
  const outputTokens = Math.ceil(answerCharacters / 4);
  return { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens, isEstimated: true };
}

/** A bill that nobody stated, in US dollars, from what the model is known to cost. */
export function priced(
  { inputTokens, outputTokens, cachedInputTokens = 0 }: Omit<Usage, "totalTokens">,
  { inputUsd, outputUsd, cachedInputUsd = inputUsd }: ModelPrice,
): number {
  const cached = Math.min(cachedInputTokens, inputTokens);
  const input = (inputTokens - cached) * inputUsd + cached * cachedInputUsd;
  return (input + outputTokens * outputUsd) / 1_000_000;
}
