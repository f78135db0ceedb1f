import type { ChatRequest } from "./chat-request.ts";
import { HttpError } from "./errors.ts";
import type { JsonObject } from "./json.ts";
import type { FinishReason, Reply, Usage } from "./reply.ts";

/** Answers fixed in advance: a list that is used up, or a function of the request and its number from 0. */
export type Script =
  | readonly Turn[]
  | ((request: ChatRequest, index: number) => Turn | undefined | Promise<Turn | undefined>);

/** One scripted answer; a plain string is its text. */
export type Turn = string | ScriptedTurn;

/** One scripted answer in full, sent as it is written: neither `max_tokens` nor `stop` cuts it. */
export interface ScriptedTurn {
  /**
   * The visible text.
   *
   * @defaultValue ""
   */
  readonly text?: string | undefined;
  /**
   * The calls of the turn, in order.
   *
   * @defaultValue none
   */
  readonly toolCalls?: readonly ScriptedCall[] | undefined;
  /**
   * Why the turn ends.
   *
   * @defaultValue "tool_calls" with calls, else "stop"
   */
  readonly finishReason?: FinishReason | undefined;
  /**
   * Token counts to report.
   *
   * @defaultValue counted, about four characters a token
   */
  readonly usage?: Usage | undefined;
  /**
   * HTTP status, 200 to 599; from 400 on the answer is an error with `text` as its message.
   *
   * @defaultValue 200
   */
  readonly status?: number | undefined;
  /**
   * Response headers besides, or in place of, the usual ones.
   *
   * @defaultValue none
   */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * A body that is sent as it is, in place of everything above; an object is sent as JSON.
   *
   * @defaultValue none
   */
  readonly body?: string | JsonObject | undefined;
  /**
   * Milliseconds before the first byte, on top of the simulator's `latencyMs`.
   *
   * @defaultValue 0
   */
  readonly delayMs?: number | undefined;
  /**
   * Pieces of an event stream, written one after another as they are, in place of text and calls.
   *
   * @defaultValue none
   */
  readonly chunks?: readonly string[] | undefined;
  /**
   * True sends what there is but no end, and leaves the socket open; with nothing to send, not even headers are sent.
   *
   * @defaultValue false
   */
  readonly hang?: boolean | undefined;
  /**
   * True destroys the socket in mid-answer: after all `chunks`, or half-way through any other body.
   *
   * @defaultValue false
   */
  readonly cut?: boolean | undefined;
}

/** One scripted tool call. */
export interface ScriptedCall {
  /** Name of the tool. */
  readonly name: string;
  /**
   * The arguments.
   *
   * @defaultValue `{}`
   */
  readonly input?: JsonObject | undefined;
  /**
   * The arguments as raw text, valid JSON or not, in place of `input`.
   *
   * @defaultValue `input` as JSON
   */
  readonly arguments?: string | undefined;
  /**
   * Id of the call.
   *
   * @defaultValue one that is unique in the life of the simulator
   */
  readonly id?: string | undefined;
}

/** The turn for a request, or a 500 when the script has none left. */
export async function nextTurn(
  script: Script,
  request: ChatRequest,
  index: number,
): Promise<ScriptedTurn> {
  const turn = typeof script === "function" ? await script(request, index) : script[index];
  if (turn === undefined) {
    throw new HttpError(500, `The script is exhausted: it has no turn for request ${index + 1}.`);
  }
  return typeof turn === "string" ? { text: turn } : turn;
}

/** The reply that a turn describes. */
export function scriptedReply(turn: ScriptedTurn, nextId: () => string): Reply {
  const calls = (turn.toolCalls ?? []).map((call) => ({
    id: call.id ?? nextId(),
    name: call.name,
    arguments: call.arguments ?? JSON.stringify(call.input ?? {}),
  }));
  return {
    text: turn.text ?? "",
    calls,
    finishReason: turn.finishReason ?? (calls.length > 0 ? "tool_calls" : "stop"),
  };
}

/** Whether a turn has anything to send before it hangs. */
export function isSilent(turn: ScriptedTurn): boolean {
  const { text, toolCalls, body, chunks } = turn;
  return [text, toolCalls, body, chunks].every((part) => part === undefined);
}
