import type { AssistantMessage } from "./message.ts";

/** What went wrong at a provider, in one word; the same for every provider. */
export type ModelErrorCode =
  /** The key is missing or refused. */
  | "auth"
  /** Out of funds, or over a spending limit. */
  | "billing"
  /** No such model or path. */
  | "not-found"
  /** The request itself is refused; sending it again will not help. */
  | "invalid-request"
  | "rate-limit"
  /** The provider failed. */
  | "server"
  /** No connection, or it broke before an answer began. */
  | "network"
  | "timeout"
  /** The answer broke off before it was complete. */
  | "incomplete"
  /** The answer is not what the protocol says. */
  | "protocol";

/** What is known of a provider's failure beyond its sentence. */
export interface ModelErrorOptions {
  readonly code: ModelErrorCode;
  /** The HTTP status, where there was one. */
  readonly status?: number | undefined;
  /** The provider's name for the request, for its support desk. */
  readonly requestId?: string | undefined;
  /** Whether the same request may succeed later. */
  readonly retryable?: boolean | undefined;
  /** Milliseconds the provider asked to wait. */
  readonly retryAfterMs?: number | undefined;
  /** What had arrived before the failure. */
  readonly partial?: AssistantMessage | undefined;
  /** Which attempt at the request failed, from 1. */
  readonly attempt?: number | undefined;
  readonly cause?: unknown;
}

/** A provider's fault: a run that meets one it cannot retry ends as `failed` with it. */
export class ModelError extends Error {
  override readonly name = "ModelError";
  readonly code: ModelErrorCode;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly partial: AssistantMessage | undefined;
  readonly attempt: number | undefined;

  constructor(message: string, options: ModelErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.status = options.status;
    this.requestId = options.requestId;
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
    this.partial = options.partial;
    this.attempt = options.attempt;
  }

  /** The same error, with more known of it. */
  with(more: Pick<ModelErrorOptions, "partial" | "attempt">): ModelError {
    const { code, status, requestId, retryable, retryAfterMs, partial, attempt, cause } = this;
    const known = { code, status, requestId, retryable, retryAfterMs, partial, attempt, cause };
    return new ModelError(this.message, { ...known, ...more });
  }
}

/** Why a tool call gave no result, in one word. */
export type ToolErrorCode =
  | "unknown-tool"
  | "invalid-input"
  | "denied"
  | "failed"
  | "timeout"
  | "aborted"
  /** A guardrail blocked the arguments, or withheld the result. */
  | "guardrail";

/** What happened to the world: nothing was run, it ran and failed, or it was left behind and nobody knows. */
export type ToolErrorOutcome = "not-run" | "failed" | "unknown";

/** What is known of a failed call beyond its sentence. */
export interface ToolErrorOptions {
  readonly code: ToolErrorCode;
  readonly outcome: ToolErrorOutcome;
  readonly cause?: unknown;
}

/** A call without a result. Its message is what the model is told; the `cause` is for watchers only. */
export class ToolError extends Error {
  override readonly name = "ToolError";
  readonly code: ToolErrorCode;
  readonly outcome: ToolErrorOutcome;

  constructor(message: string, options: ToolErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.outcome = options.outcome;
  }

  /** The error as plain JSON, without its cause; {@link ToolError.from} reads it back. */
  toJSON(): ToolErrorJson {
    return { message: this.message, code: this.code, outcome: this.outcome };
  }

  /** The error itself, or one made from its JSON form. */
  static from(error: ToolError | ToolErrorJson): ToolError {
    return error instanceof ToolError ? error : new ToolError(error.message, error);
  }
}

/** What is known of an answer that is no output beyond a sentence. */
export interface OutputErrorOptions {
  readonly issues: readonly string[];
  readonly text: string;
}

/** The model gave no answer that fits the agent's `output`: the run ends as `failed` with it, and a resumed one asks again. */
export class OutputError extends Error {
  override readonly name = "OutputError";
  /** What is wrong with the last answer, one `path: problem` each; none when it was refused or held back. */
  readonly issues: readonly string[];
  /** The last answer. */
  readonly text: string;

  constructor(message: string, { issues, text }: OutputErrorOptions) {
    super(message);
    this.issues = issues;
    this.text = text;
  }
}

/** A call that was never begun, and why. */
export function notRun(code: ToolErrorCode, message: string, cause?: unknown): ToolError {
  return new ToolError(message, { code, outcome: "not-run", cause });
}

/** What was thrown, in words: code may throw anything. An object that says nothing is not looked into; it may hold secrets. */
export function wordsOf(thrown: unknown): string {
  try {
    const { message } = Object(thrown) as { readonly message?: unknown };
    if (typeof message === "string" && message !== "") return message;
    if (thrown instanceof Error) return thrown.name;
  } catch {
    return "something that cannot be read was thrown";
  }
  const isPlain = thrown === null || !["object", "function"].includes(typeof thrown);
  return isPlain ? String(thrown) : "something without a message was thrown";
}

/** A {@link ToolError} as it is kept. */
export interface ToolErrorJson {
  readonly message: string;
  readonly code: ToolErrorCode;
  readonly outcome: ToolErrorOutcome;
}
