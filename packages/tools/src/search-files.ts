import { checkOptions, tool, type Tool } from "@pawl/core";
import { z } from "zod";

import { checkLimit } from "./check-limit.ts";
import { fileRoot, type FileRoot } from "./file-root.ts";
import { passagesOf } from "./passages.ts";
import { Ranking, type RankedPassage } from "./ranking.ts";

/** What {@link searchFiles} may search, and how much in one call. */
export interface SearchFilesOptions {
  /** The folder, which must exist. Nothing outside it is searched. */
  readonly root: string;
  /**
   * The most files one call looks into, 1 or more, in the order of their paths.
   *
   * @defaultValue 2,000
   */
  readonly maxFiles?: number | undefined;
  /**
   * The most bytes one call reads, 1 or more; of one file never more than 1 MiB.
   *
   * @defaultValue 16,777,216 (16 MiB)
   */
  readonly maxBytes?: number | undefined;
}

/** What {@link searchFiles} is asked. */
export interface SearchFilesInput {
  readonly query: string;
  readonly limit?: number | undefined;
}

/** A passage found: where its best line is, the text around it under its heading, and how well it fits. */
export type SearchHit = RankedPassage;

/**
 * A tool that finds the passages of text files that best fit a few words: no index, no embeddings, no patterns.
 *
 * @throws TypeError when an option is unknown or wrong, or the folder does not exist.
 */
export function searchFiles(
  options: SearchFilesOptions,
): Tool<"search_files", SearchFilesInput, readonly SearchHit[], unknown> {
  checkOptions("searchFiles", options, ["root", "maxFiles", "maxBytes"]);
  const { maxFiles = 2000, maxBytes = 16_777_216 } = options;
  checkLimit('searchFiles: "maxFiles"', maxFiles);
  checkLimit('searchFiles: "maxBytes"', maxBytes);
  const root = fileRoot("searchFiles", options.root);
  return tool({
    name: "search_files",
    description:
      "Finds the passages of text files that best fit a few words, best first, with path and line for read_file. " +
      "Plurals and verb endings do not matter. An empty list means that no file has any of the words.",
    inputSchema: z.object({
      query: z
        .string()
        .min(1)
        .max(500)
        .describe('A few telling words, such as "retry failed requests".'),
      limit: z.number().int().min(1).max(50).optional().describe("How many passages. Default: 5."),
    }),
    effect: "read",
    execute: (input, { signal }) => search(root, input, { maxFiles, maxBytes, signal }),
  });
}

interface Limits {
  readonly maxFiles: number;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

const maxFileBytes = 1_048_576;

async function search(
  root: FileRoot,
  { query, limit = 5 }: SearchFilesInput,
  { maxFiles, maxBytes, signal }: Limits,
): Promise<readonly SearchHit[]> {
  const ranking = new Ranking(query);
  let files = 0;
  let bytes = 0;
  for await (const path of root.files(".", signal)) {
    signal.throwIfAborted();
    if (files === maxFiles || bytes >= maxBytes) break;
    files += 1;
    const content = await start(root, path, Math.min(maxFileBytes, maxBytes - bytes));
    bytes += content.length;
    if (content.includes(0)) continue;
    const isMarkdown = /\.(?:md|mdx|markdown|txt)$/i.test(path);
    for (const passage of passagesOf(content.toString("utf8"), isMarkdown))
      ranking.add(path, passage);
  }
  return ranking.best(limit);
}

/** A file that vanished or may not be read is no reason to find nothing in the others. */
async function start(root: FileRoot, path: string, size: number): Promise<Buffer> {
  const handle = await root.openFile(path).catch(() => undefined);
  if (!handle) return Buffer.alloc(0);
  try {
    const { size: length } = await handle.stat();
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(size, length)), 0);
    return buffer.subarray(0, bytesRead);
  } catch {
    return Buffer.alloc(0);
  } finally {
    await handle.close();
  }
}
