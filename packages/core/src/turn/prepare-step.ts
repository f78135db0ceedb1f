import type { Message, Usage } from "../message.ts";
import type { Model, ToolChoice } from "../model.ts";
import { checkMessage } from "../check-message.ts";
import { checkOptions } from "../options.ts";
import { checkChoice } from "../tools-by-name.ts";
import type { StepResult } from "../result.ts";

/**
 * Changes what the model is asked in one step. Runs inside the step, so a step that is done is not prepared again on a
 * resume. What it throws ends the run as `failed`.
 */
export type PrepareStep<Context = unknown> = (
  step: StepToPrepare<Context>,
) => StepChanges | undefined | void | Promise<StepChanges | undefined | void>;

/** A step that is about to begin. */
export interface StepToPrepare<Context = unknown> {
  /** From 1. */
  readonly step: number;
  readonly runId: string;
  /** The agent that answers. */
  readonly agent: string;
  readonly context: Context;
  /** What the model would be sent. */
  readonly messages: readonly Message[];
  /** The steps taken since this call of `run` or `resume`. */
  readonly steps: readonly StepResult[];
  /** What the run has consumed so far. */
  readonly usage: Usage;
  readonly signal: AbortSignal;
}

/** What is different in one step; what is left out stays as it is. */
export interface StepChanges {
  /** Another model for this step. */
  readonly model?: Model | undefined;
  readonly instructions?: string | undefined;
  /** What the model is sent in place of the conversation; the conversation itself stays as it is. */
  readonly messages?: readonly Message[] | undefined;
  /** The names of the tools that are offered; a call of any other is refused. */
  readonly activeTools?: readonly string[] | undefined;
  readonly toolChoice?: ToolChoice | undefined;
}

/** @throws TypeError for an unknown change, an empty conversation, or the name of a tool that the agent does not have. */
export function checkChanges(changes: StepChanges, tools: ReadonlyMap<string, unknown>): void {
  const known = ["model", "instructions", "messages", "activeTools", "toolChoice"];
  checkOptions("prepareStep", changes, known);
  const { model, instructions, messages, activeTools, toolChoice } = changes;
  if (model !== undefined && typeof Object(model).respond !== "function")
    throw new TypeError('prepareStep: "model" must be a model, not its name.');
  if (instructions !== undefined && typeof instructions !== "string")
    throw new TypeError('prepareStep: "instructions" must be a string.');
  if (messages !== undefined && !(Array.isArray(messages) && messages.length > 0))
    throw new TypeError('prepareStep: "messages" must be a list of at least one message.');
  for (const [i, each] of (messages ?? []).entries())
    checkMessage(`prepareStep: message ${i}`, each);
  if (activeTools !== undefined) checkNames(activeTools, tools);
  if (toolChoice !== undefined)
    checkChoice("prepareStep", toolChoice, activeTools ?? [...tools.keys()]);
}

function checkNames(names: unknown, tools: ReadonlyMap<string, unknown>): void {
  if (!Array.isArray(names))
    throw new TypeError('prepareStep: "activeTools" must be a list of names.');
  const unknown: unknown = names.find((name) => !tools.has(name as string));
  if (unknown !== undefined)
    throw new TypeError(
      `prepareStep: "activeTools" names ${JSON.stringify(unknown)}; the tools are: ${[...tools.keys()].join(", ") || "none"}.`,
    );
}
