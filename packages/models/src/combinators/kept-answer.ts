import type { AssistantMessage, Message, ModelEvent } from "@pawl/core";

import { mintCallId } from "../tool-calls/mint-call-id.ts";

/** New ids for those of an answer's calls that the conversation has already; empty when all may stay. */
export function newIds(
  answer: AssistantMessage,
  messages: readonly Message[],
): ReadonlyMap<string, string> {
  const calls = answer.toolCalls ?? [];
  if (calls.length === 0) return new Map();
  const taken = new Set(messages.flatMap(idsOf));
  return new Map(calls.filter(({ id }) => taken.has(id)).map(({ id }) => [id, mintCallId()]));
}

/** The answer with these ids. */
export function withIds(
  answer: AssistantMessage,
  ids: ReadonlyMap<string, string>,
): AssistantMessage {
  if (ids.size === 0) return answer;
  const toolCalls = answer.toolCalls?.map((call) => ({ ...call, id: ids.get(call.id) ?? call.id }));
  return { ...answer, toolCalls };
}

/** The events of an answer that is there already. */
export function* eventsOf(
  { content, reasoning, toolCalls }: AssistantMessage,
  isWatched: boolean,
): Generator<ModelEvent, void> {
  if (reasoning && isWatched) yield { type: "reasoning-delta", text: reasoning };
  if (content) yield { type: "text-delta", text: content };
  if (!isWatched) return;
  for (const { id, name, input } of toolCalls ?? []) {
    yield { type: "tool-input-start", callId: id, toolName: name };
    yield { type: "tool-input-delta", callId: id, text: JSON.stringify(input) };
    yield { type: "tool-input-end", callId: id };
  }
}

function idsOf(message: Message): readonly string[] {
  return message.role === "assistant" ? (message.toolCalls ?? []).map(({ id }) => id) : [];
}
