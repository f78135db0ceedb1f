import type { JsonSchema } from "../schema.ts";
import { mapSchema } from "./map-schema.ts";

/** The schema of `{ value }`, for servers that take nothing but an object at the top. */
export function enveloped(schema: JsonSchema): JsonSchema {
  // With an `$id`, a schema's references are its own wherever it stands.
  if (schema["$id"] !== undefined) return around(schema);
  const { $defs, definitions, ...value } = mapSchema(schema, moved);
  return {
    ...around(value),
    ...($defs !== undefined && { $defs }),
    ...(definitions !== undefined && { definitions }),
  };
}

function around(value: JsonSchema): JsonSchema {
  const properties = { value };
  return { type: "object", properties, required: ["value"], additionalProperties: false };
}

/** What a reference from the top meant is one level further down; but for definitions, which stay where servers look for them. */
function moved(schema: JsonSchema): JsonSchema {
  const { $ref } = schema;
  const isOfTop = $ref === "#" || (typeof $ref === "string" && $ref.startsWith("#/"));
  if (!isOfTop || /^#\/(\$defs|definitions)\//.test($ref)) return schema;
  return { ...schema, $ref: `#/properties/value${$ref.slice(1)}` };
}
