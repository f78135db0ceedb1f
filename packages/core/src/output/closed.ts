import type { JsonSchema } from "../schema.ts";
import { mapSchema } from "./map-schema.ts";

/**
 * The schema with its objects closed to properties that it does not name: servers hold a model to each word of a closed
 * schema only (platform.openai.com/docs/guides/structured-outputs). One that joins objects stays as it is: closed, each part
 * would exclude the others.
 */
export function closed(schema: JsonSchema): JsonSchema {
  if (JSON.stringify(schema).includes('"allOf":')) return schema;
  return mapSchema(schema, (each) => {
    const isOpen = each["type"] === "object" && each["properties"] !== undefined;
    return {
      ...each,
      ...(isOpen && { additionalProperties: each["additionalProperties"] ?? false }),
    };
  });
}
