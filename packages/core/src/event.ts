import type { ToolError } from "./errors.ts";
import type { FinishReason, InvalidArguments, Repair, Usage } from "./message.ts";
import type { ModelEvent } from "./model.ts";
import type { Approval, RunResult, ToolSuccess } from "./result.ts";

/** Everything a watcher of a run can see, in the order it happens. */
export type AgentEvent<Success extends ToolSuccess = ToolSuccess> =
  | StartEvent
  | StepStartEvent
  | ModelEvent
  | ToolCallEvent
  | ApprovalRequestEvent
  | ToolStartEvent
  | ToolProgressEvent
  | ToolEndEvent
  | ToolResultEvent<Success>
  | ToolErrorEvent
  | StepFinishEvent
  | FinishEvent<Success>;

/** The types of all events: an observer of any other would never be called. */
export const eventTypes: readonly AgentEvent["type"][] = [
  "start",
  "step-start",
  "text-delta",
  "reasoning-delta",
  "tool-input-start",
  "tool-input-delta",
  "tool-input-end",
  "retry",
  "reset",
  "tool-call",
  "approval-request",
  "tool-start",
  "tool-progress",
  "tool-end",
  "tool-result",
  "tool-error",
  "step-finish",
  "finish",
];

/** The first event of a run, also of one that is resumed. */
export interface StartEvent {
  readonly type: "start";
  readonly runId: string;
  readonly agent: string;
}

/** The model is about to be asked. */
export interface StepStartEvent {
  readonly type: "step-start";
  /** From 1. */
  readonly step: number;
}

/** The model's answer is whole and asks for this call. */
export interface ToolCallEvent {
  readonly type: "tool-call";
  readonly callId: string;
  readonly toolName: string;
  /** As the model wrote it, before any check. */
  readonly input: unknown;
  readonly invalid?: InvalidArguments | undefined;
  /** What had to be mended before the call could be read. */
  readonly repairs?: readonly Repair[] | undefined;
}

/** A call waits for a person; the run will end as `paused`. */
export interface ApprovalRequestEvent {
  readonly type: "approval-request";
  readonly approval: Approval;
}

/** A checked and allowed call begins to run. */
export interface ToolStartEvent {
  readonly type: "tool-start";
  readonly callId: string;
  readonly toolName: string;
  readonly input: unknown;
}

/** What a running tool reports. A subagent's events come as values of these. */
export interface ToolProgressEvent {
  readonly type: "tool-progress";
  readonly callId: string;
  readonly toolName: string;
  readonly value: unknown;
}

/** A call that ran is over; `tool-result` or `tool-error` says with what. */
export interface ToolEndEvent {
  readonly type: "tool-end";
  readonly callId: string;
  readonly toolName: string;
  readonly outcome: "ok" | ToolError["outcome"];
  readonly durationMs: number;
}

/** A call gave an output. */
export type ToolResultEvent<Success extends ToolSuccess = ToolSuccess> = {
  readonly type: "tool-result";
} & Success;

/** A call gave no output; the model is told `error.message`. */
export interface ToolErrorEvent {
  readonly type: "tool-error";
  readonly callId: string;
  readonly toolName: string;
  readonly input: unknown;
  readonly error: ToolError;
}

/** An answer and the results of its calls are part of the conversation. */
export interface StepFinishEvent {
  readonly type: "step-finish";
  readonly step: number;
  readonly finishReason: FinishReason | undefined;
  readonly usage: Usage | undefined;
}

/** The last event. */
export interface FinishEvent<Success extends ToolSuccess = ToolSuccess> {
  readonly type: "finish";
  readonly result: RunResult<Success>;
}
