import type { JsonSchema } from "../schema.ts";

/** Keywords whose value is data and no schema. */
const data: ReadonlySet<string> = new Set(["const", "default", "enum", "examples", "required"]);

/** Keywords whose value is a record of schemas by names that are no keywords. */
const records: ReadonlySet<string> = new Set([
  "properties",
  "patternProperties",
  "$defs",
  "definitions",
]);

/** A schema with a change made to it and to all schemas in it, the innermost first. */
export function mapSchema(
  schema: JsonSchema,
  change: (schema: JsonSchema) => JsonSchema,
): JsonSchema {
  const deep = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(deep);
    return isRecord(value) ? mapSchema(value, change) : value;
  };
  const entries = Object.entries(schema).map(([key, value]) => {
    if (data.has(key)) return [key, value];
    const isNamed = records.has(key) && isRecord(value);
    return [key, isNamed ? mapValues(value, deep) : deep(value)];
  });
  return change(Object.fromEntries(entries) as JsonSchema);
}

function mapValues(record: JsonSchema, change: (value: unknown) => unknown): JsonSchema {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

function isRecord(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
