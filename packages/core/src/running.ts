import type { AgentSetup } from "./agent-setup.ts";
import type { Budget, Exceeded } from "./budget/budget.ts";
import type { View } from "./context/view.ts";
import type { Conversation } from "./conversation.ts";
import type { UserMessage } from "./message.ts";
import type { Progress } from "./progress/no-progress.ts";
import type { StepResult, StopReason } from "./result.ts";
import type { Scope } from "./scope.ts";
import type { Session } from "./session/session.ts";
import type { Steps } from "./steps.ts";

/** What the parts of the loop share while a run lasts. Adapters see it as the identity of the run. */
export interface Running {
  readonly id: string;
  /** The agent that the run was begun with. */
  readonly root: AgentSetup;
  /** The agent that answers now; another one than the first after a handoff. */
  agent: AgentSetup;
  readonly context: unknown;
  /** Whether anybody sees the events: what nobody sees is not made. */
  readonly isWatched: boolean;
  readonly maxSteps: number;
  readonly conversation: Conversation;
  /** What the model sees of the conversation. */
  readonly view: View;
  readonly stepResults: StepResult[];
  readonly steps: Steps;
  readonly scope: Scope;
  /** The scope of the step that is under way; the run's own when steps have no deadline. */
  stepScope: Scope;
  readonly budget: Budget;
  readonly progress: Progress;
  /** The conversation that the run is a part of. */
  readonly session?: Session | undefined;
  /** What the root's `output` schema made of the last answer, once it has. */
  output?: { readonly value: unknown } | undefined;
  /** The limit of a budget that ended it. */
  exceeded?: Exceeded;
  /** Whether the model may be asked once more for the same answer; false when the run has used up its retries. */
  readonly mayRetry: () => boolean;
  /** The instructions of each agent that has spoken, as texts. */
  readonly instructions: Map<AgentSetup, string | undefined>;
  /** What a serialised state has to hold of the steps besides the messages. */
  readonly kept: (open: ReadonlySet<string>) => KeptSteps;
}

/** The part of a state that the steps of a run know. */
export interface KeptSteps {
  readonly records: Readonly<Record<string, unknown>>;
  readonly steering?: readonly UserMessage[] | undefined;
}

/** Thrown inside the loop when a limit ends the run. */
export class Limit {
  readonly reason: StopReason;
  /** One sentence on what ended it, where there is more to say than the reason. */
  readonly detail: string | undefined;
  constructor(reason: StopReason, detail?: string) {
    this.reason = reason;
    this.detail = detail;
  }
}

/** Says yes as often as `budget`, then no. */
export function retries(budget: number): () => boolean {
  let left = budget;
  return () => left-- > 0;
}
