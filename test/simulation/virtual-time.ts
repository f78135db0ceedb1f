interface Timer {
  readonly at: number;
  readonly fire: () => void;
}

/** An interval only keeps a process alive here. */
const idle = (): unknown => ({ ref: () => {}, unref: () => {} });

/** Time that passes only when it is told to. Put in place of the clock and the timers of a whole thread, which then must wait for nothing real. */
export class VirtualTime {
  #now = 0;
  #lastId = 0;
  readonly #timers = new Map<number, Timer>();

  /** Takes over the thread's clock and timers; for good, so only in a thread of its own. */
  install(): void {
    const start = (fire: (...given: unknown[]) => void, ms = 0, ...given: unknown[]): unknown => {
      const id = ++this.#lastId;
      this.#timers.set(id, { at: this.#now + Math.max(1, ms), fire: () => fire(...given) });
      return { id, ref: () => {}, unref: () => {}, hasRef: () => true };
    };
    const stop = (timer: { readonly id?: number } | undefined): void => {
      if (timer?.id !== undefined) this.#timers.delete(timer.id);
    };
    Object.assign(globalThis, {
      setTimeout: start,
      clearTimeout: stop,
      setInterval: idle,
      clearInterval: stop,
    });
    Object.defineProperty(performance, "now", { value: () => this.#now, configurable: true });
  }

  /** How many timers there are. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Lets time pass, and fires what is due, in order. */
  pass(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#next();
      if (!next || next[1].at > end) break;
      this.#fire(next);
    }
    this.#now = end;
  }

  /** Lets time pass up to the next timer. */
  skip(): void {
    const next = this.#next();
    if (next) this.#fire(next);
  }

  /** Forgets all timers, of those who left some behind. */
  clear(): void {
    this.#timers.clear();
  }

  #fire([id, { at, fire }]: readonly [number, Timer]): void {
    this.#timers.delete(id);
    this.#now = Math.max(this.#now, at);
    fire();
  }

  #next(): readonly [number, Timer] | undefined {
    let first: readonly [number, Timer] | undefined;
    for (const each of this.#timers) if (!first || each[1].at < first[1].at) first = each;
    return first;
  }
}
