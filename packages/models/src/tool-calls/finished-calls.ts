import type { Repair, ToolCall } from "@pawl/core";

import { listOf, objectOf, textOf } from "../wire/json.ts";
import { readArguments } from "./call-arguments.ts";
import { isParallelEnvelope, toolNamed } from "./tool-names.ts";

/** A call as a model wrote it. */
export interface WrittenCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
  /** Fields of the provider's own. */
  readonly extra?: ToolCall["extra"];
}

/** What decides whether a call that was written is one that may be run. */
export interface CallRules {
  /** The names of the tools that were offered. */
  readonly names: ReadonlySet<string>;
  /** Why no call of the answer may be run, when none may: its end is missing. */
  readonly cut?: string | undefined;
}

/**
 * The calls that a model meant by one it wrote: itself mostly, several where a server glued their arguments together or a
 * model put them into an envelope (vercel/ai#2786, Azure/azure-rest-api-specs#32329), an invalid one when it is not proven complete.
 */
export function finishedCalls(written: WrittenCall, { names, cut }: CallRules): ToolCall[] {
  const { id, extra } = written;
  const name = toolNamed(written.name, names) ?? written.name;
  const read = cut === undefined ? readArguments(written.arguments) : { reason: cut };
  const repairs: readonly Repair[] = name === written.name ? [] : ["name"];
  if (!("inputs" in read)) {
    const invalid = { reason: read.reason, text: written.arguments };
    return [{ id, name, input: {}, invalid, ...noted(repairs), ...(extra && { extra }) }];
  }
  return read.inputs.flatMap((input, part) => {
    const call = {
      id: part === 0 ? id : `${id}_${part + 1}`,
      name,
      input,
      ...noted([...repairs, ...read.repairs]),
      ...(extra && { extra }),
    };
    return unwrapped(call, names);
  });
}

/** The calls inside an envelope; a call that is none is returned as it is. */
function unwrapped(call: ToolCall, names: ReadonlySet<string>): ToolCall[] {
  const uses = listOf(call.input["tool_uses"]);
  if (names.has(call.name) || !isParallelEnvelope(call.name) || uses.length === 0) return [call];
  return uses.flatMap((use, part) => {
    const { recipient_name, parameters } = objectOf(use) ?? {};
    const written = {
      id: `${call.id}_${part + 1}`,
      name: textOf(recipient_name) ?? "",
      arguments: typeof parameters === "string" ? parameters : JSON.stringify(parameters ?? {}),
    };
    return finishedCalls(written, { names }).map((inner) => ({
      ...inner,
      repairs: [...(call.repairs ?? []), "envelope", ...(inner.repairs ?? [])],
    }));
  });
}

function noted(repairs: readonly Repair[]): Pick<ToolCall, "repairs"> {
  return repairs.length > 0 ? { repairs } : {};
}
