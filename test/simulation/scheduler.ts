import { setImmediate as turn } from "node:timers/promises";

import type { Chance } from "../fuzz/chance.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** Who waits: readers of a run, or the world it acts on (its models and tools, and whoever aborts or steers it). */
export type Waiter = "reader" | "world";

interface Waiting {
  readonly who: Waiter;
  readonly go: () => void;
}

/** Turns of the event loop without anything to do, after which nothing will ever happen again. */
const idleTurns = 40;

/** Decides by chance who of all that wait goes on next. Between two of its decisions all that can happen by itself happens. */
export class Scheduler {
  readonly #chance: Chance;
  readonly #time: VirtualTime;
  readonly #waiting: Waiting[] = [];
  readonly #whenStuck: (() => boolean)[] = [];
  #isFrozen = false;

  constructor(chance: Chance, time: VirtualTime) {
    this.#chance = chance;
    this.#time = time;
  }

  /** Waits for its turn, `times` times. */
  async pause(times: number = 1, who: Waiter = "world"): Promise<void> {
    for (let i = 0; i < times; i++)
      await new Promise<void>((go) => {
        this.#waiting.push({ who, go });
      });
  }

  /** From now on the world stands still: whatever ends must end by itself. */
  freeze(): void {
    this.#isFrozen = true;
  }

  thaw(): void {
    this.#isFrozen = false;
  }

  /** Called when nothing moves any more; says whether that made a difference. */
  onStuck(help: () => boolean): void {
    this.#whenStuck.push(help);
  }

  /** Drives the world until `work` is done; false when it will never be. */
  async drive(work: Promise<unknown>): Promise<boolean> {
    let isDone = false;
    const done = (): void => {
      isDone = true;
    };
    work.then(done, done);
    for (let idle = 0; idle < idleTurns;) {
      await turn();
      if (isDone) return true;
      idle = this.#step() ? 0 : idle + 1;
      if (idle === idleTurns / 2 && this.#whenStuck.some((help) => help())) idle = 0;
    }
    return false;
  }

  /** Lets all that still waits go on, and time pass, until nothing is left: those who were left behind come to their end too. */
  async drain(): Promise<void> {
    this.#isFrozen = false;
    this.#whenStuck.length = 0;
    await turn();
    for (let i = 0; i < 10_000 && this.#step(); i++) await turn();
    this.#time.clear();
  }

  #step(): boolean {
    const mayGo = this.#isFrozen
      ? this.#waiting.filter(({ who }) => who === "reader")
      : this.#waiting;
    if (mayGo.length === 0) {
      if (this.#isFrozen || this.#time.pending === 0) return false;
      this.#time.skip();
      return true;
    }
    // Sometimes several at once, so that things happen in one turn that mostly do not.
    const count = this.#chance.isOneIn(4) ? 1 + this.#chance.below(3) : 1;
    for (let i = 0; i < count && mayGo.length > 0; i++) {
      const next = mayGo.splice(this.#chance.below(mayGo.length), 1)[0] as Waiting;
      if (this.#isFrozen) this.#waiting.splice(this.#waiting.indexOf(next), 1);
      next.go();
    }
    if (!this.#isFrozen && this.#chance.isOneIn(4)) this.#time.pass(1);
    return true;
  }
}
