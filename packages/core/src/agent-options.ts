import type { Model, ToolChoice, ToolSpec } from "./model.ts";
import { checkOptions } from "./options.ts";
import type { Schema } from "./schema.ts";
import { tool, type Tool, type ToolDefinition, type ToolSet } from "./tool.ts";

/** What an agent is made of. */
export interface AgentOptions<Tools extends ToolSet, Context> {
  /** Which model answers. */
  readonly model: Model;
  /**
   * What the agent is called in events, approvals and states.
   *
   * @defaultValue `"agent"`
   */
  readonly name?: string | undefined;
  /**
   * The standing orders, sent before the conversation; or a function that makes them from the context of a run.
   *
   * @defaultValue none
   */
  readonly instructions?: string | ((context: Context) => string | Promise<string>) | undefined;
  /**
   * What the model may have done: a record by name, or a list of tools that carry a name.
   *
   * @defaultValue none
   */
  readonly tools?: Tools | undefined;
  /**
   * Whether the model may, must or must not call a tool. A forced call is forced in the first step only.
   *
   * @defaultValue `"auto"`
   */
  readonly toolChoice?: ToolChoice | undefined;
  /**
   * How often the model may answer in one run, at least 1; then the run ends as `stopped` and can be resumed.
   *
   * @defaultValue 20
   */
  readonly maxSteps?: number | undefined;
  /**
   * How often one answer that broke off after a part of it was shown may begin anew, 0 to 10; a `reset` event comes before
   * each new beginning.
   *
   * @defaultValue 1
   */
  readonly maxRestarts?: number | undefined;
  /**
   * How often models may be asked again in one run, over all its steps and subagents, before a failure of the provider ends
   * the run; 0 or more.
   *
   * @defaultValue 20
   */
  readonly retryBudget?: number | undefined;
  /**
   * How many calls of one answer run at once, at least 1.
   *
   * @defaultValue 8
   */
  readonly toolConcurrency?: number | undefined;
}

/** Checked options, with what is made of them once for all runs. */
export interface AgentSetup {
  readonly name: string;
  readonly model: Model;
  readonly instructions: string | ((context: never) => string | Promise<string>) | undefined;
  readonly tools: ReadonlyMap<string, Tool>;
  readonly specs: readonly ToolSpec[];
  readonly toolChoice: ToolChoice;
  readonly maxSteps: number;
  readonly maxRestarts: number;
  readonly retryBudget: number;
  readonly toolConcurrency: number;
}

const optionNames = [
  "name",
  "model",
  "instructions",
  "tools",
  "toolChoice",
  "maxSteps",
  "maxRestarts",
  "retryBudget",
  "toolConcurrency",
];

/** @throws TypeError naming the fix, when an option is unknown or wrong, or two tools have one name. */
export function readOptions<Tools extends ToolSet, Context>(
  options: AgentOptions<Tools, Context>,
): AgentSetup {
  checkOptions("Agent", options, optionNames);
  const {
    name = "agent",
    model,
    instructions,
    toolChoice = "auto",
    maxSteps = 20,
    maxRestarts = 1,
    retryBudget = 20,
    toolConcurrency = 8,
  } = options;
  if (typeof name !== "string" || name === "")
    throw new TypeError('Agent: "name" must be a string that is not empty.');
  if (typeof Object(model).respond !== "function")
    throw new TypeError(
      'Agent: "model" must be a model, such as aimlapi("cohere/command-r-plus-08-2024"), not its name.',
    );
  if (
    instructions !== undefined &&
    typeof instructions !== "string" &&
    typeof instructions !== "function"
  )
    throw new TypeError('Agent: "instructions" must be a string, or a function that returns one.');
  checkCount("Agent", ["maxSteps", maxSteps]);
  checkCount("Agent", ["toolConcurrency", toolConcurrency]);
  checkCount("Agent", ["maxRestarts", maxRestarts], { least: 0, most: 10 });
  checkCount("Agent", ["retryBudget", retryBudget], { least: 0 });
  const tools = byName(options.tools ?? {});
  checkChoice(toolChoice, tools);
  const specs = [...tools].map(([key, { description, inputSchema }]) => ({
    name: key,
    description,
    parameters: inputSchema.json,
  }));
  const limits = { maxSteps, maxRestarts, retryBudget, toolConcurrency };
  return { name, model, instructions, tools, specs, toolChoice, ...limits };
}

interface Range {
  readonly least?: number;
  readonly most?: number;
}

/** @throws TypeError when a limit is no whole number, or out of range. */
export function checkCount(
  where: string,
  [option, value]: readonly [string, number],
  { least = 1, most = Number.POSITIVE_INFINITY }: Range = {},
): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const range =
    most === Number.POSITIVE_INFINITY ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new TypeError(
    `${where}: "${option}" must be a whole number ${range}, got ${JSON.stringify(value)}.`,
  );
}

function byName(tools: ToolSet): ReadonlyMap<string, Tool> {
  if (typeof tools !== "object" || tools === null)
    throw new TypeError(
      'Agent: "tools" must be a record such as { add: tool({ … }) }, or a list of named tools.',
    );
  if ("execute" in tools && "inputSchema" in tools)
    throw new TypeError(
      'Agent: "tools" is one tool; put it into a list, [it], or a record, { name: it }.',
    );
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

function checkChoice(choice: ToolChoice, tools: ReadonlyMap<string, Tool>): void {
  const isWord = choice === "auto" || choice === "none" || choice === "required";
  const isNamed = typeof choice === "object" && choice !== null && tools.has(choice.tool);
  if (!isWord && !isNamed)
    throw new TypeError(
      'Agent: "toolChoice" must be "auto", "none", "required" or { tool: "the name of one of the tools" }.',
    );
  if (choice === "required" && tools.size === 0)
    throw new TypeError('Agent: "toolChoice" is "required", but there are no tools.');
}
