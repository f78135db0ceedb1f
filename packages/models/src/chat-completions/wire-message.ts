import type { AssistantMessage, Message, ModelCapabilities, ToolCall } from "@pawl/core";

import { sendableName } from "../tool-calls/tool-names.ts";
import { callIdWriter } from "./call-ids.ts";
import { wireContent } from "./wire-content.ts";

/** How what was said before is sent back. */
export interface HistoryOptions {
  /**
   * Whether a model's thinking is sent back with the calls that came of it, as `reasoning_content`: DeepSeek R1 forbids it,
   * V3.2 requires it (Sylinko/Everywhere#287).
   *
   * @defaultValue `false`
   */
  readonly replayReasoning?: boolean | undefined;
  /**
   * What the ids of calls look like when they are sent back. Mistral refuses all but nine letters and digits
   * (editor-code-assistant/eca#233): `"alphanumeric-9"` gives those that are anything else another id, on calls and results
   * alike, and the same in every request.
   *
   * @defaultValue `"as-given"`
   */
  readonly callIds?: "as-given" | "alphanumeric-9" | undefined;
}

/** What decides the form of messages. */
export interface MessageSettings {
  readonly model: string;
  readonly capabilities: ModelCapabilities;
  readonly isReasoningReplayed: boolean;
  readonly callIds: NonNullable<HistoryOptions["callIds"]>;
}

/** Puts the messages of one conversation into the form of chat completions. */
export function messageWriter(settings: MessageSettings): (message: Message) => object {
  const { isReasoningReplayed, callIds } = settings;
  const idOf = callIds === "as-given" ? (id: string): string => id : callIdWriter();
  return (message) => {
    const { role } = message;
    if (role === "user") return { role, content: wireContent(message.content, settings) };
    if (role === "assistant") return wireAnswer(message, idOf, isReasoningReplayed);
    const { content } = message;
    return role === "tool"
      ? { role, tool_call_id: idOf(message.callId), content }
      : { role, content };
  };
}

function wireAnswer(
  { content, toolCalls = [], reasoning }: AssistantMessage,
  idOf: (id: string) => string,
  isReasoningReplayed: boolean,
): object {
  // Never `content: null`: AI/ML API answers 400 to it, whatever its schema says (aimlapi/openclaw-aimlapi rewrites it too).
  // Nor an empty list of calls, which others refuse.
  if (toolCalls.length === 0) return { role: "assistant", content };
  return {
    role: "assistant",
    content,
    ...(isReasoningReplayed && reasoning && { reasoning_content: reasoning }),
    tool_calls: toolCalls.map((call) => wireCall(call, idOf(call.id))),
  };
}

function wireCall({ name, input, extra }: ToolCall, id: string): object {
  const called = { name: sendableName(name), arguments: JSON.stringify(input) };
  return { ...extra, id, type: "function", function: called };
}
