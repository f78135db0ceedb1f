import { type JsonObject, objectOf, textOf } from "../wire/json.ts";

/** The text of a message's or delta's `content`, which is a text or a list of parts; undefined when there is none. */
export function textIn(content: unknown): string | undefined {
  if (!Array.isArray(content)) return textOf(content);
  return textOf(content.map((part) => textOf(objectOf(part)?.["text"]) ?? "").join(""));
}

/** The thinking in a message or delta. One channel: servers that have several names for it send the same under each (langchain-ai/langchain#34166). */
export function reasoningIn(said: JsonObject): string | undefined {
  return (
    textOf(said["reasoning_content"]) ??
    textOf(said["reasoning"]) ??
    textOf(said["thinking"]) ??
    textIn(said["reasoning_details"]) ??
    thinkingParts(said["content"])
  );
}

/** Mistral's reasoning models put it among the parts of the content, as a list of texts. */
function thinkingParts(content: unknown): string | undefined {
  if (!Array.isArray(content)) return undefined;
  const thoughts = content.map((part) => textIn(objectOf(part)?.["thinking"]) ?? "");
  return textOf(thoughts.join(""));
}
