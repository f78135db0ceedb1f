import type { Message } from "../message.ts";
import { opening } from "./shortened.ts";
import { textTokens } from "./token-estimate.ts";

/** How many characters are left of what is said, and of arguments and results, when more does not fit. */
const lengths: ReadonlyArray<readonly [words: number, data: number]> = [
  [20_000, 4000],
  [8000, 1000],
  [2000, 300],
  [500, 80],
];

/**
 * A conversation as one text of at most about `room` tokens, for a model that is to sum it up: a request of its own with
 * nothing in it that a provider could find unpaired (anomalyco/opencode#25774). Of what does not fit the end is kept.
 */
export function retold(messages: readonly Message[], room: number): string {
  let text = "";
  for (const [words, data] of lengths) {
    text = messages.map((each) => told(each, words, data)).join("\n\n");
    if (textTokens(text) <= room) return text;
  }
  const length = Math.floor((text.length * room) / textTokens(text));
  return `[The beginning is left out.]\n${text.slice(-length)}`;
}

function told(message: Message, words: number, data: number): string {
  switch (message.role) {
    case "system":
      return `System: ${excerpt(message.content, words)}`;
    case "user":
      return `User: ${excerpt(said(message.content), words)}`;
    case "tool":
      return `${message.isError ? "Error" : "Result"} of ${message.toolName}: ${excerpt(message.content, data)}`;
    case "assistant": {
      const calls = (message.toolCalls ?? []).map(
        ({ name, input }) => `Call of ${name}: ${excerpt(JSON.stringify(input), data)}`,
      );
      return [message.content && `Assistant: ${excerpt(message.content, words)}`, ...calls]
        .filter(Boolean)
        .join("\n");
    }
  }
}

function said(content: Extract<Message, { role: "user" }>["content"]): string {
  if (typeof content === "string") return content;
  return content
    .map((part) => {
      if (part.type === "text") return part.text;
      return part.type === "image" ? "[a picture]" : `[a file: ${part.filename ?? part.mediaType}]`;
    })
    .join("\n");
}

function excerpt(text: string, length: number): string {
  return text.length <= length ? text : `${opening(text, length)} […]`;
}
