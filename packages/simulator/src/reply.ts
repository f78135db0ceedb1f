import type { ChatRequest } from "./chat-request.ts";
import { modelFacts } from "./models.ts";

/** What is answered to one request, before it takes a form on the wire. */
export interface Reply {
  /** The visible text. */
  readonly text: string;
  /** The calls, in order. */
  readonly calls: readonly ReplyCall[];
  /** Why it ends. */
  readonly finishReason: FinishReason;
}

/** One call of a reply; its arguments are text, and may be cut. */
export interface ReplyCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** Why an answer ends, in the words of the wire. */
export type FinishReason = "stop" | "length" | "content_filter" | "tool_calls";

/** Token counts, in the words of the wire. */
export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
}

/** What a request cost. */
export interface Cost {
  /** AI/ML API's own unit: two million are one US dollar. */
  readonly credits_used: number;
  /** US dollars. */
  readonly usd_spent: number;
}

/** The reply as `stop` and the token limits of the request leave it. */
export function limited(reply: Reply, request: ChatRequest): Reply {
  return cutAtLimit(cutAtStop(reply, request), request);
}

/** Token counts of a request and its reply, at about four characters a token. */
export function countUsage(request: ChatRequest, reply: Reply): Usage {
  const prompt = JSON.stringify([request.messages, request.tools ?? []]);
  const said = reply.text.length + sum(reply.calls.map(callLength));
  const prompt_tokens = tokensOf(prompt.length);
  const completion_tokens = tokensOf(said);
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
}

/** What the tokens cost at the model's price. */
export function costOf(model: string, usage: Usage): Cost {
  const { inputUsd, outputUsd } = modelFacts(model);
  const microUsd = usage.prompt_tokens * inputUsd + usage.completion_tokens * outputUsd;
  const credits_used = Math.round(microUsd * 2);
  return { credits_used, usd_spent: credits_used / 2_000_000 };
}

const charactersPerToken = 4;

function cutAtStop(reply: Reply, request: ChatRequest): Reply {
  const stops = [request.stop ?? []].flat().filter((stop) => stop !== "");
  const ends = stops.map((stop) => reply.text.indexOf(stop)).filter((at) => at >= 0);
  if (ends.length === 0) return reply;
  return { text: reply.text.slice(0, Math.min(...ends)), calls: [], finishReason: "stop" };
}

function cutAtLimit(reply: Reply, request: ChatRequest): Reply {
  const tokens = Math.min(
    request.max_tokens ?? Infinity,
    request.max_completion_tokens ?? Infinity,
    modelFacts(request.model).outputMax,
  );
  let room = Math.floor(tokens) * charactersPerToken;
  const text = reply.text.slice(0, room);
  room -= reply.text.length;
  const calls: ReplyCall[] = [];
  for (const call of reply.calls) {
    // A real server that runs out of tokens leaves half a call behind; one not begun is not sent.
    if (room <= call.name.length) break;
    calls.push({ ...call, arguments: call.arguments.slice(0, room - call.name.length) });
    room -= callLength(call);
  }
  const isCut = room < 0 || calls.length < reply.calls.length;
  return isCut ? { text, calls, finishReason: "length" } : reply;
}

function callLength(call: ReplyCall): number {
  return call.name.length + call.arguments.length;
}

function tokensOf(characters: number): number {
  return Math.ceil(characters / charactersPerToken);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, next) => total + next, 0);
}
