import { listOf, objectOf } from "../wire/json.ts";

/** The keywords that OpenAI's strict mode has always taken (platform.openai.com/docs/guides/structured-outputs). */
const keywords: ReadonlySet<string> = new Set([
  "$schema",
  "additionalProperties",
  "anyOf",
  "const",
  "description",
  "enum",
  "items",
  "properties",
  "required",
  "title",
  "type",
]);

/**
 * Whether servers that can hold a model to each word of a schema take this one: they refuse schemas with optional or further
 * properties. Of any other schema the model is only told.
 */
export function isStrictSchema(schema: unknown): boolean {
  return objectOf(schema)?.["type"] === "object" && isStrict(schema);
}

function isStrict(schema: unknown): boolean {
  const node = objectOf(schema);
  if (!node || !Object.keys(node).every((key) => keywords.has(key))) return false;
  const properties = objectOf(node["properties"]) ?? {};
  const required = new Set(listOf(node["required"]));
  const isClosed =
    node["type"] !== "object" ||
    (node["additionalProperties"] === false &&
      Object.keys(properties).every((name) => required.has(name)));
  const parts = [...Object.values(properties), ...listOf(node["anyOf"])];
  return isClosed && [...parts, ...(node["items"] ? [node["items"]] : [])].every(isStrict);
}
