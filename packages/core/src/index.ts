export { Agent } from "./agent.ts";
export type { Observed, OutputOf, ResumeOptions, RunOptions } from "./agent.ts";
export type { AgentOptions } from "./agent-options.ts";
export { AgentStream } from "./agent-stream.ts";
export type { Input } from "./beginning.ts";
export type { CompactionOptions } from "./context/compaction.ts";
export type { OffloadOptions } from "./context/offload.ts";
export { memoryResults } from "./context/result-store.ts";
export type { MemoryResultsOptions, ResultStore } from "./context/result-store.ts";
export type { Summary } from "./context/summary.ts";
export type { Scale } from "./context/token-estimate.ts";
export type { ViewState } from "./context/view-state.ts";
export type { Spent } from "./budget/account.ts";
export type { Budget, BudgetOptions, Hold } from "./budget/budget.ts";
export type { BudgetKind, BudgetLimits } from "./budget/budget-limits.ts";
export { ModelError, OutputError, ToolError } from "./errors.ts";
export type {
  ModelErrorCode,
  ModelErrorOptions,
  OutputErrorOptions,
  ToolErrorCode,
  ToolErrorJson,
  ToolErrorOptions,
  ToolErrorOutcome,
} from "./errors.ts";
export type {
  AgentEvent,
  EventsByType,
  ApprovalRequestEvent,
  CompactionEvent,
  FinishEvent,
  HandoffEvent,
  OutputDeltaEvent,
  StartEvent,
  SteeringEvent,
  StepFinishEvent,
  StepStartEvent,
  ToolCallEvent,
  ToolEndEvent,
  ToolErrorEvent,
  ToolProgressEvent,
  ToolResultEvent,
  ToolStartEvent,
} from "./event.ts";
export { handoff } from "./handoff/handoff.ts";
export type { HandoffOptions } from "./handoff/handoff.ts";
export type {
  CheckedInput,
  CheckedOutput,
  CheckedToolInput,
  CheckedToolResult,
  Guard,
  GuardOptions,
  Guardrails,
  Guards,
  Objection,
} from "./guardrails/guardrails.ts";
export { addUsage } from "./message.ts";
export type {
  AssistantMessage,
  Citation,
  CitationSource,
  ContentPart,
  FilePart,
  FinishReason,
  ImagePart,
  InvalidArguments,
  Message,
  Repair,
  SystemMessage,
  TextPart,
  ToolCall,
  ToolMessage,
  Usage,
  UserMessage,
} from "./message.ts";
export type {
  Model,
  ModelCapabilities,
  ModelEvent,
  ModelRequest,
  ReasoningDeltaEvent,
  ResetEvent,
  ResponseFormat,
  RetryEvent,
  RunRef,
  TextDeltaEvent,
  ToolChoice,
  ToolInputDeltaEvent,
  ToolInputEndEvent,
  ToolInputStartEvent,
  ToolSpec,
} from "./model.ts";
export { checkOptions } from "./options.ts";
export type { DeepPartial } from "./output/deep-partial.ts";
export type { Policy, PolicyCall, Verdict, VerdictWord } from "./calls/policy.ts";
export type { PrepareStep, StepChanges, StepToPrepare } from "./turn/prepare-step.ts";
export type {
  Aborted,
  Approval,
  Completed,
  Decision,
  Failed,
  Paused,
  RunRecord,
  RunResult,
  RunState,
  StepResult,
  StopReason,
  Stopped,
  ToolFailure,
  ToolResult,
  ToolSuccess,
} from "./result.ts";
export type { Infer, JsonSchema, Parsed, Schema, SchemaSource, StandardSchema } from "./schema.ts";
export { memorySession } from "./session/memory-session.ts";
export type { Session } from "./session/session.ts";
export type { StepEffect, Steps } from "./steps.ts";
export type { RunSoFar, StopWhen } from "./stop-when.ts";
export type { SubagentOptions } from "./subagent.ts";
export type { Timeouts } from "./timeouts.ts";
export { tool } from "./tool.ts";
export type { ToolSearchOptions } from "./tool-search/tool-search.ts";
export type {
  ContextOf,
  Tool,
  ToolDefinition,
  ToolEffect,
  ToolOptions,
  ToolReturn,
  ToolSet,
  SuccessOf,
} from "./tool.ts";
export type { ToolRequest } from "./wrapping/tool-request.ts";
export { wrapModel } from "./wrapping/wrap-model.ts";
export type { ModelWrapper } from "./wrapping/wrap-model.ts";
export { wrapTool } from "./wrapping/wrap-tool.ts";
export type { ToolWrapper } from "./wrapping/wrap-tool.ts";
