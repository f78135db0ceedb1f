import { checkCount } from "../count.ts";
import type { ToolChoice } from "../model.ts";
import { checkOptions } from "../options.ts";
import type { Tool } from "../tool.ts";
import { searchToolsName } from "./found-tools.ts";
import type { Offerable } from "./offered-tools.ts";
import { searchTools } from "./search-tools.ts";

/** How an agent with many tools shows only those that are needed. */
export interface ToolSearchOptions {
  /**
   * The names of tools that are offered from the start, beside `search_tools`.
   *
   * @defaultValue none
   */
  readonly always?: readonly string[] | undefined;
  /**
   * How many tools one search brings in at most, 1 to 20.
   *
   * @defaultValue 5
   */
  readonly results?: number | undefined;
  /**
   * How many found tools are offered at once at most, at least as many as one search brings in; the one that was not found and
   * not called for longest drops out first, and can be found again.
   *
   * @defaultValue 20
   */
  readonly offered?: number | undefined;
}

/** What an agent has that shows only the tools that were searched for. */
export interface ToolSearch extends Omit<Offerable, "always"> {
  readonly tool: Tool;
}

interface Searching {
  readonly toolSearch?: boolean | ToolSearchOptions | undefined;
  readonly toolChoice?: ToolChoice | undefined;
}

/**
 * What is made of the option once for all runs; nothing when all tools are offered anyway.
 *
 * @throws TypeError when an option is unknown or wrong, or a tool has the name of the search itself.
 */
export function readToolSearch(
  { toolSearch, toolChoice }: Searching,
  tools: ReadonlyMap<string, Tool>,
): ToolSearch | undefined {
  if (toolSearch === undefined || toolSearch === false) return undefined;
  const options = toolSearch === true ? {} : toolSearch;
  checkOptions('Agent: "toolSearch"', options, ["always", "results", "offered"]);
  const { always = [], results = 5, offered = Math.max(20, results) } = options;
  checkCount("Agent", ["toolSearch.results", results], { most: 20 });
  checkCount("Agent", ["toolSearch.offered", offered], { least: results });
  checkNames(always, tools);
  const hidden = new Map([...tools].filter(([name]) => !always.includes(name)));
  if (typeof toolChoice === "object" && hidden.has(toolChoice.tool))
    throw new TypeError(
      `Agent: "toolChoice" names "${toolChoice.tool}", which is not offered from the start; put it into "toolSearch.always".`,
    );
  if (hidden.size === 0) return undefined;
  return {
    tool: searchTools(hidden, results),
    isHidden: (name) => hidden.has(name),
    limit: offered,
  };
}

/** The tools with the search itself before them. */
export function withSearch(
  tools: ReadonlyMap<string, Tool>,
  search: ToolSearch | undefined,
): ReadonlyMap<string, Tool> {
  return search ? new Map([[searchToolsName, search.tool], ...tools]) : tools;
}

function checkNames(always: readonly string[], tools: ReadonlyMap<string, Tool>): void {
  if (tools.has(searchToolsName))
    throw new TypeError(
      `Agent: with "toolSearch" no tool of yours can be named "${searchToolsName}"; give it another name.`,
    );
  if (!Array.isArray(always))
    throw new TypeError('Agent: "toolSearch.always" must be a list of names of tools.');
  const unknown: unknown = always.find((each) => !tools.has(each));
  if (unknown !== undefined)
    throw new TypeError(
      `Agent: "toolSearch.always" names ${JSON.stringify(unknown)}, and there is no such tool.`,
    );
}
