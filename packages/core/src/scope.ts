/** Thrown inside Pawl when a scope ends before the work in it; `reason` is what ended it, untouched. */
export class Interrupted {
  readonly reason: unknown;
  constructor(reason: unknown) {
    this.reason = reason;
  }
}

/** The longest that a timer can hold, some 24 days. */
export const longestMs = 2_147_483_647;

/** The reason of a scope whose time is over. */
export class TimeOver extends Error {
  override readonly name = "TimeoutError";
  readonly timeoutMs: number;
  constructor(timeoutMs: number) {
    super(`did not finish within ${timeoutMs} ms`);
    this.timeoutMs = timeoutMs;
  }
}

/** When a scope ends by itself, and for which reason; a {@link TimeOver} unless said otherwise. */
export interface Deadline {
  readonly ms: number | undefined;
  readonly reason?: unknown;
}

/**
 * A stretch of work that can be ended from outside at any moment: by a caller's signal, by time, or by {@link Scope.abort}.
 * Whatever is awaited through {@link Scope.race} settles at that moment, even when the work itself is deaf.
 */
export class Scope {
  #controller: AbortController | undefined;
  #ended: Interrupted | undefined;
  readonly #waiting = new Set<(reason: Interrupted) => void>();
  readonly #children = new Set<Scope>();
  readonly #parent: AbortSignal | Scope | undefined;
  readonly #onParentAbort = (): void => this.abort((this.#parent as AbortSignal).reason);
  readonly #deadline: Deadline | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(parent: AbortSignal | Scope | undefined, deadline?: Deadline) {
    this.#parent = parent;
    this.#deadline = deadline;
  }

  /** Begins to heed the parent and the clock. What is opened must be closed; what is never opened holds on to nothing. */
  open(): this {
    const parent = this.#parent;
    const { ms, reason } = this.#deadline ?? {};
    if (parent instanceof Scope && parent.#ended) this.abort(parent.#ended.reason);
    else if (parent instanceof AbortSignal && parent.aborted) this.abort(parent.reason);
    if (this.#ended) return this;
    if (parent instanceof Scope) parent.#children.add(this);
    else parent?.addEventListener("abort", this.#onParentAbort);
    // What no timer can hold would be over at once.
    if (ms !== undefined && ms <= longestMs)
      this.#timer = setTimeout(() => this.abort(reason ?? new TimeOver(ms)), ms);
    return this;
  }

  get isOver(): boolean {
    return this.#ended !== undefined;
  }

  /** Made when it is first asked for: most tools never look at theirs. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#ended) this.#controller.abort(this.#ended.reason);
    }
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    if (this.#ended) return;
    this.#ended = new Interrupted(reason);
    this.#controller?.abort(reason);
    for (const reject of this.#waiting) reject(this.#ended);
    for (const child of this.#children) child.abort(reason);
    this.close();
  }

  /** Lets go of the parent and the clock: a signal shared by a thousand runs keeps no trace of them. */
  close(): void {
    if (this.#parent instanceof Scope) this.#parent.#children.delete(this);
    else this.#parent?.removeEventListener("abort", this.#onParentAbort);
    clearTimeout(this.#timer);
    this.#waiting.clear();
  }

  /** @throws Interrupted when the scope has ended. */
  check(): void {
    if (this.#ended) throw this.#ended;
  }

  /**
   * Waits for `work` or for the end of the scope, whichever comes first. Unlike `Promise.race` it leaves nothing behind on
   * the loser, so it may be called once per token.
   */
  race<Value>(work: PromiseLike<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      if (this.#ended) reject(this.#ended);
      else this.#waiting.add(reject);
      work.then(
        (value) => {
          this.#waiting.delete(reject);
          resolve(value);
        },
        (error: unknown) => {
          this.#waiting.delete(reject);
          reject(error);
        },
      );
    });
  }

  /** The same for a stream of values, each shown to `note` first: a source that ignores its signal is left where it is. */
  async *guard<Value, Result>(
    source: AsyncGenerator<Value, Result>,
    note?: (value: Value) => void,
  ): AsyncGenerator<Value, Result> {
    let isOver = false;
    try {
      for (;;) {
        this.check();
        const next = await this.race(source.next());
        if (next.done) {
          isOver = true;
          return next.value;
        }
        note?.(next.value);
        yield next.value;
      }
    } catch (error) {
      isOver = !(error instanceof Interrupted);
      throw error;
    } finally {
      // Not awaited: the source's clean-up may hang on the very thing that was given up.
      if (!isOver) void abandon(source);
    }
  }
}

/** Tells a generator that nobody waits for it any longer. Not to be awaited, and never rejects. */
export async function abandon(source: AsyncGenerator): Promise<void> {
  try {
    await source.return(undefined);
  } catch {
    // What it says of its own end interests nobody; an iterator made by hand may not even have a `return`.
  }
}
