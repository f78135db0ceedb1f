import type { Scope } from "../scope.ts";

/**
 * Tries to take something: returns it, throws when it can never be had, or returns undefined when it has to wait. Then it adds
 * to `barred` where it waits; an attempt after it must wait too where its way leads through one of these places.
 */
type Attempt<Taken> = (barred: Set<object>) => Taken | undefined;

/** Those who wait until others give something back, served in the order they came as far as they stand in each other's way. */
export class WaitingLine<Taken extends { release(): void }> {
  #waiters: Waiter<Taken>[] = [];

  /** What the attempt takes, or a promise of it that is given up when `scope` ends. */
  join(attempt: Attempt<Taken>, scope?: Pick<Scope, "race">): Taken | Promise<Taken> {
    const waiter: Waiter<Taken> = { attempt };
    this.#waiters.push(waiter);
    this.advance();
    return this.#waiters.includes(waiter) ? this.#turn(waiter, scope) : outcomeOf(waiter);
  }

  /** Something was given back, or spent: whoever can go on now does, and whoever never can is told. */
  advance(): void {
    if (this.#waiters.length === 0) return;
    const barred = new Set<object>();
    const waiters = this.#waiters.filter((waiter) => {
      try {
        waiter.taken = waiter.attempt(barred);
        if (!waiter.taken) return true;
      } catch (error) {
        waiter.thrown = { error };
      }
      waiter.wake?.();
      return false;
    });
    if (waiters.length < this.#waiters.length) this.#waiters = waiters;
  }

  async #turn(waiter: Waiter<Taken>, scope: Pick<Scope, "race"> | undefined): Promise<Taken> {
    const turn = new Promise<void>((resolve) => {
      waiter.wake = resolve;
    });
    try {
      await (scope ? scope.race(turn) : turn);
    } catch (error) {
      // It may have been served in the very moment it left.
      waiter.taken?.release();
      this.#waiters = this.#waiters.filter((each) => each !== waiter);
      this.advance();
      throw error;
    }
    return outcomeOf(waiter);
  }
}

interface Waiter<Taken> {
  readonly attempt: Attempt<Taken>;
  taken?: Taken | undefined;
  thrown?: { readonly error: unknown };
  wake?: () => void;
}

function outcomeOf<Taken>({ taken, thrown }: Waiter<Taken>): Taken {
  if (thrown) throw thrown.error;
  return taken as Taken;
}
