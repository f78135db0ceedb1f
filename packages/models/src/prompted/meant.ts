import type {
  AssistantMessage,
  FinishReason,
  ModelEvent,
  ModelRequest,
  ToolCall,
} from "@pawl/core";

import type { Reading } from "./read-calls.ts";

/** What would have been seen of the same answer from a model with tools of its own. */
export function* eventsOf(
  { calls, text, plan }: Reading,
  { isWatched }: ModelRequest,
): Generator<ModelEvent, void> {
  if (plan && isWatched) yield { type: "reasoning-delta", text: plan };
  if (text) yield { type: "text-delta", text };
  if (!isWatched) return;
  for (const { id, name, input, invalid } of calls) {
    yield { type: "tool-input-start", callId: id, toolName: name };
    yield { type: "tool-input-delta", callId: id, text: invalid?.text ?? JSON.stringify(input) };
    yield { type: "tool-input-end", callId: id };
  }
}

/** The message that a model with tools of its own would have given. */
export function meant(message: AssistantMessage, { calls, text, plan }: Reading): AssistantMessage {
  if (text === message.content) return message;
  // Citations are places in a text that is not shown.
  const { citations: _places, ...rest } = message;
  const reasoning = [message.reasoning, plan].filter(Boolean).join("\n");
  return {
    ...rest,
    content: text,
    ...(reasoning && { reasoning }),
    ...(calls.length > 0 && { toolCalls: calls }),
    finishReason: finishReason(message.finishReason, calls),
  };
}

function finishReason(
  reason: FinishReason | undefined,
  calls: readonly ToolCall[],
): FinishReason | undefined {
  const isCutShort = reason === "length" || reason === "content-filter";
  return calls.length > 0 && !isCutShort ? "tool-calls" : reason;
}
