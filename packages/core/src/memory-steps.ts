import { notRun } from "./errors.ts";
import type { AgentEvent } from "./event.ts";
import type { UserMessage } from "./message.ts";
import type { Decision } from "./result.ts";
import type { KeptSteps } from "./running.ts";
import type { StepEffect, Steps } from "./steps.ts";

/** What a run in memory goes on with. */
export interface MemoryStepsOptions extends Partial<KeptSteps> {
  readonly decisions?: readonly Decision[] | undefined;
  /** Whether an approved call may run now: an approval is good for once. */
  readonly claim?: ((callId: string) => boolean) | undefined;
  /** The approved call did not begin: its approval is good still. */
  readonly giveBack?: ((callId: string) => void) | undefined;
}

/**
 * Steps of a run that lives in memory. A finished step of the run itself is in its messages, so nothing is kept of it; steps
 * inside a call that is still open (a subagent's), and what was decided on it, are kept until the call is done, since nothing
 * else knows of them.
 */
export class MemorySteps implements Steps {
  readonly #records: Map<string, unknown>;
  readonly #decisions: ReadonlyMap<string, Decision>;
  readonly #claim: (callId: string) => boolean;
  readonly #giveBack: (callId: string) => void;
  #steering: readonly UserMessage[];

  constructor({
    records = {},
    decisions = [],
    steering = [],
    claim = () => true,
    giveBack = () => {},
  }: MemoryStepsOptions = {}) {
    this.#records = new Map(Object.entries(records));
    this.#decisions = new Map(decisions.map((each) => [each.callId, each]));
    this.#steering = steering;
    this.#claim = claim;
    this.#giveBack = giveBack;
    for (const each of decisions) this.#records.set(decisionKey(each.callId), each);
  }

  async *run<Result>(key: string, effect: StepEffect<Result>): AsyncGenerator<AgentEvent, Result> {
    if (this.#records.has(key)) return this.#records.get(key) as Result;
    const isApproved = this.#decision(key)?.approve === true;
    if (isApproved && !this.#isUnderWay(key) && !this.#claim(key))
      throw notRun("denied", "Not executed: its approval was used up by another resume.");
    let result: Result;
    try {
      result = yield* effect();
    } catch (error) {
      if (isApproved && !this.#isUnderWay(key)) this.#giveBack(key);
      throw error;
    }
    this.#forget(key);
    if (key.includes("/") || key.startsWith("permit-")) this.#records.set(key, result);
    return result;
  }

  /** What was kept inside a step that is done now. */
  #forget(key: string): void {
    if (this.#records.size === 0) return;
    for (const inner of this.#records.keys())
      if (inner.startsWith(`${key}/`)) this.#records.delete(inner);
    if (key.includes("/")) return;
    this.#records.delete(decisionKey(key));
    this.#records.delete(`permit-${key}`);
  }

  /** Decisions by the ids of their calls; what was said to the run goes to whoever asks first. */
  signal<Value>(key: string): Promise<Value | undefined> {
    const value = key.startsWith("steering-") ? this.#heard() : this.#decision(key);
    return Promise.resolve(value as Value | undefined);
  }

  /** Keeps what is said to the run until its loop comes to listen. */
  steer(message: UserMessage): void {
    this.#steering = [...this.#steering, message];
  }

  /** What a serialised state has to hold besides the messages: what is known of the calls that are open. */
  kept(open: ReadonlySet<string>): KeptSteps {
    const entries = [...this.#records].filter(([key]) => open.has(outermost(key)));
    const records = Object.fromEntries(entries);
    return this.#steering.length > 0 ? { records, steering: this.#steering } : { records };
  }

  /** Whether a part of a call was done, so that it was allowed before. */
  #isUnderWay(key: string): boolean {
    return [...this.#records.keys()].some((inner) => inner.startsWith(`${key}/`));
  }

  #decision(key: string): Decision | undefined {
    const given = this.#decisions.get(key);
    if (given || this.#records.size === 0) return given;
    return this.#records.get(decisionKey(key)) as Decision | undefined;
  }

  #heard(): readonly UserMessage[] | undefined {
    const said = this.#steering;
    if (said.length === 0) return undefined;
    this.#steering = [];
    return said;
  }
}

/** The run's own call that a key is about: `a` for a step inside it, `a/b`, and for what was decided on it, `/a`, `permit-a`. */
function outermost(key: string): string {
  return key.replace(/^(?:\/|permit-)/, "").split("/", 1)[0] ?? "";
}

/**
 * Beside the inner call and below the outer one, so that a decision goes when the outer call is done and not before: a call
 * that is replayed asks for it again.
 */
function decisionKey(callId: string): string {
  const at = callId.lastIndexOf("/") + 1;
  return `${callId.slice(0, at)}/${callId.slice(at)}`;
}
