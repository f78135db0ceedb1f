import { wordsOf } from "../errors.ts";

/** The most a tool result may put into the prompt, in UTF-8 bytes. */
const maxBytes = 256 * 1024;

/**
 * What the model reads of a tool's output: a string as it is, anything else as JSON, cut with a note when it is too long.
 *
 * @throws TypeError when the value has no JSON form. By then the tool has done its work, and the model must not repeat it.
 */
export function toolText(output: unknown): string {
  const text = wholeText(output);
  // A character is at most three bytes of UTF-8 per UTF-16 unit, so short texts need no count.
  if (text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes) return text;
  const bytes = Buffer.from(text);
  let end = maxBytes;
  // Back to the first byte of a character: 10xxxxxx continues one.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return `${bytes.toString("utf8", 0, end)}\n[cut: this is the first ${end} of ${bytes.length} bytes; ask for less at a time]`;
}

/**
 * The same without the cut.
 *
 * @throws TypeError when the value has no JSON form.
 */
export function wholeText(output: unknown): string {
  return (typeof output === "string" ? output : jsonOf(output)) || "(no output)";
}

function jsonOf(output: unknown): string | undefined {
  let text: string | undefined;
  try {
    text = JSON.stringify(output);
  } catch (cause) {
    throw unwritable(wordsOf(cause).split("\n")[0] ?? "", cause);
  }
  // A Map, a Response or an Error would be an empty object, and the model would take it for a success with nothing in it.
  const isLost = text === undefined ? output !== undefined : text === "{}" && !isPlain(output);
  if (isLost) throw unwritable(`it is a ${kindOf(output)}`);
  return text;
}

function unwritable(why: string, cause?: unknown): TypeError {
  return new TypeError(
    `The tool ran, but its output cannot be written as JSON (${why}): return text, numbers, lists and plain objects.`,
    { cause },
  );
}

function isPlain(output: unknown): boolean {
  const prototype: unknown = Object.getPrototypeOf(output);
  return prototype === Object.prototype || prototype === null;
}

function kindOf(output: unknown): string {
  const kind = typeof output === "object" ? String(Object(output).constructor?.name) : "";
  return kind || typeof output;
}
