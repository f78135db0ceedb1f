import type { ToolChoice } from "./model.ts";
import type { Schema } from "./schema.ts";
import { isThenable } from "./thenable.ts";
import { tool, type Tool, type ToolDefinition, type ToolSet } from "./tool.ts";

/** The tools of an agent by their names. @throws TypeError when a name is missing, or two are the same. */
export function toolsByName(tools: ToolSet): ReadonlyMap<string, Tool> {
  checkKind(tools);
  const entries: ReadonlyArray<readonly [string | undefined, Tool]> = Array.isArray(tools)
    ? tools.map((each: Tool) => [(Object(each) as Tool).name, each])
    : Object.entries(tools);
  const named = new Map<string, Tool>();
  for (const [name, each] of entries) {
    if (Array.isArray(each))
      throw new TypeError(
        'Agent: a list of tools is inside "tools"; spread it: [...fileTools({ root }), other].',
      );
    if (!name)
      throw new TypeError(
        'Agent: a tool in a list needs a "name"; or give the tools as a record, whose keys are the names.',
      );
    if (named.has(name))
      throw new TypeError(`Agent: two tools are named "${name}". Give one of them another name.`);
    if (typeof each !== "object" || each === null)
      throw new TypeError(
        `Agent: "tools.${name}" must be made by tool({ … }), got ${each === null ? "null" : typeof each}.`,
      );
    // Made again under its final name: a literal that did not go through `tool` is checked, and a wrong key is named.
    named.set(
      name,
      tool({ ...each, name } as ToolDefinition<Schema, unknown, string, never>) as Tool,
    );
  }
  return named;
}

/** @throws TypeError when it is neither a record nor a list. */
function checkKind(tools: unknown): void {
  if (typeof tools !== "object" || tools === null)
    throw new TypeError(
      'Agent: "tools" must be a record such as { add: tool({ … }) }, or a list of named tools.',
    );
  const { constructor: kind } = tools;
  if (isThenable(tools) || [Map, Set].some((each) => tools instanceof each))
    throw new TypeError(
      `Agent: "tools" is a ${kind.name}; give a record or a list${isThenable(tools) ? ": await it first" : ""}.`,
    );
  if ("execute" in tools && "inputSchema" in tools)
    throw new TypeError(
      'Agent: "tools" is one tool; put it into a list, [it], or a record, { name: it }.',
    );
}

/** @throws TypeError when the choice is none, or names a tool that is not there. */
export function checkChoice(where: string, choice: ToolChoice, names: readonly string[]): void {
  const isWord = choice === "auto" || choice === "none" || choice === "required";
  const isNamed = typeof choice === "object" && choice !== null && names.includes(choice.tool);
  if (!isWord && !isNamed)
    throw new TypeError(
      `${where}: "toolChoice" must be "auto", "none", "required" or { tool: "the name of one of the tools" }.`,
    );
  if (choice === "required" && names.length === 0)
    throw new TypeError(`${where}: "toolChoice" is "required", but there are no tools.`);
}
