import { ModelError, type ToolChoice, type ToolSpec } from "@pawl/core";

import { listOf } from "../wire/json.ts";
import { fieldsIn, heldSchema } from "./cohere-schema.ts";

/** Which tools a request offers, and what it says of the choice among them. */
export interface Offer {
  readonly tools: readonly ToolSpec[];
  readonly choice?: "REQUIRED" | "NONE";
}

/**
 * A choice of tools in Cohere's words, which has none for a certain tool: that one alone is offered. For a model that knows
 * no choice, the tools are all there is to choose by.
 */
export function offered(tools: readonly ToolSpec[], choice: ToolChoice, isKnown: boolean): Offer {
  if (tools.length === 0 || choice === "auto") return { tools };
  if (choice === "none") return isKnown ? { tools, choice: "NONE" } : { tools: [] };
  const callable = choice === "required" ? tools : tools.filter(({ name }) => name === choice.tool);
  // To require a call where none can be made is refused.
  return isKnown && callable.length > 0
    ? { tools: callable, choice: "REQUIRED" }
    : { tools: callable };
}

/** A tool's name as Cohere takes it: letters, digits and `_`, and no digit in front. */
export function wireName(name: string): string {
  return (
    name
      .replace(/\W/g, "_")
      .replace(/^(?=\d)/, "_")
      .slice(0, 64) || "unknown"
  );
}

/**
 * The names of tools by the ones that Cohere knows them by.
 *
 * @throws ModelError when two are the same there.
 */
export function namesByWire(tools: readonly ToolSpec[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { name } of tools) {
    const other = names.get(wireName(name));
    if (other !== undefined)
      throw refused(
        `The tools "${other}" and "${name}" have the same name for Cohere, "${wireName(name)}": rename one of them.`,
      );
    names.set(wireName(name), name);
  }
  return names;
}

/** @throws ModelError for tools that `strict_tools` does not take (docs.cohere.com/docs/structured-outputs). */
export function wireTools(tools: readonly ToolSpec[], isStrict: boolean): readonly object[] {
  if (isStrict) checkStrict(tools);
  return tools.map(({ name, description, parameters }) => ({
    type: "function",
    function: {
      name: wireName(name),
      description,
      parameters: isStrict ? (heldSchema(parameters)?.schema ?? parameters) : parameters,
    },
  }));
}

const maxFields = 200;

function checkStrict(tools: readonly ToolSpec[]): void {
  const free = tools.find(({ parameters }) => listOf(parameters["required"]).length === 0);
  if (free)
    throw refused(
      `The tool "${free.name}" has no required parameter, which Cohere's strict tools need: make one required, or leave "strictTools" out.`,
    );
  const fields = tools.reduce((sum, { parameters }) => sum + fieldsIn(parameters), 0);
  if (fields > maxFields)
    throw refused(
      `The tools have ${fields} fields, and Cohere's strict tools take ${maxFields}: offer fewer tools, or leave "strictTools" out.`,
    );
}

function refused(sentence: string): ModelError {
  return new ModelError(sentence, { code: "invalid-request" });
}
