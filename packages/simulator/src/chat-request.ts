import { isJsonObject, type JsonObject } from "./json.ts";

/** A chat completions request, in the fields that the simulator acts on. */
export interface ChatRequest {
  /** Id of the model, as `GET /v1/models` lists it. */
  readonly model: string;
  /** The conversation, oldest message first. */
  readonly messages: readonly ChatMessage[];
  /** The tools on offer. */
  readonly tools?: readonly OfferedTool[] | undefined;
  /** Whether and which tool must be called. */
  readonly tool_choice?: ToolChoice | undefined;
  /** False allows one call a turn. */
  readonly parallel_tool_calls?: boolean | undefined;
  /** Bound of the answer, in tokens of about four characters. */
  readonly max_tokens?: number | undefined;
  /** The newer name of `max_tokens`. */
  readonly max_completion_tokens?: number | undefined;
  /** Texts at which the answer ends. */
  readonly stop?: string | readonly string[] | null | undefined;
  /** True asks for server-sent events. */
  readonly stream?: boolean | undefined;
  /** What a stream carries besides deltas. */
  readonly stream_options?: { readonly include_usage?: boolean | undefined } | undefined;
  /** The shape of the answer's text. */
  readonly response_format?: ResponseFormat | undefined;
}

/** One message of the conversation. */
export interface ChatMessage {
  /** Who speaks. */
  readonly role: ChatRole;
  /** What is said: a text or a list of parts. */
  readonly content?: string | readonly JsonObject[] | undefined;
  /** The calls an assistant made. */
  readonly tool_calls?: readonly ChatToolCall[] | undefined;
  /** The call that a tool message answers. */
  readonly tool_call_id?: string | undefined;
}

/** Who may speak in a conversation. */
export type ChatRole = "system" | "developer" | "user" | "assistant" | "tool";

/** A call in the history. */
export interface ChatToolCall {
  /** Id that its answer names. */
  readonly id: string;
  /** Name and arguments, the latter as JSON text. */
  readonly function: { readonly name: string; readonly arguments: string };
}

/** A tool on offer; only functions have more than a type here. */
export interface OfferedTool {
  /** `function` for tools that the planner may call. */
  readonly type: string;
  /** The function's name, purpose and JSON schema. */
  readonly function?: OfferedFunction | undefined;
}

/** A function that a model may call. */
export interface OfferedFunction {
  /** Its name. */
  readonly name: string;
  /** What it is good for. */
  readonly description?: string | undefined;
  /** JSON schema of its arguments. */
  readonly parameters?: JsonObject | undefined;
}

/** The caller's word on calling tools. */
export type ToolChoice =
  | "none"
  | "auto"
  | "required"
  | { readonly type: string; readonly function?: { readonly name: string } | undefined };

/** The shape the answer's text must have. */
export interface ResponseFormat {
  /** `text`, `json_object` or `json_schema`. */
  readonly type: string;
  /** The schema for `json_schema`. */
  readonly json_schema?:
    | { readonly name: string; readonly schema?: JsonObject | undefined }
    | undefined;
}

/** The text of a message, its text parts joined. */
export function textOf(message: ChatMessage): string {
  if (message.content === undefined || typeof message.content === "string") {
    return message.content ?? "";
  }
  return message.content
    .filter((part) => isJsonObject(part) && typeof part["text"] === "string")
    .map((part) => String(part["text"]))
    .join("\n");
}
