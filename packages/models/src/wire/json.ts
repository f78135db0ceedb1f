/** A JSON object as it comes from a stranger: every field may be missing or of another kind. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The value as an object, when it is one. */
export function objectOf(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

/** The value as a list; what is no list is an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value as a text with something in it: `""`, `null` and a missing field mean the same on the wire. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The value as a number, also when it is written as a string. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

/** A value of a parsed text as JSON again; no JSON at all when it is nested too deeply, or holds `1e999`, which is no number. */
export function writeJson(value: unknown): string {
  try {
    return JSON.stringify(value, finite);
  } catch {
    return "(cannot be written as JSON)";
  }
}

/** @throws RangeError for what JSON would write as `null`. */
function finite(_key: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) throw new RangeError("not finite");
  return value;
}

/** What a text says as JSON, or undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
