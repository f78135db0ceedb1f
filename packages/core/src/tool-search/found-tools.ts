import type { ToolMessage } from "../message.ts";

/** What the tool is called that brings in others. */
export const searchToolsName = "search_tools";

/** What a search gives. */
export interface FoundTools {
  readonly tools: readonly FoundTool[];
  readonly note: string;
}

/** A found tool as the model is told of it; the name comes first. */
export interface FoundTool {
  readonly name: string;
  readonly description: string;
}

const given = new WeakSet<FoundTools>();

/** What a search gives, made such that it is known again. */
export function foundTools(found: FoundTools): FoundTools {
  given.add(found);
  return found;
}

/** Whether it was given by a search, and not by another tool in the same form. */
export function isFound(value: unknown): value is FoundTools {
  return typeof value === "object" && value !== null && given.has(value as FoundTools);
}

/** Whether a text is what a search gave; a tool that only has the name of one gives others. */
export function isSearchResult(toolName: string, text: string): boolean {
  return toolName === searchToolsName && text.startsWith('{"tools":[{"name":"');
}

/**
 * The names that a search has brought in, as its result tells the model. The JSON may have been cut, or words have been added
 * to it; inside a description its quotes are escaped, so no text can pass for a name.
 */
export function foundIn({ content, isError }: ToolMessage): readonly string[] {
  if (isError) return [];
  return [...content.matchAll(/\{"name":"([\w-]{1,64})"/g)].map(([, name = ""]) => name);
}
