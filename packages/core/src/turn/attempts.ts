import { checkedSource } from "./check-answer.ts";
import { ModelError } from "../errors.ts";
import { type AssistantMessage, isCounted } from "../message.ts";
import type { Model, ModelEvent, ResetEvent } from "../model.ts";
import { patiently } from "./patiently.ts";
import type { Asked } from "./request-for.ts";
import type { Running } from "../running.ts";

/** An answer as it arrives. */
export type Attempt = AsyncGenerator<ModelEvent, AssistantMessage>;

/** The attempts at one answer: how many there were, and whether there may be another. */
export class Attempts {
  readonly #it: Running;
  readonly #asked: Asked;
  #number = 1;
  #restarts = 0;
  #isShown = false;

  constructor(it: Running, asked: Asked) {
    this.#it = it;
    this.#asked = asked;
  }

  /** Asks for the answer. */
  next(): Attempt {
    const { agent, conversation, stepScope } = this.#it;
    const { model, request } = this.#asked;
    const attempt = this.#number;
    conversation.partial = "";
    const begin = (signal: AbortSignal): ReturnType<Model["respond"]> =>
      checkedSource(model, model.respond({ ...request, attempt, signal }));
    return stepScope.guard(patiently(stepScope, agent.timeouts.idleMs, begin), this.#note);
  }

  /**
   * What declares void what was shown of the last attempt, before there is another.
   *
   * @throws `error` itself when there may be none.
   */
  reset(error: unknown): ResetEvent {
    const { agent, budget, mayRetry, stepScope } = this.#it;
    const mayPass = error instanceof ModelError && error.retryable && this.#isShown;
    if (!mayPass || stepScope.isOver || this.#restarts === agent.maxRestarts || !mayRetry())
      throw error;
    if (isCounted(error.partial?.usage)) budget.add({ usage: error.partial.usage });
    const attempt = error.attempt ?? this.#number;
    this.#restarts++;
    this.#number = attempt + 1;
    this.#isShown = false;
    return { type: "reset", attempt, error };
  }

  readonly #note = (event: ModelEvent): void => {
    if (event.type !== "retry") this.#isShown = true;
    if (event.type === "text-delta") this.#it.conversation.partial += event.text;
  };
}
