import type { Repair, ToolCall } from "@pawl/core";

import { objectOf, parseJson } from "../wire/json.ts";

/** Arguments that may be run, with what had to be mended, or why not. One text holds several where a server glued them. */
export type ReadArguments =
  | {
      readonly inputs: readonly ToolCall["input"][];
      readonly repairs: readonly Repair[];
      readonly reason?: undefined;
    }
  | { readonly reason: string };

/** Deeper arguments can be parsed, but not written again: `JSON.stringify` and most validators recurse. */
const maxDepth = 500;

/**
 * Reads a call's arguments, step by step more lenient: as they are; several objects glued, or an empty one before the
 * real; in a Markdown fence; with trailing commas. Never by closing what was left open: that would run a truncated call.
 */
export function readArguments(text: string): ReadArguments {
  const trimmed = text.trim();
  if (trimmed === "" || trimmed === "null") return { inputs: [{}], repairs: [] };
  for (const { candidate, repairs } of mendings(trimmed)) {
    const read = objectsOf(candidate);
    if (!read) continue;
    const reason = flawOf(read.inputs);
    if (reason !== undefined) return { reason };
    return { inputs: read.inputs, repairs: [...repairs, ...read.repairs] };
  }
  const kind = parseJson(trimmed);
  if (kind !== undefined) return { reason: "the arguments are not a JSON object" };
  return { reason: "the arguments are not complete, valid JSON" };
}

interface Mending {
  readonly candidate: string;
  readonly repairs: readonly Repair[];
}

/** The least change first; what a model wrote right is not touched. */
function* mendings(text: string): Generator<Mending, void> {
  yield { candidate: text, repairs: [] };
  const bare = unfenced(text);
  const fence: readonly Repair[] = bare === text ? [] : ["fence"];
  if (bare !== text) yield { candidate: bare, repairs: fence };
  const tidy = withoutTrailingCommas(bare);
  if (tidy !== bare) yield { candidate: tidy, repairs: [...fence, "trailing-comma"] };
}

/** One object, or several glued together: `{…}{…}`. An empty one among them is what some gateways put before the real arguments. */
function objectsOf(
  text: string,
):
  | { readonly inputs: readonly ToolCall["input"][]; readonly repairs: readonly Repair[] }
  | undefined {
  const whole = objectOf(parseJson(text));
  if (whole) return { inputs: [whole], repairs: [] };
  const parts = glued(text);
  if (!parts) return undefined;
  const full = parts.filter((part) => Object.keys(part).length > 0);
  const inputs = full.length > 0 ? full : parts.slice(0, 1);
  const split: readonly Repair[] = inputs.length > 1 ? ["split"] : [];
  return { inputs, repairs: full.length < parts.length ? ["empty", ...split] : split };
}

/** Why arguments that can be parsed cannot be run: what was run must be what is written back into the conversation. */
function flawOf(value: unknown, left: number = maxDepth): string | undefined {
  // `1e999` is JSON, and no number.
  if (typeof value === "number" && !Number.isFinite(value))
    return "the arguments hold a number that is too large";
  if (typeof value !== "object" || value === null) return undefined;
  if (left === 0) return "the arguments are nested too deeply";
  for (const inner of Object.values(value)) {
    const flaw = flawOf(inner, left - 1);
    if (flaw !== undefined) return flaw;
  }
  return undefined;
}

function glued(text: string): readonly ToolCall["input"][] | undefined {
  const parts: ToolCall["input"][] = [];
  let start = 0;
  for (const end of objectEnds(text)) {
    const part = objectOf(parseJson(text.slice(start, end)));
    if (!part) return undefined;
    parts.push(part);
    start = end;
  }
  return parts.length < 2 || text.slice(start).trim() !== "" ? undefined : parts;
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
