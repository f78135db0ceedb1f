import type { Usage } from "@pawl/core";

import type { ModelPrice } from "../catalogue/catalogue.ts";
import { amountOf, priced } from "../wire/amounts.ts";
import { objectOf } from "../wire/json.ts";

/**
 * What Cohere says was consumed; undefined when it says nothing. The tokens are those the model read and wrote, a prompt of
 * Cohere's own among them; what is billed is less, and kept apart.
 */
export function readCohereUsage(usage: unknown, price: ModelPrice | undefined): Usage | undefined {
  const { tokens, billed_units, cached_tokens } = objectOf(usage) ?? {};
  const counted = countsOf(tokens);
  const billed = countsOf(billed_units);
  const real = counted ?? billed;
  if (!real) return undefined;
  const cachedInputTokens = amountOf(cached_tokens);
  return {
    ...real,
    totalTokens: real.inputTokens + real.outputTokens,
    ...(cachedInputTokens !== undefined && { cachedInputTokens }),
    ...(billed && {
      billedInputTokens: billed.inputTokens,
      billedOutputTokens: billed.outputTokens,
    }),
    ...(billed && price && { usd: priced(billed, price) }),
  };
}

function countsOf(units: unknown): Pick<Usage, "inputTokens" | "outputTokens"> | undefined {
  const { input_tokens, output_tokens } = objectOf(units) ?? {};
  const input = amountOf(input_tokens);
  const output = amountOf(output_tokens);
  return input === undefined && output === undefined
    ? undefined
    : { inputTokens: input ?? 0, outputTokens: output ?? 0 };
}
