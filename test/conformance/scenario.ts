import type { FinishReason, ModelErrorCode, Repair } from "@pawl/core";
import type { ScriptedChunk } from "@pawl/simulator";

/** One rule of the chat completions dialect as it is spoken: what a server sends, and what must come of it. */
export interface Scenario {
  readonly id: string;
  /** The rule, in one sentence. */
  readonly rule: string;
  /** Public threads, standards and vendor pages that the rule is taken from. */
  readonly sources: readonly string[];
  /**
   * The names of the tools on offer.
   *
   * @defaultValue `add` and `now`
   */
  readonly tools?: readonly string[] | undefined;
  /** How the model is asked, where that matters. */
  readonly options?: AskOptions | undefined;
  /** What the server sends at request 1, 2, …; a request beyond the last one gets a short text. */
  readonly replies: readonly Reply[];
  readonly expect: Expectation;
}

/** Options of the adapter that a scenario sets. */
interface AskOptions {
  /** @defaultValue `true` */
  readonly stream?: boolean | undefined;
  /** @defaultValue 2 */
  readonly maxRetries?: number | undefined;
  /** Milliseconds until the first content, between two pieces of it, and for all of it. */
  readonly timeouts?:
    | {
        readonly firstContentMs?: number;
        readonly idleMs?: number;
        readonly totalMs?: number;
      }
    | undefined;
}

/** What a server sends to one request. */
export interface Reply {
  /** @defaultValue 200 */
  readonly status?: number | undefined;
  /** @defaultValue an event stream */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * The body: texts, bytes, and pauses between them.
   *
   * @defaultValue none
   */
  readonly pieces?: readonly ScriptedChunk[] | undefined;
  /**
   * How the body ends: as it should, by a destroyed socket, or never. Without pieces not even a head is sent before the
   * latter two.
   *
   * @defaultValue `"close"`
   */
  readonly end?: "close" | "cut" | "hang" | undefined;
}

/** What must come of it. All that is left out must not be there. */
export interface Expectation {
  /** @defaultValue `""` */
  readonly text?: string | undefined;
  /** The calls that may be run, in order. */
  readonly toolCalls?: readonly ExpectedCall[] | undefined;
  /** @defaultValue 0 */
  readonly invalidCalls?: number | undefined;
  /** @defaultValue `"tool-calls"` with calls, else `"stop"` */
  readonly finishReason?: FinishReason | undefined;
  /** Tokens in and out; not looked at when left out. */
  readonly usage?: readonly [input: number, output: number] | undefined;
  /** US dollars. */
  readonly usd?: number | undefined;
  readonly reasoning?: string | undefined;
  readonly refusal?: string | undefined;
  /** What was mended on the calls, each kind once, in the order of its first use. */
  readonly repaired?: readonly Repair[] | undefined;
  /** The failure, in place of an answer. */
  readonly error?: ExpectedError | undefined;
  /**
   * How many requests the server gets for one answer.
   *
   * @defaultValue 1
   */
  readonly attempts?: number | undefined;
  /** The least time that the answer takes, in milliseconds. */
  readonly notBeforeMs?: number | undefined;
  /** The most time that the answer may take, in milliseconds. */
  readonly withinMs?: number | undefined;
  /**
   * The calls that an agent runs, in all its steps.
   *
   * @defaultValue those of `toolCalls` whose tool is on offer
   */
  readonly runs?: readonly ExpectedCall[] | undefined;
  /** What the body of each request of an agent holds, among other things, from the first on; a pattern fits a text. */
  readonly requests?: readonly object[] | undefined;
}

/** A call that may be run. */
export interface ExpectedCall {
  readonly name: string;
  readonly arguments: unknown;
}

/** A failure; what is left out is not looked at, but for the text that arrived before it. */
export interface ExpectedError {
  readonly code?: ModelErrorCode | undefined;
  readonly status?: number | undefined;
  readonly retryable?: boolean | undefined;
  /** @defaultValue `""` */
  readonly partialText?: string | undefined;
  /** Words of its sentence. */
  readonly says?: string | undefined;
}
