import type { Message, Model, ModelCapabilities, ModelRequest } from "@pawl/core";
import { ModelError } from "@pawl/core";
import { scripted, type ScriptedTurn } from "@pawl/core/testing";

/** What the strictest provider would refuse of a request's messages; undefined when there is nothing. */
export function objection(messages: readonly Message[]): string | undefined {
  const said = messages.filter(({ role }) => role !== "system");
  if (said[0]?.role !== "user") return `the first message is of ${said[0]?.role}`;
  let open: string[] = [];
  for (const [index, message] of messages.entries()) {
    if (message.role === "tool") {
      if (open.shift() !== message.callId) return `message ${index} answers no call, or too late`;
      continue;
    }
    if (open.length > 0) break;
    open = callsOf(message);
    if (message.role === "assistant" && message.content === "" && open.length === 0)
      return `message ${index} says nothing`;
  }
  if (open.length > 0) return `call ${open[0]} has no answer`;
  return said.at(-1)?.role === "assistant" ? "there is nothing to answer to" : undefined;
}

function callsOf(message: Message): string[] {
  return message.role === "assistant" ? (message.toolCalls ?? []).map(({ id }) => id) : [];
}

/** The characters of all that is said, by four: about the tokens of English prose. */
export function sizeOf(messages: readonly Message[]): number {
  return Math.ceil(messages.reduce((sum, each) => sum + lengthOf(each), 0) / 4);
}

function lengthOf(message: Message): number {
  const calls = message.role === "assistant" ? (message.toolCalls ?? []) : [];
  return JSON.stringify(message.content).length + JSON.stringify(calls).length;
}

/** A model that refuses what the strictest provider would, and remembers what it was asked. */
export interface StrictModel extends Model {
  /** The requests for answers. */
  readonly requests: readonly ModelRequest[];
  /** The requests for summaries. */
  readonly summaries: readonly ModelRequest[];
}

type Turn = string | ScriptedTurn;

/** A model whose answers are made by `answer`, from the number of the step; its summaries by `summary`. */
export function strict(
  capabilities: Partial<ModelCapabilities>,
  answer: (step: number, request: ModelRequest) => Turn,
  summary: (number: number, request: ModelRequest) => Turn = () => "It was all read.",
): StrictModel {
  const requests: ModelRequest[] = [];
  const summaries: ModelRequest[] = [];
  const turn = (request: ModelRequest): Turn => {
    const kept = { ...request, messages: [...request.messages] };
    const problem = objection(kept.messages) ?? excess(kept.messages, capabilities);
    if (problem) throw new ModelError(problem, { code: "invalid-request", status: 400 });
    if (/\.summary-\d+$/.test(request.requestId)) return summary(summaries.push(kept), request);
    return answer(requests.push(kept), request);
  };
  const model = scripted(Array.from({ length: 2000 }, () => turn));
  return { ...model, capabilities: { tools: true, ...capabilities }, requests, summaries };
}

function excess(
  messages: readonly Message[],
  { contextTokens = Infinity }: Partial<ModelCapabilities>,
): string | undefined {
  const size = sizeOf(messages);
  return size > contextTokens ? `${size} tokens are more than ${contextTokens}` : undefined;
}

/** Whether a request begins with the very messages of the one before. */
export function continues(before: ModelRequest, after: ModelRequest): boolean {
  return before.messages.every((message, index) => message === after.messages[index]);
}

/** English of a certain length. */
export function prose(length: number, seed = 0): string {
  const words = `Line ${seed}: the pawl lets the wheel turn forward and keeps it from slipping back. `;
  return words.repeat(Math.ceil(length / words.length)).slice(0, length);
}
