import type { ToolCall } from "@pawl/core";

import { objectOf, parseJson } from "./json.ts";

/** Arguments that may be run, or why not. One text holds several calls where a server glued them together. */
export type ReadArguments =
  | { readonly inputs: readonly ToolCall["input"][]; readonly reason?: undefined }
  | { readonly reason: string };

/**
 * Reads a call's arguments by the ladder of CONTRACT §3.2: as they are; several objects glued, or an empty one before the
 * real; in a Markdown fence; with trailing commas. Never by closing what was left open: that would run a truncated call.
 */
export function readArguments(text: string): ReadArguments {
  const trimmed = text.trim();
  if (trimmed === "" || trimmed === "null") return { inputs: [{}] };
  for (const candidate of [trimmed, unfenced(trimmed), withoutTrailingCommas(unfenced(trimmed))]) {
    const whole = objectOf(parseJson(candidate));
    if (whole) return { inputs: [whole] };
    const parts = glued(candidate);
    if (parts) return { inputs: parts };
  }
  const kind = parseJson(trimmed);
  if (kind !== undefined) return { reason: "the arguments are not a JSON object" };
  return { reason: "the arguments are not complete, valid JSON" };
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

/** Where the objects of the outermost level end. Text in strings does not count. */
function objectEnds(text: string): number[] {
  const ends: number[] = [];
  let depth = 0;
  for (const { index, 0: token } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}]/gs)) {
    if (token === "{") depth++;
    else if (token === "}" && --depth === 0) ends.push(index + 1);
  }
  return ends;
}

function unfenced(text: string): string {
  return /^```\w*\s*(.*?)\s*```$/s.exec(text)?.[1] ?? text;
}

function withoutTrailingCommas(text: string): string {
  return text.replace(
    /("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/gs,
    (_match, quoted: string | undefined) => quoted ?? "",
  );
}
