import type { Response } from "undici";

import { htmlText } from "./html-text.ts";

/** The body of an answer as text. */
export interface HttpText {
  /** The media type without parameters, lower case; empty when the server gave none. */
  readonly contentType: string;
  readonly text: string;
  /** Whether the body was longer than what was read. */
  readonly truncated: boolean;
}

/**
 * Reads a body up to `maxBytes`, counted as they come out of decompression: a small answer can hold a big one.
 *
 * @throws Error when the body is no text, or breaks off.
 */
export async function readText(
  response: Response,
  maxBytes: number,
  signal: AbortSignal,
): Promise<HttpText> {
  const [written = "", ...parameters] = (response.headers.get("content-type") ?? "").split(";");
  const contentType = written.trim().toLowerCase();
  if (contentType && !textual.test(contentType)) {
    await response.body?.cancel();
    throw new Error(`"${response.url}" is ${contentType}, not text, and cannot be read.`);
  }
  const { bytes, truncated } = await readBytes(response, maxBytes, signal);
  const decoder = decoderFor(parameters.join(";"));
  // With `stream`, a character cut in two is left out instead of shown as a question mark.
  const decoded = decoder.decode(bytes, { stream: truncated });
  if (!contentType && decoded.includes("\0"))
    throw new Error(`"${response.url}" is not text and cannot be read.`);
  const text = /html/.test(contentType) ? htmlText(decoded) : decoded;
  const note = `\n[Cut here: only the first ${maxBytes} bytes were read.]`;
  return { contentType, text: truncated ? text + note : text, truncated };
}

const textual =
  /^(?:text\/.+|application\/(?:.+\+(?:json|xml)|json|xml|javascript|x-javascript|ecmascript|x-ndjson|ndjson|jsonl|yaml|x-yaml|toml|graphql|x-www-form-urlencoded)|image\/svg\+xml)$/;

async function readBytes(
  { body, url }: Response,
  maxBytes: number,
  signal: AbortSignal,
): Promise<{ readonly bytes: Buffer; readonly truncated: boolean }> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > maxBytes) break;
    }
  } catch (cause) {
    signal.throwIfAborted();
    throw new Error(`The answer of "${url}" broke off before its end.`, { cause });
  }
  return { bytes: Buffer.concat(chunks).subarray(0, maxBytes), truncated: size > maxBytes };
}

function decoderFor(parameters: string): InstanceType<typeof TextDecoder> {
  const [, label = "utf-8"] = /charset\s*=\s*"?([\w:.-]+)/i.exec(parameters) ?? [];
  try {
    return new TextDecoder(label);
  } catch {
    return new TextDecoder();
  }
}
