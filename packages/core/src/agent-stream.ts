import { checkMessage } from "./check-message.ts";
import type { AgentEvent } from "./event.ts";
import type { UserMessage } from "./message.ts";
import type { RunResult, ToolSuccess } from "./result.ts";

/** A run that has not begun. */
export interface Startable<Success extends ToolSuccess, Output> {
  readonly events: AsyncGenerator<AgentEvent<Success, Output>, RunResult<Success, Output>>;
  /** Aborts the run because nobody watches any longer. */
  leave(): void;
  /** Keeps a message for the run until it can be said. */
  steer(message: UserMessage): void;
  /** Tells the observers of the agent. */
  observe(event: AgentEvent<Success, Output>): void;
}

/**
 * One run as it happens: an async iterable of its events, for one reader. The run begins when it is first read and goes only
 * as fast as it is read; leaving the loop aborts it. Whoever wants only the end awaits `result` or `text` instead.
 */
export class AgentStream<
  Success extends ToolSuccess = ToolSuccess,
  Output = string,
> implements AsyncIterable<AgentEvent<Success, Output>> {
  readonly #run: Startable<Success, Output>;
  readonly #result: Promise<RunResult<Success, Output>>;
  // Of `never`, so that a stream of known tools can be used where one of any tools is asked for.
  readonly #resolve: (result: never) => void;
  #hasReader = false;
  #isOver = false;

  constructor(run: Startable<Success, Output>) {
    this.#run = run;
    const { promise, resolve } = Promise.withResolvers<RunResult<Success, Output>>();
    this.#result = promise;
    this.#resolve = resolve;
  }

  /** How the run ended. Never rejects. If nobody has begun to read by the next tick, this reads the run to its end. */
  get result(): Promise<RunResult<Success, Output>> {
    queueMicrotask(() => {
      if (!this.#hasReader) void this.#drain();
    });
    return this.#result;
  }

  /** The text of the answer, once the run has ended; the same as `result.text`. */
  get text(): Promise<string> {
    return this.result.then(({ text }) => text);
  }

  /**
   * Says something to the run while it is at work: the model reads it with its next request, after the calls that are under
   * way, and a run that would have been over goes on. What a paused run has not heard stays in its state.
   *
   * @returns false when the run is over and will not hear it.
   * @throws TypeError when it is no text, and no message of a user's.
   */
  steer(said: string | UserMessage): boolean {
    const message = typeof said === "string" ? ({ role: "user", content: said } as const) : said;
    checkMessage("steer: the message", message);
    if (
      message.role !== "user" ||
      (typeof message.content === "string" && message.content.trim() === "")
    )
      throw new TypeError("steer: takes a text that is not empty, or a message of a user's.");
    if (!this.#isOver) this.#run.steer(message);
    return !this.#isOver;
  }

  [Symbol.asyncIterator](): AsyncIterator<AgentEvent<Success, Output>, RunResult<Success, Output>> {
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
        return { done: true, value: await this.#result };
      },
    };
  }

  async #drain(): Promise<void> {
    this.#hasReader = true;
    while (!(await this.#next()).done);
  }

  async #next(): Promise<IteratorResult<AgentEvent<Success, Output>, RunResult<Success, Output>>> {
    const next = await this.#run.events.next();
    if (next.done) this.#resolve(next.value as never);
    else {
      this.#isOver ||= next.value.type === "finish";
      this.#run.observe(next.value);
    }
    return next;
  }
}
