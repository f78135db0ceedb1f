/** Everything that can be said in a conversation. */
export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage;

/** A standing order inside a conversation. An agent's own `instructions` are sent beside the messages, not among them. */
export interface SystemMessage {
  readonly role: "system";
  readonly content: string;
}

/** What the person (or the program) that uses the agent says. */
export interface UserMessage {
  readonly role: "user";
  readonly content: string | readonly ContentPart[];
}

/** A piece of what a user says. */
export type ContentPart = TextPart | ImagePart | FilePart;

/** Words. */
export interface TextPart {
  readonly type: "text";
  readonly text: string;
}

/** A picture. */
export interface ImagePart {
  readonly type: "image";
  /** An `https:` or `data:` address, or the bytes in base64. */
  readonly image: string;
  /**
   * The kind of picture that base64 bytes are, such as `"image/jpeg"`.
   *
   * @defaultValue `"image/png"`
   */
  readonly mediaType?: string | undefined;
  /**
   * How closely the model should look, where the provider knows the difference.
   *
   * @defaultValue the provider's
   */
  readonly detail?: "low" | "high" | "auto" | undefined;
}

/** A file, such as a PDF. */
export interface FilePart {
  readonly type: "file";
  /**
   * The bytes in base64 (standard, padded, without line breaks), a `data:` or `https:` address, or the name that the provider
   * gave to a file it keeps: a short text that is no base64, such as `"file-7Ab"`.
   */
  readonly data: string;
  /** The kind of file, such as `"application/pdf"`. */
  readonly mediaType: string;
  /**
   * What the file is called.
   *
   * @defaultValue none
   */
  readonly filename?: string | undefined;
}

/** One whole answer of a model: the recorded result of one step. */
export interface AssistantMessage {
  readonly role: "assistant";
  /** The visible text; empty when the answer only calls tools. */
  readonly content: string;
  /** Calls in the order the model made them. Absent when there are none. */
  readonly toolCalls?: readonly ToolCall[] | undefined;
  /** The model's visible thinking, where the provider gives any. Never sent back as an answer. */
  readonly reasoning?: string | undefined;
  /** Which spans of `content` rest on which sources, where the provider says so. */
  readonly citations?: readonly Citation[] | undefined;
  /** Why the model declined to answer, where it said so. */
  readonly refusal?: string | undefined;
  /** Why the answer ended. Absent on messages that a user wrote by hand. */
  readonly finishReason?: FinishReason | undefined;
  /** The provider's own word for why the answer ended, where it is none of the protocol's. */
  readonly providerFinishReason?: string | undefined;
  /** What the answer cost. Absent on messages that a user wrote by hand. */
  readonly usage?: Usage | undefined;
}

/** A model's wish to have a tool run. */
export interface ToolCall {
  /** Unique within a run. */
  readonly id: string;
  readonly name: string;
  /** The parsed arguments; `{}` when they were unusable (see `invalid`). Always valid to send back. */
  readonly input: Readonly<Record<string, unknown>>;
  /** Set when the arguments were not proven complete: such a call is answered with an error and never run. */
  readonly invalid?: InvalidArguments | undefined;
  /** False when the tool was not among those that the model was offered in this step: such a call is never run. */
  readonly isOffered?: false | undefined;
  /** What had to be mended before the call could be read, in the order it was done. Absent when nothing had to be. */
  readonly repairs?: readonly Repair[] | undefined;
  /** Fields of the provider's own on the call, sent back with it as they came; some providers sign their calls. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * One mending of a call: several objects glued together were split, an empty object beside the real one was dropped, a
 * Markdown fence or trailing commas were taken off, what was added to the tool's name was taken off, or an envelope around
 * several calls was opened.
 */
export type Repair = "split" | "empty" | "fence" | "trailing-comma" | "name" | "envelope";

/** Why a call cannot be run, and what came over the wire in place of arguments. */
export interface InvalidArguments {
  readonly reason: string;
  readonly text: string;
}

/** The answer to one tool call, as the model reads it. */
export interface ToolMessage {
  readonly role: "tool";
  readonly callId: string;
  readonly toolName: string;
  readonly content: string;
  readonly isError?: boolean | undefined;
  /** What the tool consumed to make it; a subagent's tokens, say. */
  readonly usage?: Usage | undefined;
}

/** A span of an answer and where it comes from. Offsets count characters of `content`, `end` excluded. */
export interface Citation {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly sources: readonly CitationSource[];
}

/** Where a cited span comes from; `id` is the provider's own, such as a document's id or a URL. */
export interface CitationSource {
  readonly id: string;
  readonly title?: string | undefined;
  readonly url?: string | undefined;
}

/** Why a model stopped: its own words mapped to these; a provider's unknown word is decided by whether there are calls. */
export type FinishReason = "stop" | "tool-calls" | "length" | "content-filter";

/** What was consumed, in tokens and, where the provider says or prices are known, US dollars. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
  /** Input tokens that the provider served from its cache. */
  readonly cachedInputTokens?: number | undefined;
  /** Output tokens spent on thinking. */
  readonly reasoningTokens?: number | undefined;
  /** Input tokens on the bill, where the provider bills fewer than the model read. */
  readonly billedInputTokens?: number | undefined;
  /** Output tokens on the bill, where the provider counts these apart. */
  readonly billedOutputTokens?: number | undefined;
  /** The bill in US dollars: what the provider stated, else what its prices make of the counts, where they are known. */
  readonly usd?: number | undefined;
  /** True when a provider gave no counts and these were estimated from the text (about four characters a token). */
  readonly isEstimated?: boolean | undefined;
}

/** Nothing consumed yet: the start of every sum. */
export const noUsage: Usage = { inputTokens: 0, outputTokens: 0, totalTokens: 0 };

/** Whether the counts are numbers: others would make every sum they are in no number, and no budget would ever be used up. */
export function isCounted(usage: Usage | undefined): usage is Usage {
  const { inputTokens, outputTokens, totalTokens, usd = 0 } = Object(usage) as Usage;
  return [inputTokens, outputTokens, totalTokens, usd].every(
    (each) => Number.isFinite(each) && each >= 0,
  );
}

/** The sum of two consumptions; an optional count is present as soon as either side has it. */
export function addUsage(a: Usage, b: Usage | undefined): Usage {
  if (!b) return a;
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    totalTokens: a.totalTokens + b.totalTokens,
    ...sum("cachedInputTokens", a, b),
    ...sum("reasoningTokens", a, b),
    ...sum("billedInputTokens", a, b),
    ...sum("billedOutputTokens", a, b),
    ...sum("usd", a, b),
    ...((a.isEstimated || b.isEstimated) && { isEstimated: true }),
  };
}

type OptionalCount =
  | "cachedInputTokens"
  | "reasoningTokens"
  | "billedInputTokens"
  | "billedOutputTokens"
  | "usd";

function sum(key: OptionalCount, a: Usage, b: Usage): Partial<Usage> {
  if (a[key] === undefined && b[key] === undefined) return {};
  return { [key]: (a[key] ?? 0) + (b[key] ?? 0) };
}
