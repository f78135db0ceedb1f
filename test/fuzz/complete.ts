import { isDeepStrictEqual } from "node:util";

type Input = Readonly<Record<string, unknown>>;

/**
 * Whether an input stands whole in the text of a call's arguments: as one of its objects, or inside of an envelope. Knows
 * nothing of how the arguments are read: it only counts brackets, and wants each of them closed.
 */
export function isComplete(text: string, input: Input): boolean {
  const objects = wholeObjects(text);
  if (!objects) return false;
  const values = objects.map(read);
  if (values.some((value) => isDeepStrictEqual(value, input))) return true;
  const isNothing = /^\s*(null)?\s*$/.test(text);
  if (isNothing) return Object.keys(input).length === 0;
  return values.flatMap(parameters).some((inner) => isComplete(inner, input));
}

/** The outermost objects of a text; undefined when a bracket or a string is left open. */
function wholeObjects(text: string): string[] | undefined {
  const objects: string[] = [];
  const bare = text.replace(/"(?:[^"\\]|\\[^])*"/g, (string) => "s".repeat(string.length));
  if (bare.includes('"')) return undefined;
  let depth = 0;
  let start = 0;
  for (let at = 0; at < bare.length; at++) {
    const character = bare.charAt(at);
    if ("{[".includes(character) && depth++ === 0) start = at;
    if ("}]".includes(character) && --depth === 0) objects.push(text.slice(start, at + 1));
    if (depth < 0) return undefined;
  }
  return depth === 0 ? objects : undefined;
}

function read(text: string): unknown {
  const strings = /"(?:[^"\\]|\\[^])*"|,(?=\s*[}\]])/g;
  try {
    return JSON.parse(text.replace(strings, (part) => (part === "," ? "" : part)));
  } catch {
    return undefined;
  }
}

/** The arguments in an envelope around several calls. */
function parameters(value: unknown): string[] {
  const uses = (value as { tool_uses?: unknown } | undefined)?.tool_uses;
  if (!Array.isArray(uses)) return [];
  return uses.map((use: { parameters?: unknown } | null) => {
    const inner = use?.parameters;
    return typeof inner === "string" ? inner : JSON.stringify(inner ?? {});
  });
}
