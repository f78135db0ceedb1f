import type { ToolMessage } from "../message.ts";

/**
 * A result with `length` characters of its text left, most of them from the beginning, and a note on what is gone; 0 leaves
 * the note alone. The result itself, when that would save nothing.
 */
export function shortened(message: ToolMessage, length: number): ToolMessage {
  const { content, toolName } = message;
  const gone = (content.length - length).toLocaleString("en-US");
  const note = `${gone} characters of ${toolName}`;
  const pointer = pointerIn(content);
  const end = ending(content, Math.floor(length * 0.25));
  const short =
    length === 0
      ? `[result removed to make room: ${note}]${pointer}`
      : `${opening(content, Math.ceil(length * 0.75))}\n[removed here to make room: ${note}]\n${end.endsWith(pointer) ? end : pointer.slice(1)}`;
  return short.length < content.length ? { ...message, content: short } : message;
}

/** The first characters of a text; a character of two units is not cut in half. */
export function opening(text: string, length: number): string {
  const isHalved = /[\uD800-\uDBFF]/.test(text.charAt(length - 1));
  return text.slice(0, isHalved ? length - 1 : length);
}

function ending(text: string, length: number): string {
  const from = text.length - length;
  return text.slice(/[\uDC00-\uDFFF]/.test(text.charAt(from)) ? from + 1 : from);
}

/** What says where the whole of a result is kept, at its end. */
const pointerPattern = /\n\[[^\n]*\bread_result\b[^\n]*\]$/;

/** The way to a result that is kept elsewhere must not be lost with its text. */
function pointerIn(content: string): string {
  return pointerPattern.exec(content.slice(-1000))?.[0] ?? "";
}
