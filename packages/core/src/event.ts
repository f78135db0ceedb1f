import type { ToolError } from "./errors.ts";
import type { FinishReason, InvalidArguments, Repair, Usage, UserMessage } from "./message.ts";
import type {
  ReasoningDeltaEvent,
  ResetEvent,
  RetryEvent,
  TextDeltaEvent,
  ToolInputDeltaEvent,
  ToolInputEndEvent,
  ToolInputStartEvent,
} from "./model.ts";
import type { DeepPartial } from "./output/deep-partial.ts";
import type { Approval, RunResult, ToolSuccess } from "./result.ts";

/** The events of a run by their types, in the order of a step. */
export interface EventsByType<Success extends ToolSuccess = ToolSuccess, Output = unknown> {
  readonly start: StartEvent;
  readonly "step-start": StepStartEvent;
  readonly compaction: CompactionEvent;
  readonly "text-delta": TextDeltaEvent;
  readonly "reasoning-delta": ReasoningDeltaEvent;
  readonly "output-delta": OutputDeltaEvent<Output>;
  readonly "tool-input-start": ToolInputStartEvent;
  readonly "tool-input-delta": ToolInputDeltaEvent;
  readonly "tool-input-end": ToolInputEndEvent;
  readonly retry: RetryEvent;
  readonly reset: ResetEvent;
  readonly "tool-call": ToolCallEvent;
  readonly "approval-request": ApprovalRequestEvent;
  readonly "tool-start": ToolStartEvent;
  readonly "tool-progress": ToolProgressEvent;
  readonly "tool-end": ToolEndEvent;
  readonly "tool-result": ToolResultEvent<Success>;
  readonly "tool-error": ToolErrorEvent;
  readonly handoff: HandoffEvent;
  readonly "step-finish": StepFinishEvent;
  readonly steering: SteeringEvent;
  readonly finish: FinishEvent<Success, Output>;
}

/** Everything a watcher of a run can see. */
export type AgentEvent<Success extends ToolSuccess = ToolSuccess, Output = unknown> = EventsByType<
  Success,
  Output
>[keyof EventsByType];

/** The types of all events: an observer of any other would never be called. */
export const eventTypes: ReadonlyArray<keyof EventsByType> = [
  "start",
  "step-start",
  "compaction",
  "text-delta",
  "reasoning-delta",
  "output-delta",
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
  "handoff",
  "step-finish",
  "steering",
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

/** Another agent goes on with the run. */
export interface HandoffEvent {
  readonly type: "handoff";
  readonly from: string;
  readonly to: string;
}

/** An answer and the results of its calls are part of the conversation. */
export interface StepFinishEvent {
  readonly type: "step-finish";
  readonly step: number;
  readonly finishReason: FinishReason | undefined;
  readonly usage: Usage | undefined;
}

/**
 * What the answer says so far, of an agent with an `output`: as the model writes it, before the schema's defaults and
 * transforms. Texts, lists and objects grow, all else comes whole; the last one is the whole. After a `reset` it begins anew.
 */
export interface OutputDeltaEvent<Output = unknown> {
  readonly type: "output-delta";
  readonly output: DeepPartial<Output>;
}

/** What was said to the run while it was at work is part of the conversation from here on. */
export interface SteeringEvent {
  readonly type: "steering";
  readonly messages: readonly UserMessage[];
}

/** A summary stands for a part of the conversation from here on, in what the model is sent. */
export interface CompactionEvent {
  readonly type: "compaction";
  /** The size of the prompt without it, in tokens as they are estimated. */
  readonly before: number;
  /** The size with it. */
  readonly after: number;
}

/** The last event. */
export interface FinishEvent<Success extends ToolSuccess = ToolSuccess, Output = unknown> {
  readonly type: "finish";
  readonly result: RunResult<Success, Output>;
}
