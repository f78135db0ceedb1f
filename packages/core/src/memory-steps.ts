import type { AgentEvent } from "./event.ts";
import type { Decision } from "./result.ts";
import type { StepEffect, Steps } from "./steps.ts";

/**
 * Steps of a run that lives in memory. A finished step of the run itself is in its messages, so nothing is kept of it; steps
 * inside a call that is still open (a subagent's), and decisions on them, are kept until the call is done, since nothing else
 * knows of them.
 */
export class MemorySteps implements Steps {
  readonly #records: Map<string, unknown>;
  readonly #decisions: ReadonlyMap<string, Decision>;

  constructor(
    records: Readonly<Record<string, unknown>> = {},
    decisions: readonly Decision[] = [],
  ) {
    this.#records = new Map(Object.entries(records));
    this.#decisions = new Map(decisions.map((each) => [each.callId, each]));
    for (const each of decisions)
      if (each.callId.includes("/")) this.#records.set(decisionKey(each.callId), each);
  }

  async *run<Result>(key: string, effect: StepEffect<Result>): AsyncGenerator<AgentEvent, Result> {
    if (this.#records.has(key)) return this.#records.get(key) as Result;
    const result = yield* effect();
    for (const inner of this.#records.keys())
      if (inner.startsWith(`${key}/`)) this.#records.delete(inner);
    if (key.includes("/")) this.#records.set(key, result);
    return result;
  }

  signal<Value>(key: string): Promise<Value | undefined> {
    const decision = this.#decisions.get(key) ?? this.#records.get(decisionKey(key));
    return Promise.resolve(decision as Value | undefined);
  }

  /** What a serialised state has to hold besides the messages. */
  get records(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(this.#records);
  }
}

/** Beside the inner call and below the outer one, so that a decision goes when the outer call is done and not before. */
function decisionKey(callId: string): string {
  return callId.replace(/\/(?=[^/]*$)/, "//");
}
