import type { Message, ModelRequest } from "@pawl/core";

/** What a model is asked, as plain JSON without what differs from run to run: the same question is the same object. */
export interface ComparableRequest {
  readonly instructions?: string;
  readonly messages: readonly object[];
  readonly tools: readonly object[];
  readonly toolChoice: unknown;
  readonly responseFormat?: unknown;
}

/** A request in comparable form: calls are numbered in place of their ids, and what was consumed is left out. */
export function comparableRequest(request: ModelRequest): ComparableRequest {
  const { instructions, messages, tools, toolChoice, responseFormat } = request;
  const numbers = new Map<string, string>();
  const numberOf = (id: string): string => {
    const number = numbers.get(id) ?? `#${numbers.size + 1}`;
    numbers.set(id, number);
    return number;
  };
  return {
    ...(instructions && { instructions }),
    messages: messages.map((message) => comparableMessage(message, numberOf)),
    tools: tools.map(({ name, description, parameters }) => ({ name, description, parameters })),
    toolChoice,
    ...(responseFormat && { responseFormat }),
  };
}

/** A value as JSON that is the same whatever the order in which its fields were set. */
export function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => {
    if (typeof each !== "object" || each === null || Array.isArray(each)) return each;
    return Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function comparableMessage(message: Message, numberOf: (id: string) => string): object {
  const { role, content } = message;
  if (message.role === "assistant") {
    const calls = message.toolCalls?.map(({ id, name, input }) => ({
      id: numberOf(id),
      name,
      input,
    }));
    return { role, content, ...(calls?.length && { toolCalls: calls }) };
  }
  if (message.role !== "tool") return { role, content };
  const { callId, toolName, isError } = message;
  return { role, callId: numberOf(callId), toolName, content, ...(isError && { isError }) };
}
