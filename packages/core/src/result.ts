import type { Spent } from "./budget/account.ts";
import type { BudgetKind, BudgetLimits } from "./budget/budget-limits.ts";
import type { ViewState } from "./context/view-state.ts";
import type { ToolError } from "./errors.ts";
import type {
  AssistantMessage,
  Citation,
  FinishReason,
  Message,
  Usage,
  UserMessage,
} from "./message.ts";

/** How a run ended. Nothing a model, a provider or a tool does makes a run throw. */
export type RunResult<Success extends ToolSuccess = ToolSuccess, Output = string> =
  | Completed<Success, Output>
  | Paused<Success>
  | Stopped<Success>
  | Aborted<Success>
  | Failed<Success>;

/** What every result has. */
export interface RunRecord<Success extends ToolSuccess = ToolSuccess> {
  readonly runId: string;
  /** The text of the last answer; when the run ended in the middle of one, what had arrived of it. */
  readonly text: string;
  /** The conversation, ready to be continued: `agent.run([...result.messages, { role: "user", content }])`. */
  readonly messages: readonly Message[];
  /** The steps taken since this call of `run` or `resume`. */
  readonly steps: ReadonlyArray<StepResult<Success>>;
  /** What the whole run consumed, parts before a resume included. */
  readonly usage: Usage;
  /** The citations of the last answer. */
  readonly citations: readonly Citation[];
  /** All that is needed to go on, as plain JSON. */
  readonly state: RunState;
}

/** The model gave its answer. */
export interface Completed<
  Success extends ToolSuccess = ToolSuccess,
  Output = string,
> extends RunRecord<Success> {
  readonly status: "completed";
  /** The answer: its text, or what the agent's `output` schema made of it. */
  readonly output: Output;
}

/** The run waits for decisions: `agent.resume(result.state, { decisions })`. */
export interface Paused<Success extends ToolSuccess = ToolSuccess> extends RunRecord<Success> {
  readonly status: "paused";
  readonly approvals: readonly Approval[];
}

/** A limit ended the run: `agent.resume(result.state, { maxSteps, budget })` with a larger one goes on. */
export interface Stopped<Success extends ToolSuccess = ToolSuccess> extends RunRecord<Success> {
  readonly status: "stopped";
  readonly reason: StopReason;
  /** Which part of the budget is used up, when that is the reason. */
  readonly limit?: BudgetKind | undefined;
  /** What a guardrail said, when that is the reason. */
  readonly detail?: string | undefined;
}

/** The caller ended the run; `reason` is the signal's own, untouched. */
export interface Aborted<Success extends ToolSuccess = ToolSuccess> extends RunRecord<Success> {
  readonly status: "aborted";
  readonly reason: unknown;
}

/**
 * The provider failed for good (a `ModelError`), the model gave no answer that fits the agent's `output` (an `OutputError`),
 * or an adapter or the `instructions` threw.
 */
export interface Failed<Success extends ToolSuccess = ToolSuccess> extends RunRecord<Success> {
  readonly status: "failed";
  readonly error: Error;
}

/**
 * Which limit ended a run: its steps, its budget, the agent's `stopWhen`, the same calls with the same results again and
 * again, or a guardrail.
 */
export type StopReason = "max-steps" | "budget" | "stop-when" | "no-progress" | "guardrail";

/** One turn of the loop: an answer, and what its calls gave, in the order of the calls. */
export interface StepResult<Success extends ToolSuccess = ToolSuccess> {
  /** The number of the step in its run, from 1. */
  readonly step: number;
  readonly message: AssistantMessage;
  readonly toolResults: ReadonlyArray<Success | ToolFailure>;
  readonly finishReason: FinishReason | undefined;
  readonly usage: Usage | undefined;
}

/** What one call gave: an output or an error. */
export type ToolResult = ToolSuccess | ToolFailure;

/** A call that gave an output. An agent's own results and events know their tools: there `toolName` tells the types. */
export interface ToolSuccess {
  readonly callId: string;
  readonly toolName: string;
  readonly input: unknown;
  readonly output: unknown;
  readonly error?: undefined;
}

/** A call that gave none; `input` is what the model wrote, which may fit no schema. */
export interface ToolFailure {
  readonly callId: string;
  readonly toolName: string;
  readonly input: unknown;
  readonly error: ToolError;
}

/** A call that waits for a decision. */
export interface Approval {
  /** What a decision names. Inside a subagent: the ids of the outer calls before it, joined by `/`. */
  readonly callId: string;
  readonly kind: "approval";
  /** The agent whose call it is. */
  readonly agent: string;
  readonly toolName: string;
  readonly input: unknown;
  readonly effect: "read" | "write" | "irreversible";
  /** Why the agent's policy asks, where it says so. */
  readonly reason?: string | undefined;
  /** Why the last decision could not be followed: its edited input does not fit. One `path: problem` an issue. */
  readonly issues?: readonly string[] | undefined;
}

/** A person's word on a waiting call. */
export interface Decision {
  readonly callId: string;
  readonly approve: boolean;
  /**
   * Arguments to run the call with in place of the model's, as the tool's schema takes them; the model is told of the change.
   *
   * @defaultValue the model's
   */
  readonly input?: Readonly<Record<string, unknown>> | undefined;
  /** Told to the model when the call is denied. */
  readonly reason?: string | undefined;
}

/** All that is needed to go on with a run, as plain JSON: keep it anywhere, in any process. */
export interface RunState {
  /** The version of this form; another one is refused. */
  readonly version: 1;
  readonly runId: string;
  /** The agent whose run it is; another one is refused. */
  readonly agent: string;
  readonly messages: readonly Message[];
  /** Where in `messages` the run's own part begins. */
  readonly start: number;
  /** Where the part begins that the run's session has not taken in; absent while no session's history is in `messages`. */
  readonly inputStart?: number | undefined;
  /** The calls that wait for a decision; a decision on any other is refused. */
  readonly waiting: readonly string[];
  /** Finished steps inside calls that are still open, such as those of a paused subagent. */
  readonly records: Readonly<Record<string, unknown>>;
  /** The agent that the run was handed to last; absent while it is the first one's. */
  readonly speaker?: string | undefined;
  /** The budget the run was given, kept on a resume unless another one is given. */
  readonly budget?: BudgetLimits | undefined;
  /** What was spent so far, without what calls that are still open have spent: their steps are counted again. */
  readonly spent?: Spent | undefined;
  /** What was said to the run while it was at work and is not heard yet. */
  readonly steering?: readonly UserMessage[] | undefined;
  /** What the model sees of the messages; absent while it sees them all. */
  readonly view?: ViewState | undefined;
}
