import type { ToolCall } from "@pawl/core";

import { objectOf, parseJson } from "./json.ts";

/** Arguments that may be run, or why not. One text holds several calls where a server glued them together. */
export type ReadArguments =
  | { readonly inputs: readonly ToolCall["input"][]; readonly reason?: undefined }
  | { readonly reason: string };

/** Deeper arguments can be parsed, but not written again: `JSON.stringify` and most validators recurse. */
const maxDepth = 500;

/**
 * Reads a call's arguments, step by step more lenient: as they are; several objects glued, or an empty one before the
 * real; in a Markdown fence; with trailing commas. Never by closing what was left open: that would run a truncated call.
 */
export function readArguments(text: string): ReadArguments {
  const trimmed = text.trim();
  if (trimmed === "" || trimmed === "null") return { inputs: [{}] };
  for (const mend of ladder) {
    const candidate = mend(trimmed);
    const whole = objectOf(parseJson(candidate));
    const inputs = whole ? [whole] : glued(candidate);
    if (inputs && isTooDeep(inputs)) return { reason: "the arguments are nested too deeply" };
    if (inputs) return { inputs };
  }
  const kind = parseJson(trimmed);
  if (kind !== undefined) return { reason: "the arguments are not a JSON object" };
  return { reason: "the arguments are not complete, valid JSON" };
}

/** The least change first; what a model wrote right is not touched. */
const ladder: readonly ((text: string) => string)[] = [
  (text) => text,
  unfenced,
  (text) => withoutTrailingCommas(unfenced(text)),
];

function isTooDeep(value: unknown, left: number = maxDepth): boolean {
  if (typeof value !== "object" || value === null) return false;
  return left === 0 || Object.values(value).some((inner) => isTooDeep(inner, left - 1));
}

/** `{…}{…}`: each a whole object. A leading `{}` is what some gateways put before the real arguments. */
function glued(text: string): readonly ToolCall["input"][] | undefined {
  const parts: ToolCall["input"][] = [];
  let start = 0;
  for (const end of objectEnds(text)) {
    const part = objectOf(parseJson(text.slice(start, end)));
    if (!part) return undefined;
    parts.push(part);
    start = end;
  }
  if (parts.length < 2 || text.slice(start).trim() !== "") return undefined;
  return Object.keys(parts[0] ?? {}).length === 0 ? parts.slice(1) : parts;
}

/** Where the objects of the outermost level end. */
function objectEnds(text: string): number[] {
  const ends: number[] = [];
  let depth = 0;
  for (const at of marks(text)) {
    if (text[at] === "{") depth++;
    else if (text[at] === "}" && --depth === 0) ends.push(at + 1);
  }
  return ends;
}

function unfenced(text: string): string {
  const isFenced = text.startsWith("```") && text.endsWith("```");
  return isFenced ? text.slice(3, -3).replace(/^\w+/, "").trim() : text;
}

function withoutTrailingCommas(text: string): string {
  const parts: string[] = [];
  let start = 0;
  let comma: number | undefined;
  for (const at of marks(text)) {
    const isEnd = text[at] === "}" || text[at] === "]";
    if (isEnd && comma !== undefined && text.slice(comma + 1, at).trim() === "") {
      parts.push(text.slice(start, comma));
      start = comma + 1;
    }
    comma = text[at] === "," ? at : undefined;
  }
  return parts.join("") + text.slice(start);
}

/**
 * Where brackets and commas are, outside of strings. By hand, since a pattern that looks for the end of a string starts
 * anew at each quote of a text that was cut inside of one, which takes minutes for a megabyte.
 */
function* marks(text: string): Generator<number, void> {
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"') isQuoted = !isQuoted;
    else if (isQuoted && character === "\\") at++;
    else if (!isQuoted && "{}[],".includes(character)) yield at;
  }
}
