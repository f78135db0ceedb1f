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
   * A body that is sent as it is, in place of everything above but status and headers; an object that is no bytes is sent
   * as JSON.
   *
   * @defaultValue none
   */
  readonly body?: string | Uint8Array | JsonObject | undefined;
  /**
   * Milliseconds before the first byte, on top of the simulator's `latencyMs`.
   *
   * @defaultValue 0
   */
  readonly delayMs?: number | undefined;
  /**
   * Pieces of a body, written one after another as they are, in place of text and calls; an event stream unless `headers`
   * says otherwise.
   *
   * @defaultValue none
   */
  readonly chunks?: readonly ScriptedChunk[] | undefined;
  /**
   * True sends what there is but no end, and leaves the socket open; with nothing to send, not even headers are sent.
   *
   * @defaultValue false
   */
  readonly hang?: boolean | undefined;
  /**
   * True destroys the socket in mid-answer: after all `chunks`, or half-way through any other body; with nothing to send,
   * before the headers.
   *
   * @defaultValue false
   */
  readonly cut?: boolean | undefined;
}

/** A piece of a body: text, bytes (of half a character, say), or a pause before the next one. */
export type ScriptedChunk = string | Uint8Array | ScriptedPause;

/** A wait between two pieces of a body. */
export interface ScriptedPause {
  /** Milliseconds, 0 or more; 0 only lets what was written go out as a packet of its own. */
  readonly waitMs: number;
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
  if (typeof turn === "string") return { text: turn };
  for (const [place, chunk] of (turn.chunks ?? []).entries()) checkChunk(chunk, place);
  return turn;
}

function checkChunk(chunk: ScriptedChunk, place: number): void {
  if (typeof chunk === "string" || chunk instanceof Uint8Array) return;
  const { waitMs } = Object(chunk) as Partial<ScriptedPause>;
  if (typeof waitMs === "number" && waitMs >= 0 && waitMs < Infinity) return;
  const known = "a text, bytes, or { waitMs } of 0 or more milliseconds";
  throw new HttpError(500, `The script is wrong: chunk ${place} must be ${known}.`);
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

/** Whether a turn has nothing to send before it hangs or cuts the socket. */
export function isSilent(turn: ScriptedTurn): boolean {
  const { text, toolCalls, body, chunks } = turn;
  return [text, toolCalls, body, chunks].every((part) => part === undefined);
}
