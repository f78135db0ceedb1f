import type { AgentEvent } from "./event.ts";
import type { RunResult, ToolTypes } from "./result.ts";

/** A run that has not begun: its events, and what its result is when the watcher leaves before the end. */
export interface Startable<Types extends ToolTypes = ToolTypes> {
  readonly events: AsyncGenerator<AgentEvent<Types>, RunResult<Types>>;
  /** Ends the run because nobody watches any longer. */
  leave(): RunResult<Types>;
  /** Tells the observers of the agent. */
  observe(event: AgentEvent<Types>): void;
}

/**
 * One run as it happens: an async iterable of its events, for one reader. The run begins when it is first read and goes only
 * as fast as it is read; leaving the loop aborts it. Whoever wants only the end awaits `result` or `text` instead.
 */
export class AgentStream<Types extends ToolTypes = ToolTypes> implements AsyncIterable<
  AgentEvent<Types>
> {
  readonly #run: Startable<Types>;
  readonly #result: PromiseWithResolvers<RunResult<Types>> = Promise.withResolvers();
  #hasReader = false;

  constructor(run: Startable<Types>) {
    this.#run = run;
  }

  /** How the run ended. Never rejects. If nobody has begun to read by the next tick, this reads the run to its end. */
  get result(): Promise<RunResult<Types>> {
    queueMicrotask(() => {
      if (!this.#hasReader) void this.#drain();
    });
    return this.#result.promise;
  }

  /** The text of the answer, once the run has ended; the same as `result.text`. */
  get text(): Promise<string> {
    return this.result.then(({ text }) => text);
  }

  [Symbol.asyncIterator](): AsyncIterator<AgentEvent<Types>, RunResult<Types>> {
    if (this.#hasReader)
      throw new TypeError(
        "A stream has one reader: this one is being read, or its result was awaited first.",
      );
    this.#hasReader = true;
    return {
      next: () => this.#next(),
      return: async () => {
        const result = this.#run.leave();
        await this.#run.events.return(result);
        this.#result.resolve(result);
        return { done: true, value: result };
      },
    };
  }

  async #drain(): Promise<void> {
    this.#hasReader = true;
    while (!(await this.#next()).done);
  }

  async #next(): Promise<IteratorResult<AgentEvent<Types>, RunResult<Types>>> {
    const next = await this.#run.events.next();
    if (next.done) this.#result.resolve(next.value);
    else this.#run.observe(next.value);
    return next;
  }
}
