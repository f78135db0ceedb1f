import type { AssistantMessage, Message, ToolCall, ToolMessage } from "./message.ts";

/** @throws TypeError saying what is missing, when it is no message. */
export function checkMessage(where: string, message: Message): void {
  const { role, content, callId, toolCalls } = Object(message) as Partial<
    AssistantMessage & Omit<ToolMessage, "role">
  >;
  const problem = !["system", "user", "assistant", "tool"].includes(String(role))
    ? 'needs a "role" of "system", "user", "assistant" or "tool".'
    : !isContent(String(role), content)
      ? 'needs a "content" that is a string; a user\'s may also be a list of text, image and file parts.'
      : String(role) === "tool" && typeof callId !== "string"
        ? 'needs the "callId" of the call that it answers.'
        : toolCalls !== undefined && !(Array.isArray(toolCalls) && [...toolCalls].every(isCall))
          ? 'needs "toolCalls" that are a list of { id, name, input }.'
          : undefined;
  if (problem) throw new TypeError(`${where} ${problem}`);
}

function isContent(role: string, content: unknown): boolean {
  if (role !== "user" || !Array.isArray(content)) return typeof content === "string";
  return content.length > 0 && content.every(isPart);
}

const details: readonly unknown[] = [undefined, "low", "high", "auto"];

function isPart(part: unknown): boolean {
  const { type, text, image, data, mediaType, detail, filename } = Object(part) as Record<
    string,
    unknown
  >;
  if (type === "text") return typeof text === "string";
  if (type === "image")
    return (
      isFilled(image) &&
      (mediaType === undefined || isFilled(mediaType)) &&
      details.includes(detail)
    );
  const isNamed = filename === undefined || isFilled(filename);
  return type === "file" && isFilled(data) && isFilled(mediaType) && isNamed;
}

function isFilled(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

/** Whether it has what every call has; what else is asked of one depends on where it comes from. */
export function isCall(call: unknown): boolean {
  const { id, name, input } = Object(call) as Partial<ToolCall>;
  return (
    typeof id === "string" &&
    typeof name === "string" &&
    typeof input === "object" &&
    input !== null
  );
}
