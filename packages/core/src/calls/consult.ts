import { notRun, wordsOf } from "../errors.ts";
import { plainCopy } from "./plain-copy.ts";
import type { Running } from "../running.ts";
import type { Parsed } from "../schema.ts";
import { Interrupted, type Scope } from "../scope.ts";
import { isThenable } from "../thenable.ts";
import type { Tool } from "../tool.ts";

/** Has a tool answer before its work begins: what it throws is its failure, and nothing was done. */
export async function consult<Value>(
  scope: Scope,
  ask: () => Value | Promise<Value>,
): Promise<Value> {
  try {
    const answer = ask();
    return isThenable(answer) ? await scope.race(answer) : answer;
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    throw notRun("failed", `Not executed: ${wordsOf(error)}`, error);
  }
}

/** Checks arguments against the tool's schema. Many a schema hands on parts of what it was given, so it gets a copy. */
export async function parse(it: Running, tool: Tool, input: unknown): Promise<Parsed> {
  const parsed = await consult(it.stepScope, () => tool.inputSchema.parse(plainCopy(input)));
  const { issues } = Object(parsed) as Parsed;
  if ("value" in Object(parsed) || Array.isArray(issues)) return parsed;
  throw notRun("failed", "Not executed: parse of the schema must return { value } or { issues }.");
}
