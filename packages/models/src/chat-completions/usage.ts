import type { Usage } from "@pawl/core";

import { amountOf } from "../wire/amounts.ts";
import { objectOf } from "../wire/json.ts";

/** $1 is 2,000,000 credits at AI/ML API (docs/faq/how-can-i-track-my-funds.md); an answer states either or both. */
const creditsPerUsd = 2_000_000;

/** What a provider says was consumed; undefined when it says nothing. */
export function readUsage(usage: unknown): Usage | undefined {
  const {
    prompt_tokens,
    completion_tokens,
    total_tokens,
    prompt_tokens_details,
    completion_tokens_details,
    cost,
  } = objectOf(usage) ?? {};
  const inputTokens = amountOf(prompt_tokens);
  const outputTokens = amountOf(completion_tokens);
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  const known = { inputTokens: inputTokens ?? 0, outputTokens: outputTokens ?? 0 };
  return {
    ...known,
    totalTokens: amountOf(total_tokens) ?? known.inputTokens + known.outputTokens,
    ...given("cachedInputTokens", objectOf(prompt_tokens_details)?.["cached_tokens"]),
    ...given("reasoningTokens", objectOf(completion_tokens_details)?.["reasoning_tokens"]),
    ...given("usd", cost),
  };
}

/** The bill at the end of an AI/ML API answer: `meta.usage`, beside the answer or as a chunk of its own. */
export function readUsd(meta: unknown): number | undefined {
  const { usd_spent, credits_used } = objectOf(objectOf(meta)?.["usage"]) ?? {};
  return usdOf(usd_spent, credits_used);
}

/** A bill that is stated in dollars, in credits, or not at all. */
export function usdOf(usd: unknown, credits: unknown): number | undefined {
  const spent = amountOf(credits);
  return amountOf(usd) ?? (spent === undefined ? undefined : spent / creditsPerUsd);
}

function given(
  key: "cachedInputTokens" | "reasoningTokens" | "usd",
  value: unknown,
): Partial<Usage> {
  const amount = amountOf(value);
  return amount === undefined ? {} : { [key]: amount };
}
