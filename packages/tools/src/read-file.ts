import type { FileHandle } from "node:fs/promises";

import { checkOptions, tool, type Tool } from "@pawl/core";
import { z } from "zod";

import { checkLimit } from "./check-limit.ts";
import { fileRoot, type FileRoot } from "./file-root.ts";

/** What {@link readFile} may read, and how much at once. */
export interface ReadFileOptions {
  /** The folder, which must exist. What is in and below it may be read, but no dot-files; nothing outside, links included. */
  readonly root: string;
  /**
   * The most bytes of text one call returns, 1 or more. A longer file is cut at the end of a line, with a note on how to
   * read on.
   *
   * @defaultValue 262,144 (256 KiB)
   */
  readonly maxBytes?: number | undefined;
}

/** What {@link readFile} is asked. */
export interface ReadFileInput {
  readonly path: string;
  readonly startLine?: number | undefined;
  readonly endLine?: number | undefined;
}

/**
 * A tool that reads a text file, or some lines of it, inside one folder.
 *
 * @throws TypeError when an option is unknown or wrong, or the folder does not exist.
 */
export function readFile(
  options: ReadFileOptions,
): Tool<"read_file", ReadFileInput, string, unknown> {
  checkOptions("readFile", options, ["root", "maxBytes"]);
  const { maxBytes = 262_144 } = options;
  checkLimit('readFile: "maxBytes"', maxBytes);
  const root = fileRoot("readFile", options.root);
  const line = z.number().int().min(1).optional();
  return tool({
    name: "read_file",
    description:
      "Reads a UTF-8 text file and returns its text. Long files are cut with a note; read on with startLine.",
    inputSchema: z.object({
      path: z.string().min(1).max(4096).describe('Relative, such as "notes/today.md".'),
      startLine: line.describe("First line to read, from 1. Default: 1."),
      endLine: line.describe("Last line to read. Default: the last of the file."),
    }),
    effect: "read",
    execute: (input, { signal }) => read(root, input, { maxBytes, signal }),
  });
}

interface Limits {
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** The lines asked for, as bytes; `nextLine` is set when the limit cut them short. */
interface Excerpt {
  readonly bytes: Buffer;
  readonly lines: number;
  readonly nextLine?: number | undefined;
  readonly isLineCut?: boolean | undefined;
}

async function read(root: FileRoot, input: ReadFileInput, limits: Limits): Promise<string> {
  const { path, startLine = 1, endLine } = input;
  if (endLine !== undefined && endLine < startLine)
    throw new Error(`endLine (${endLine}) must not be smaller than startLine (${startLine}).`);
  const handle = await root.openFile(path);
  try {
    const { bytes, lines, nextLine, isLineCut } = await excerpt(handle, input, limits);
    if (lines === 0 && startLine === 1) return "[The file is empty.]";
    if (lines < startLine)
      throw new Error(`"${path}" has only ${lines} ${lines === 1 ? "line" : "lines"}.`);
    const text = decode(bytes, path);
    if (nextLine === undefined) return text;
    const what = isLineCut ? `Line ${nextLine - 1} is too long and` : "The file";
    return `${text.replace(/\n$/, "")}\n[${what} was cut here after ${bytes.length} bytes. Read on with startLine: ${nextLine}.]`;
  } finally {
    await handle.close();
  }
}

function decode(bytes: Buffer, path: string): string {
  try {
    if (!bytes.includes(0)) return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // The same answer as for a zero byte.
  }
  throw new Error(`"${path}" is not UTF-8 text (it looks binary) and cannot be read.`);
}

/** Reads in chunks and stops as soon as it has enough: the file may be far larger than memory. */
async function excerpt(handle: FileHandle, input: ReadFileInput, limits: Limits): Promise<Excerpt> {
  const { startLine = 1, endLine = Infinity } = input;
  const kept: Buffer[] = [];
  let keptBytes = 0;
  let line = 1;
  let isLineOpen = false;
  for await (const chunk of chunks(handle, limits.signal)) {
    for (const part of partsOf(chunk)) {
      if (line > endLine) break;
      if (line >= startLine) keptBytes += part.length;
      if (line >= startLine) kept.push(part);
      isLineOpen = part.at(-1) !== newline;
      if (!isLineOpen) line += 1;
    }
    if (line > endLine || keptBytes > limits.maxBytes) break;
  }
  const bytes = Buffer.concat(kept);
  if (keptBytes > limits.maxBytes) return cut(bytes, startLine, limits.maxBytes);
  // A last line need not end in a newline, and a final newline begins no further line.
  return { bytes, lines: isLineOpen ? line : line - 1 };
}

const newline = 10;

function* partsOf(chunk: Buffer): Generator<Buffer, void> {
  for (let from = 0; from < chunk.length;) {
    const at = chunk.indexOf(newline, from);
    const to = at === -1 ? chunk.length : at + 1;
    yield chunk.subarray(from, to);
    from = to;
  }
}

function cut(bytes: Buffer, startLine: number, maxBytes: number): Excerpt {
  const whole = bytes.subarray(0, bytes.lastIndexOf(newline, maxBytes - 1) + 1);
  if (whole.length > 0) {
    const count = whole.reduce((sum, byte) => sum + (byte === newline ? 1 : 0), 0);
    return { bytes: whole, lines: startLine, nextLine: startLine + count };
  }
  let end = maxBytes;
  // A byte 10xxxxxx continues a character: step back to where one begins.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return {
    bytes: bytes.subarray(0, end),
    lines: startLine,
    nextLine: startLine + 1,
    isLineCut: true,
  };
}

async function* chunks(handle: FileHandle, signal: AbortSignal): AsyncGenerator<Buffer, void> {
  for (;;) {
    signal.throwIfAborted();
    // A new buffer each time: parts of the last one are kept.
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(65_536), 0, 65_536);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}
