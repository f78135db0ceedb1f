export { Agent } from "./agent.ts";
export type { Observed, ResumeOptions, RunOptions } from "./agent.ts";
export type { AgentOptions } from "./agent-options.ts";
export { AgentStream } from "./agent-stream.ts";
export type { Input } from "./beginning.ts";
export { ModelError, ToolError } from "./errors.ts";
export type {
  ModelErrorCode,
  ModelErrorOptions,
  ToolErrorCode,
  ToolErrorJson,
  ToolErrorOptions,
  ToolErrorOutcome,
} from "./errors.ts";
export type {
  AgentEvent,
  ApprovalRequestEvent,
  FinishEvent,
  StartEvent,
  StepFinishEvent,
  StepStartEvent,
  ToolCallEvent,
  ToolEndEvent,
  ToolErrorEvent,
  ToolProgressEvent,
  ToolResultEvent,
  ToolStartEvent,
} from "./event.ts";
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
export type { StepEffect, Steps } from "./steps.ts";
export type { SubagentOptions } from "./subagent.ts";
export { tool } from "./tool.ts";
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
