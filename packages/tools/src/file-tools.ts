import { checkOptions, type Tool } from "@pawl/core";

import { fileRoot } from "./file-root.ts";
import { listFiles, type FileList, type ListFilesInput } from "./list-files.ts";
import { readFile, type ReadFileInput } from "./read-file.ts";
import { searchFiles, type SearchFilesInput, type SearchHit } from "./search-files.ts";

/** Where {@link fileTools} may look. */
export interface FileToolsOptions {
  /** The folder, which must exist. Nothing outside it is read, listed or searched. */
  readonly root: string;
}

/** The tools of {@link fileTools}, in this order. */
export type FileTools = readonly [
  Tool<"read_file", ReadFileInput, string, unknown>,
  Tool<"list_files", ListFilesInput, FileList, unknown>,
  Tool<"search_files", SearchFilesInput, readonly SearchHit[], unknown>,
];

/**
 * The three file tools with their default limits, for one folder.
 *
 * @throws TypeError when an option is unknown or the folder does not exist.
 */
export function fileTools(options: FileToolsOptions): FileTools {
  checkOptions("fileTools", options, ["root"]);
  fileRoot("fileTools", options.root);
  return [readFile(options), listFiles(options), searchFiles(options)];
}
