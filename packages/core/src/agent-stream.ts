import type { AgentEvent } from "./event.ts";
import type { RunResult, ToolSuccess } from "./result.ts";

/** A run that has not begun. */
export interface Startable<Success extends ToolSuccess = ToolSuccess> {
  readonly events: AsyncGenerator<AgentEvent<Success>, RunResult<Success>>;
  /** Aborts the run because nobody watches any longer. */
  leave(): void;
  /** Tells the observers of the agent. */
  observe(event: AgentEvent<Success>): void;
}

/**
 * One run as it happens: an async iterable of its events, for one reader. The run begins when it is first read and goes only
 * as fast as it is read; leaving the loop aborts it. Whoever wants only the end awaits `result` or `text` instead.
 */
export class AgentStream<Success extends ToolSuccess = ToolSuccess> implements AsyncIterable<
  AgentEvent<Success>
> {
  readonly #run: Startable<Success>;
  readonly #result: PromiseWithResolvers<RunResult<Success>> = Promise.withResolvers();
  #hasReader = false;

  constructor(run: Startable<Success>) {
    this.#run = run;
  }

  /** How the run ended. Never rejects. If nobody has begun to read by the next tick, this reads the run to its end. */
  get result(): Promise<RunResult<Success>> {
    queueMicrotask(() => {
      if (!this.#hasReader) void this.#drain();
    });
    return this.#result.promise;
  }

  /** The text of the answer, once the run has ended; the same as `result.text`. */
  get text(): Promise<string> {
    return this.result.then(({ text }) => text);
  }

  [Symbol.asyncIterator](): AsyncIterator<AgentEvent<Success>, RunResult<Success>> {
    if (this.#hasReader)
      throw new TypeError(
        "A stream has one reader: this one is being read, or its result was awaited first.",
      );
    this.#hasReader = true;
    return {
      next: () => this.#next(),
      return: async () => {
        this.#run.leave();
        // To the end, which is near: each call that was at work gets its answer, and observers see the run finish.
        await this.#drain();
        return { done: true, value: await this.#result.promise };
      },
    };
  }

  async #drain(): Promise<void> {
    this.#hasReader = true;
    while (!(await this.#next()).done);
  }

  async #next(): Promise<IteratorResult<AgentEvent<Success>, RunResult<Success>>> {
    const next = await this.#run.events.next();
    if (next.done) this.#result.resolve(next.value);
    else this.#run.observe(next.value);
    return next;
  }
}
