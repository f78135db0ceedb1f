import type { JsonObject } from "../json.ts";
import { clue } from "./clue.ts";
import { findValue } from "./find-value.ts";
import type { Parameter } from "./parameter.ts";
import type { ToolProfile } from "./tool-profile.ts";

/** The arguments that a text gives for a tool. */
export interface FilledArguments {
  /** One input for each call: "in Oslo and Rome" makes two. */
  readonly inputs: readonly JsonObject[];
  /** Required parameters that the text says nothing about. */
  readonly missing: readonly Parameter[];
}

/** Fills the parameters of a tool from what the user said; nothing required is guessed. */
export function fillArguments(tool: ToolProfile, text: string): FilledArguments {
  const given = clue(text, tool.words, tool.parameters);
  const input: Record<string, unknown> = {};
  const missing: Parameter[] = [];
  // What is needed chooses first, so that nothing optional takes its words away.
  const inOrder = tool.parameters.toSorted((a, b) => Number(b.isRequired) - Number(a.isRequired));
  for (const parameter of inOrder) {
    const value = findValue(parameter, given);
    if (value !== undefined) input[parameter.name] = value;
    else if (parameter.isRequired && parameter.schema["default"] === undefined)
      missing.push(parameter);
  }
  return { inputs: missing.length > 0 ? [input] : spread(input, text), missing };
}

/** A value for a parameter that must be given although nothing was said of it, as when a call is forced. */
export function guessValue({ schema, type, name }: Parameter, text: string): unknown {
  if (schema["default"] !== undefined) return schema["default"];
  if (Array.isArray(schema["enum"])) return schema["enum"][0];
  if (type === "boolean") return false;
  if (type === "number" || type === "integer") return Number(schema["minimum"] ?? 1);
  if (type === "array") return [];
  if (type === "object") return {};
  return /^(?:path|dir|directory|folder)$/iu.test(name) ? "." : text;
}

/** "Oslo, Rome and Paris" for one text parameter becomes one input for each. */
function spread(input: JsonObject, text: string): readonly JsonObject[] {
  for (const [name, value] of Object.entries(input)) {
    const isSingle = typeof value === "string" || typeof value === "number";
    const items = isSingle ? coordinated(String(value), text) : [];
    const others = Object.values({ ...input, [name]: undefined }).map(String);
    // "3 and 4" for a width and a height is one call, not two.
    if (items.length < 2 || others.some((other) => items.includes(other))) continue;
    return items.map((item) => ({
      ...input,
      [name]: typeof value === "number" ? Number(item) : item,
    }));
  }
  return [input];
}

function coordinated(value: string, text: string): readonly string[] {
  if (value.length > 40) return [];
  const item = /\d/u.test(value)
    ? String.raw`#?[\w-]*\d[\w-]*`
    : String.raw`\p{Lu}[\p{L}-]+(?:\s+\p{Lu}[\p{L}-]+)*`;
  const list = new RegExp(String.raw`(?<![\w.])${item}(?:${joint}${item})+(?![.\w]\d)`, "gu");
  const found = [...text.matchAll(list)].map(([match]) =>
    match.split(new RegExp(joint, "u")).map((one) => one.replace(/^#/u, "")),
  );
  return found.find((items) => items.includes(value)) ?? commonNouns(value, text);
}

/** "in Paris and in Rome" as well as "in Paris and Rome". */
const joint = String.raw`(?:\s*,\s*(?:and\s+)?|\s+and\s+)(?:(?:in|for|at|of|from)\s+)?`;

/** "pears and apples in stock". */
function commonNouns(value: string, text: string): readonly string[] {
  if (!/^\p{Ll}+$/u.test(value)) return [];
  const list = new RegExp(
    String.raw`(?<!\p{L})((?:\p{Ll}+,\s+)*${value}(?:,\s+\p{Ll}+)*,?\s+and\s+\p{Ll}+)(?=\s+(?:are|is|do|does|in|on|at|left)\b|[?.!]*\s*$)`,
    "u",
  );
  return text.match(list)?.[1]?.split(/,?\s+and\s+|,\s+/u) ?? [];
}
