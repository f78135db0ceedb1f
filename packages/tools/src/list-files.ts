import { posix } from "node:path";

import { checkOptions, tool, type Tool } from "@pawl/core";
import { z } from "zod";

import { checkLimit } from "./check-limit.ts";
import { fileRoot, type FileRoot } from "./file-root.ts";

/** What {@link listFiles} may list, and how much at once. */
export interface ListFilesOptions {
  /** The folder, which must exist. Nothing outside it is listed. */
  readonly root: string;
  /**
   * The most paths one call returns, 1 or more. A longer list is cut, and says so.
   *
   * @defaultValue 1,000
   */
  readonly maxEntries?: number | undefined;
}

/** What {@link listFiles} is asked. */
export interface ListFilesInput {
  readonly path?: string | undefined;
  readonly pattern?: string | undefined;
}

/** Paths relative to the root, sorted; `note` says when and why there may be more. */
export interface FileList {
  readonly files: readonly string[];
  readonly truncated: boolean;
  readonly note?: string | undefined;
}

/**
 * A tool that lists the files in and below one folder, without dot-files, links and `node_modules`.
 *
 * @throws TypeError when an option is unknown or wrong, or the folder does not exist.
 */
export function listFiles(
  options: ListFilesOptions,
): Tool<"list_files", ListFilesInput, FileList, unknown> {
  checkOptions("listFiles", options, ["root", "maxEntries"]);
  const { maxEntries = 1000 } = options;
  checkLimit('listFiles: "maxEntries"', maxEntries);
  const root = fileRoot("listFiles", options.root);
  return tool({
    name: "list_files",
    description:
      "Lists files, also in subfolders, as sorted relative paths. Dot-files, links and node_modules are left out.",
    inputSchema: z.object({
      path: z
        .string()
        .max(4096)
        .optional()
        .describe('A subfolder, such as "src". Default: everything.'),
      pattern: z
        .string()
        .min(1)
        .max(200)
        .optional()
        .describe('Glob: "*.md" matches names in any folder, "docs/**/*.md" paths below `path`.'),
    }),
    effect: "read",
    execute: (input, { signal }) => list(root, input, { maxEntries, signal }),
  });
}

/** Files looked at in one call, so that a pattern that matches nothing cannot walk a whole disk. */
const maxVisited = 100_000;

async function list(
  root: FileRoot,
  { path = "", pattern }: ListFilesInput,
  { maxEntries, signal }: { readonly maxEntries: number; readonly signal: AbortSignal },
): Promise<FileList> {
  if (pattern !== undefined) refuseCostlyPattern(pattern);
  const folder = path || ".";
  const files: string[] = [];
  let visited = 0;
  for await (const file of root.files(folder, signal)) {
    visited += 1;
    if (visited > maxVisited)
      return cut(files, `Only the first ${maxVisited} files were looked at: give a "path".`);
    if (pattern !== undefined && !isMatch(file, folder, pattern)) continue;
    if (files.length === maxEntries)
      return cut(files, `Cut after ${maxEntries} files: narrow it with "path" or "pattern".`);
    files.push(file);
  }
  return { files, truncated: false };
}

function cut(files: readonly string[], note: string): FileList {
  return { files, truncated: true, note };
}

function isMatch(file: string, folder: string, pattern: string): boolean {
  const subject = pattern.includes("/") ? posix.relative(folder, file) : posix.basename(file);
  return posix.matchesGlob(subject, pattern.replace(/^\.\//, ""));
}

/** Globs become regular expressions and brace lists, both of which a pattern can make explode. */
function refuseCostlyPattern(pattern: string): void {
  const isCostly =
    /[@+*?!]\(/.test(pattern) ||
    /\.\./.test(pattern) ||
    (pattern.match(/\{/g)?.length ?? 0) > 2 ||
    pattern.split("/").some((part) => (part.match(/\*+/g)?.length ?? 0) > 3) ||
    pattern.split("**").length > 4;
  if (isCostly)
    throw new Error(
      `The pattern "${pattern}" is too complex: use a few * and **, and at most two {a,b} lists, like "docs/**/*.{md,txt}".`,
    );
}
