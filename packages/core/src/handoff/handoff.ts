import type { Agent } from "../agent.ts";
import { setupOf } from "../agent-setup.ts";
import { checkOptions } from "../options.ts";
import type { Schema, SchemaSource } from "../schema.ts";
import { tool, type ContextOf, type Tool, type ToolSet } from "../tool.ts";

/** How a handoff presents itself to the model. */
export interface HandoffOptions<Name extends string> {
  /**
   * When to hand over: the model chooses by it.
   *
   * @defaultValue a sentence with the other agent's name
   */
  readonly description?: string | undefined;
  /**
   * The name of the tool: letters, digits, `_` and `-`, 64 at most.
   *
   * @defaultValue `transfer_to_` and the other agent's name
   */
  readonly name?: Name | undefined;
}

/** Nothing needs to be said: the other agent reads the whole conversation. */
const nothing: Schema<Readonly<Record<string, never>>> = {
  json: { type: "object", properties: {} },
  parse: () => ({ value: {} }),
};

/**
 * Another agent as the one who goes on: after a call the run is the other's, with its model, instructions, tools and policy,
 * in the same conversation, on the same budget. Give a function where two agents hand over to each other.
 *
 * @throws TypeError when `other` is no agent.
 */
export function handoff<Tools extends ToolSet, const Name extends string = string>(
  other: Agent<Tools, SchemaSource | undefined> | (() => Agent<Tools, SchemaSource | undefined>),
  options: HandoffOptions<Name> = {},
): Tool<Name, Readonly<Record<string, never>>, string, ContextOf<Tools>> {
  checkOptions("handoff", options, ["name", "description"]);
  if (typeof other !== "function" && !setupOf.has(other))
    throw new TypeError("handoff: takes an Agent, or a function that returns one.");
  // A function is there because the other agent is not made yet, so its name cannot be read here.
  if (typeof other === "function" && !(options.name && options.description))
    throw new TypeError(
      'handoff: with a function, "name" and "description" must be given: the other agent is not known yet.',
    );
  const target = typeof other === "function" ? other : () => other;
  const called = typeof other === "function" ? "" : other.name;
  const {
    name = `transfer_to_${called.replace(/[^\w-]/g, "_")}`.slice(0, 64) as Name,
    description = `Hands the conversation over to the agent "${called}", who goes on with it.`,
  } = options;
  return tool({
    name,
    description,
    inputSchema: nothing,
    handoff: target,
    execute: () => `The conversation is now with "${Object(target()).name}".`,
  });
}
