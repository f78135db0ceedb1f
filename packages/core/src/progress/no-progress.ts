import { isDeepStrictEqual } from "node:util";

/** A call and what came of it, as far as repetition is concerned. */
export interface Deed {
  readonly toolName: string;
  readonly input: unknown;
  /** What the model read of it. */
  readonly content: string;
}

/** The longest cycle of steps that is looked for. */
const longestPeriod = 4;

/**
 * Watches a run for steps that repeat: the same calls with the same results, one step or a cycle of up to four over and over.
 * Models do not stop at that by themselves (earendil-works/pi#9637: 220 identical calls).
 */
export class Progress {
  /** Whether the last step has happened as often as it may. */
  isStuck = false;
  /** Whether once more would be too often. */
  isLastTime = false;
  readonly #maxRepeats: number;
  readonly #steps: (readonly Deed[])[] = [];
  /** For each period, how many of the last steps were the same as the one a period before. */
  readonly #matches: number[] = Array.from({ length: longestPeriod + 1 }, () => 0);

  constructor(maxRepeats: number) {
    this.#maxRepeats = maxRepeats;
  }

  /** Takes in a step. One that leaves nothing to compare changes nothing. */
  see(step: readonly Deed[]): void {
    this.isLastTime = false;
    if (step.length === 0) return;
    this.isStuck = false;
    for (let period = 1; period <= longestPeriod; period++) {
      const before = this.#steps.at(-period);
      const matches = before && isSame(before, step) ? (this.#matches[period] ?? 0) + 1 : 0;
      this.#matches[period] = matches;
      const times = matches / period + 1;
      if (times >= this.#maxRepeats) this.isStuck = true;
      if (times >= 2 && times === this.#maxRepeats - 1) this.isLastTime = true;
    }
    this.#steps.push(step);
    if (this.#steps.length > longestPeriod) this.#steps.shift();
  }
}

function isSame(a: readonly Deed[], b: readonly Deed[]): boolean {
  return a.length === b.length && a.every((deed, i) => isSameDeed(deed, b[i]));
}

/** Results first: they are texts, and mostly differ. */
function isSameDeed(a: Deed, b: Deed | undefined): boolean {
  return (
    a.content === b?.content && a.toolName === b.toolName && isDeepStrictEqual(a.input, b.input)
  );
}
