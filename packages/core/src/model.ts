import type { ModelError } from "./errors.ts";
import type { AssistantMessage, Message } from "./message.ts";
import type { JsonSchema } from "./schema.ts";

/** A language model behind one method. An adapter is an object of this shape; nothing else is asked of it. */
export interface Model {
  /** The provider's name for the model. */
  readonly id: string;
  readonly capabilities: ModelCapabilities;
  /**
   * Asks for one answer: yields what arrives on the way, returns the whole message. Ends soon after `request.signal` is
   * aborted. Throws {@link ModelError} for everything that is the provider's fault.
   */
  respond(request: ModelRequest): AsyncGenerator<ModelEvent, AssistantMessage>;
}

/** What a model can do, as data. What is left out is not known. */
export interface ModelCapabilities {
  /** Whether the model calls tools, by the provider's own protocol or by one written into its prompt. */
  readonly tools: boolean;
  /** Whether it can be made to call a tool, rather than only asked to. */
  readonly toolChoice?: boolean | undefined;
  /** Whether it looks at pictures. */
  readonly images?: boolean | undefined;
  /** What it can be held to when an answer has to be JSON: a schema, JSON of any form, or nothing but the prompt. */
  readonly structuredOutput?: "json-schema" | "json-object" | "prompt" | undefined;
  /** The longest conversation it can take in, in tokens. */
  readonly contextTokens?: number | undefined;
  /** The longest answer it can give, in tokens. */
  readonly maxOutputTokens?: number | undefined;
}

/** One request to a model, in nobody's dialect. */
export interface ModelRequest {
  /** The run that asks: the same object on each of its requests, so that an adapter can keep what belongs to a run in a `WeakMap`. */
  readonly run: RunRef;
  /** A name for this request, unique in the run and the same on every attempt at it. Letters, digits, `.`, `_`, `:` and `-`. */
  readonly requestId: string;
  /**
   * The number of the first attempt to be made; more than 1 when a turn begins anew.
   *
   * @defaultValue 1
   */
  readonly attempt?: number | undefined;
  /**
   * Asked before each attempt after the first one of a run's request: false when the run has used up what it may repeat.
   *
   * @defaultValue no limit but the adapter's own
   */
  readonly mayRetry?: (() => boolean) | undefined;
  /** The standing orders, sent before the messages. */
  readonly instructions?: string | undefined;
  /** What was said so far. Messages never change once said, so what is made of one can be kept. */
  readonly messages: readonly Message[];
  /** The same array on each request while the tools stay the same. */
  readonly tools: readonly ToolSpec[];
  readonly toolChoice: ToolChoice;
  /**
   * What the answer has to look like.
   *
   * @defaultValue text
   */
  readonly responseFormat?: ResponseFormat | undefined;
  /**
   * The longest answer that may be written, in tokens: what is left of a budget.
   *
   * @defaultValue the adapter's own limit
   */
  readonly maxOutputTokens?: number | undefined;
  /** Whether anybody sees the events. When nobody does, all but `text-delta` may be left out. */
  readonly isWatched: boolean;
  readonly signal: AbortSignal;
}

/** What identifies a run to an adapter. */
export interface RunRef {
  readonly id: string;
}

/** What a model is told of a tool. */
export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** Always `type: "object"`. */
  readonly parameters: JsonSchema;
}

/** Whether the model may, must or must not call a tool, or must call a certain one. */
export type ToolChoice = "auto" | "none" | "required" | { readonly tool: string };

/** An answer that is JSON and nothing else. */
export interface ResponseFormat {
  /**
   * What the JSON has to fit.
   *
   * @defaultValue any JSON object
   */
  readonly schema?: JsonSchema | undefined;
  /**
   * What the schema is called, for the model: letters, digits, `_` and `-`.
   *
   * @defaultValue `"answer"`
   */
  readonly name?: string | undefined;
}

/** What an adapter reports while an answer arrives. */
export type ModelEvent =
  | TextDeltaEvent
  | ReasoningDeltaEvent
  | ToolInputStartEvent
  | ToolInputDeltaEvent
  | ToolInputEndEvent
  | RetryEvent
  | ResetEvent;

/** A piece of the visible answer; pieces that arrive in one read come as one. */
export interface TextDeltaEvent {
  readonly type: "text-delta";
  readonly text: string;
}

/** A piece of the model's visible thinking. */
export interface ReasoningDeltaEvent {
  readonly type: "reasoning-delta";
  readonly text: string;
}

/** The model begins to write a tool call. */
export interface ToolInputStartEvent {
  readonly type: "tool-input-start";
  readonly callId: string;
  readonly toolName: string;
}

/** A piece of a call's arguments, as text. */
export interface ToolInputDeltaEvent {
  readonly type: "tool-input-delta";
  readonly callId: string;
  readonly text: string;
}

/** A call's arguments are written to the end; whether they can be used is said by `tool-call`. */
export interface ToolInputEndEvent {
  readonly type: "tool-input-end";
  readonly callId: string;
}

/** An attempt failed before anything was visible, and another will follow. */
export interface RetryEvent {
  readonly type: "retry";
  /** The number of the attempt that failed, from 1. */
  readonly attempt: number;
  readonly delayMs: number;
  readonly error: ModelError;
}

/**
 * An answer broke off after a part of it was shown, and its turn begins anew: what was shown of it since `step-start` is
 * void.
 */
export interface ResetEvent {
  readonly type: "reset";
  /** Which attempt broke off, from 1. */
  readonly attempt: number;
  readonly error: ModelError;
}
