import type { Usage } from "../message.ts";

/** US dollars a token, at the most. */
export interface Price {
  readonly input: number;
  readonly output: number;
}

/** No known provider asks more than ten times as much for a token written as for one read, and none asks less. */
const mostTimes = 10;

/**
 * What models cost, learnt from what their calls cost: each call bounds what a token of its model may cost at the most. The
 * first ones leave it too high rather than too low, so that calls side by side do not cost more than was set aside for them.
 */
export class Prices {
  readonly #byModel = new Map<object | undefined, Price>();

  /** What a call of this model may cost at the most, else of what was learnt for no model; undefined when nothing is known. */
  of(model: object | undefined): Price | undefined {
    return this.#byModel.get(model) ?? this.#byModel.get(undefined);
  }

  /** A call without a cost, or for nothing, says nothing of the next one. */
  learn(model: object | undefined, usage: Usage): void {
    const { usd = 0, cachedInputTokens = 0, outputTokens } = usage;
    // Tokens from a cache are cheaper than the next call's may be: it is as if they had not been read.
    const inputTokens = usage.billedInputTokens ?? usage.inputTokens - cachedInputTokens;
    if (!(usd > 0 && inputTokens + outputTokens > 0)) return;
    const known = this.#byModel.get(model) ?? { input: Infinity, output: Infinity };
    this.#byModel.set(model, {
      input: Math.min(known.input, usd / (inputTokens + outputTokens)),
      output: Math.min(known.output, usd / (inputTokens / mostTimes + outputTokens)),
    });
  }
}
