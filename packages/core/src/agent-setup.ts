import type { AgentOptions } from "./agent-options.ts";
import { type Compaction, readCompaction } from "./context/compaction.ts";
import { type Offload, readOffload, withReadResult } from "./context/offload.ts";
import { checkCount } from "./count.ts";
import type { Model, ToolChoice, ToolSpec } from "./model.ts";
import { checkOptions } from "./options.ts";
import type { OutputForm } from "./output/output-form.ts";
import { readOutput } from "./output/read-output.ts";
import type { Policy } from "./calls/policy.ts";
import type { PrepareStep } from "./turn/prepare-step.ts";
import { readSafeguards, safeguarded, type Safeguards } from "./safeguards.ts";
import type { SchemaSource } from "./schema.ts";
import { readStopWhen, type StopWhen } from "./stop-when.ts";
import { readTimeouts, type Timeouts } from "./timeouts.ts";
import type { Tool, ToolSet } from "./tool.ts";
import { readToolSearch, type ToolSearch, withSearch } from "./tool-search/tool-search.ts";
import { checkChoice, toolsByName } from "./tools-by-name.ts";

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
  readonly output: OutputForm | undefined;
  readonly outputRetries: number;
  readonly policy: Policy<never> | undefined;
  readonly timeouts: Timeouts;
  readonly maxRepeats: number;
  readonly prepareStep: PrepareStep<never> | undefined;
  readonly stopWhen: readonly StopWhen[];
  readonly toolSearch: ToolSearch | undefined;
  readonly compaction: Compaction | undefined;
  readonly offload: Offload | undefined;
  readonly safeguards: Safeguards | undefined;
}

/** The setups of agents, for the parts of Pawl that take an agent as a part of another one. */
export const setupOf: WeakMap<object, AgentSetup> = new WeakMap();

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
  "output",
  "outputRetries",
  "policy",
  "timeouts",
  "maxRepeats",
  "prepareStep",
  "stopWhen",
  "toolSearch",
  "compaction",
  "offload",
  "redact",
  "guardrails",
];

/** @throws TypeError naming the fix, when an option is unknown or wrong, or two tools have one name. */
export function readOptions<Tools extends ToolSet, Context>(
  options: AgentOptions<Tools, Context, SchemaSource | undefined>,
): AgentSetup {
  checkNotOfRun(options);
  checkOptions("Agent", options, optionNames);
  const { name = "agent", model, instructions, toolChoice = "auto", policy, prepareStep } = options;
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
  for (const [option, value] of Object.entries({ policy, prepareStep }))
    if (value !== undefined && typeof value !== "function")
      throw new TypeError(`Agent: "${option}" must be a function.`);
  const offload = readOffload("Agent", options.offload);
  const own = toolsByName(options.tools ?? {});
  const toolSearch = readToolSearch(options, own);
  const tools = withReadResult(withSearch(own, toolSearch), offload);
  checkChoice("Agent", toolChoice, [...tools.keys()]);
  return safeguarded(readSafeguards("Agent", options), {
    name,
    model,
    instructions,
    tools,
    specs: [...tools].map(([key, { description, inputSchema }]) => ({
      name: key,
      description,
      parameters: inputSchema.json,
    })),
    toolChoice,
    ...limitsOf(options),
    ...readOutput("Agent", options),
    policy,
    timeouts: readTimeouts("Agent", options.timeouts),
    prepareStep,
    stopWhen: readStopWhen("Agent", options.stopWhen),
    toolSearch,
    compaction: readCompaction("Agent", options.compaction),
    offload,
  });
}

function limitsOf<Tools extends ToolSet, Context>(
  options: AgentOptions<Tools, Context, SchemaSource | undefined>,
): Pick<AgentSetup, "maxSteps" | "maxRestarts" | "retryBudget" | "toolConcurrency" | "maxRepeats"> {
  const { maxSteps = 20, maxRestarts = 1, retryBudget = 20 } = options;
  const { toolConcurrency = 8, maxRepeats = 3 } = options;
  checkCount("Agent", ["maxSteps", maxSteps]);
  checkCount("Agent", ["toolConcurrency", toolConcurrency]);
  checkCount("Agent", ["maxRestarts", maxRestarts], { least: 0, most: 10 });
  checkCount("Agent", ["retryBudget", retryBudget], { least: 0 });
  if (maxRepeats !== Number.POSITIVE_INFINITY)
    checkCount("Agent", ["maxRepeats", maxRepeats], { least: 2 });
  return { maxSteps, maxRestarts, retryBudget, toolConcurrency, maxRepeats };
}

/** What is said of one run is often looked for here. */
function checkNotOfRun(options: object): void {
  const known = ["budget", "session", "signal", "context", "runId"];
  const name = Object.keys(Object(options) as object).find((each) => known.includes(each));
  if (name)
    throw new TypeError(
      `Agent: "${name}" is an option of each run: agent.run(input, { ${name} }).`,
    );
}
