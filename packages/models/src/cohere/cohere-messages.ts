import {
  type AssistantMessage,
  type ContentPart,
  type Message,
  ModelError,
  type ToolCall,
  type ToolMessage,
  type UserMessage,
} from "@pawl/core";

import { type JsonObject, objectOf, parseJson } from "../wire/json.ts";
import { wireImage } from "../wire/wire-image.ts";
import type { CohereSetup } from "./cohere-setup.ts";
import { wireName } from "./cohere-tools.ts";

/** Whether a message says anything: Cohere answers 400 to one that is empty (kwaroran/Risuai#504). */
export function isSaid(message: Message): boolean {
  if (message.role === "tool") return true;
  if (message.role === "assistant" && message.toolCalls?.length) return true;
  const { content } = message;
  return typeof content === "string" ? isText(content) : content.some(isPart);
}

/** Puts messages into the form of Cohere's chat. */
export function cohereMessages(setup: CohereSetup): (message: Message) => object {
  return (message) => {
    const { role } = message;
    if (role === "user") return { role, content: wireContent(message.content, setup) };
    if (role === "assistant") return wireAnswer(message, setup.isThinking);
    if (role === "tool")
      return { role, tool_call_id: message.callId, content: documentsOf(message) };
    return { role, content: message.content };
  };
}

function isText(text: string): boolean {
  return text.trim() !== "";
}

function isPart(part: ContentPart): boolean {
  return part.type !== "text" || isText(part.text);
}

function wireContent(content: UserMessage["content"], setup: CohereSetup): unknown {
  if (typeof content === "string") return content;
  const [first, ...rest] = content.filter(isPart);
  if (first?.type === "text" && rest.length === 0) return first.text;
  return first && [first, ...rest].map((part) => wirePart(part, setup));
}

function wirePart(part: ContentPart, { model, facts }: CohereSetup): object {
  if (part.type === "text") return { type: "text", text: part.text };
  if (part.type === "file")
    throw new ModelError(
      'Cohere takes no files in messages: send their text, or pass it as "documents".',
      { code: "invalid-request" },
    );
  if (facts.capabilities.images === false)
    throw new ModelError(
      `The model "${model}" does not look at pictures: leave the image out of the message, or use "command-a-vision-07-2025".`,
      { code: "invalid-request" },
    );
  return { type: "image_url", image_url: wireImage(part) };
}

/**
 * An answer as it came: the plan beside the calls, where a model that thinks has its thinking (docs.cohere.com, tool use,
 * state management). A text beside calls, as other providers' models write it, is a plan; thinking without calls is not sent.
 */
function wireAnswer(
  { content, toolCalls = [], reasoning = "" }: AssistantMessage,
  isThinking: boolean,
): object {
  const role = "assistant";
  if (toolCalls.length === 0) return { role, content };
  const tool_calls = toolCalls.map(wireCall);
  const text = isText(content) ? content : "";
  if (!isThinking) {
    const plan = isText(reasoning) ? reasoning : text;
    return {
      role,
      ...(plan && { tool_plan: plan }),
      ...(text && text !== plan && { content: text }),
      tool_calls,
    };
  }
  const blocks = [
    ...(isText(reasoning) ? [{ type: "thinking", thinking: reasoning }] : []),
    ...(text ? [{ type: "text", text }] : []),
  ];
  return { role, ...(blocks.length > 0 && { content: blocks }), tool_calls };
}

function wireCall({ id, name, input, extra }: ToolCall): object {
  const called = { name: wireName(name), arguments: JSON.stringify(input) };
  return { ...extra, id, type: "function", function: called };
}

/** A result as documents, which is what answers cite: an object is one, a list of objects is one for each, all else a text. */
function documentsOf({ content, isError }: ToolMessage): readonly object[] {
  const items = isError ? [{ error: content }] : (objectsIn(content) ?? [{ text: content }]);
  return items.map((data) => ({ type: "document", document: { data } }));
}

function objectsIn(text: string): readonly JsonObject[] | undefined {
  // Most results are plain text; and a number with this many digits would become another one.
  if (!/^\s*[[{]/.test(text) || /\d{16}/.test(text)) return undefined;
  const value = parseJson(text);
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  const objects = items.flatMap((item) => {
    const object = objectOf(item);
    return object && Object.keys(object).length > 0 ? [object] : [];
  });
  return objects.length > 0 && objects.length === items.length ? objects : undefined;
}
