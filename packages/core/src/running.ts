import type { AgentSetup } from "./agent-options.ts";
import type { Conversation } from "./conversation.ts";
import type { StepResult, StopReason } from "./result.ts";
import type { Scope } from "./scope.ts";
import type { Steps } from "./steps.ts";

/** What the parts of the loop share while a run lasts. Adapters see it as the identity of the run. */
export interface Running extends AgentSetup {
  readonly id: string;
  readonly context: unknown;
  /** Whether anybody sees the events: what nobody sees is not made. */
  readonly isWatched: boolean;
  readonly conversation: Conversation;
  readonly stepResults: StepResult[];
  readonly steps: Steps;
  readonly scope: Scope;
  /** Whether the model may be asked once more for the same answer; false when the run has used up its retries. */
  readonly mayRetry: () => boolean;
  /** What a serialised state has to hold besides the messages. */
  readonly records: () => Readonly<Record<string, unknown>>;
}

/** A run whose instructions, if any, are a text. */
export interface Instructed extends Running {
  readonly instructions: string | undefined;
}

/** Thrown inside the loop when a limit ends the run. */
export class Limit {
  readonly reason: StopReason;
  constructor(reason: StopReason) {
    this.reason = reason;
  }
}

/** Says yes as often as `budget`, then no. */
export function retries(budget: number): () => boolean {
  let left = budget;
  return () => left-- > 0;
}
