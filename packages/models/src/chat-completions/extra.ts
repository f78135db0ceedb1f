import type { ModelRequest } from "@pawl/core";

import type { JsonObject } from "../wire/json.ts";
import { samplingNames } from "./sampling.ts";

/** Fields of a request that have no option of their own, or what makes them for each attempt at one. */
export type Extra = JsonObject | ((request: ModelRequest) => JsonObject);

/** What sets each field that cannot be set by {@link Extra}. */
const setters: ReadonlyMap<string, string> = new Map([
  ["model", 'option "model"'],
  ["max_tokens", 'option "maxTokens"'],
  ["stream", 'option "stream"'],
  ["stream_options", 'option "stream"'],
  ["parallel_tool_calls", 'option "parallelToolCalls"'],
  ["response_format", 'option "responseFormat"'],
  ["messages", "agent's input"],
  ["tools", 'agent\'s option "tools"'],
  ["tool_choice", "request's toolChoice"],
  // Only the first of several answers would be read.
  ["n", "run that asks, once for each answer"],
  ...Object.entries(samplingNames).map(([name, wire]) => [wire, `option "${name}"`] as const),
]);

/** @throws TypeError for what is no object of fields, for a field that is set elsewhere, and for what is no JSON. */
export function checkExtra(where: string, extra: unknown): void {
  if (typeof extra !== "function") writeExtra(where, extra);
}

/** The fields as JSON, each with a comma before it. @throws TypeError like {@link checkExtra}. */
export function writeExtra(where: string, fields: unknown): string {
  if (typeof fields !== "object" || fields === null || Array.isArray(fields))
    throw new TypeError(
      `${where}: "extra" must be an object of fields, or a function that returns one, got ${kindOf(fields)}.`,
    );
  for (const name of Object.keys(fields)) {
    const setter = setters.get(name);
    if (setter)
      throw new TypeError(`${where}: "extra" must not hold "${name}"; use the ${setter} instead.`);
  }
  const inner = jsonOf(where, fields).slice(1, -1);
  return inner && `,${inner}`;
}

function jsonOf(where: string, fields: object): string {
  try {
    return JSON.stringify(fields);
  } catch (error) {
    throw new TypeError(`${where}: "extra" must hold nothing but what JSON can say.`, {
      cause: error,
    });
  }
}

function kindOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "a list" : typeof value;
}
