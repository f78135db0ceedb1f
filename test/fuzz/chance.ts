/** Chance that repeats itself: the same seed and run give the same numbers (mulberry32). */
export class Chance {
  #state: number;

  constructor(seed: number, run: number) {
    this.#state = Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(run + 1, 0x85ebca6b);
    // The first numbers of neighbouring seeds look alike.
    this.#next();
    this.#next();
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor((this.#next() / 0x1_0000_0000) * limit);
  }

  isOneIn(count: number): boolean {
    return this.below(count) === 0;
  }

  /** One of a list that is not empty. */
  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  /** Two places of a text or list, the lower one first, at most `most` apart. */
  range(length: number, most: number = length): readonly [number, number] {
    const start = this.below(length + 1);
    return [start, start + this.below(Math.min(most, length - start) + 1)];
  }

  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }
}
