import type { JsonSchema, ResponseFormat } from "@pawl/core";

import { type JsonObject, listOf, objectOf } from "../wire/json.ts";

/** How an answer is made to be JSON: by the server, by the prompt, or by both. */
export interface AnswerFormat {
  readonly response_format?: object;
  /** What the prompt has to say: without a word of JSON in it the model may write blanks for ever (docs.cohere.com/docs/structured-outputs). */
  readonly prompt?: string;
}

/** `isFree` says that the request has neither tools nor documents, beside which the server takes no format. */
export function answerFormat(format: ResponseFormat | undefined, isFree: boolean): AnswerFormat {
  if (!format) return {};
  const { schema } = format;
  const held = schema && heldSchema(schema);
  const isTold = schema !== undefined && (!isFree || !held || held.isReduced);
  const prompt = `Answer with one JSON object and nothing else.${isTold ? ` It has to fit this JSON Schema: ${JSON.stringify(schema)}` : ""}`;
  // An answer that is no object is none that the server could hold.
  if (!isFree || (schema && schema["type"] !== undefined && schema["type"] !== "object"))
    return { prompt };
  return {
    prompt,
    response_format: { type: "json_object", ...(held && { json_schema: held.schema }) },
  };
}

/** A schema that the server takes. */
export interface HeldSchema {
  readonly schema: JsonSchema;
  /** Whether it allows more than the one it was made of. */
  readonly isReduced: boolean;
}

/**
 * A schema without what Cohere does not take (docs.cohere.com/docs/structured-outputs, unsupported features); undefined for
 * one of which too little would be left.
 */
export function heldSchema(schema: JsonSchema): HeldSchema | undefined {
  if (schema["type"] !== "object") return undefined;
  const reducer = new Reducer();
  const reduced = reducer.reduce(schema);
  return reducer.isPossible ? { schema: reduced, isReduced: reducer.isReduced } : undefined;
}

/** How many fields a schema has, at all depths. */
export function fieldsIn(schema: unknown): number {
  if (Array.isArray(schema)) return schema.reduce((sum: number, each) => sum + fieldsIn(each), 0);
  const object = objectOf(schema);
  if (!object) return 0;
  const own = Object.keys(objectOf(object["properties"]) ?? {}).length;
  return Object.values(object).reduce((sum: number, each) => sum + fieldsIn(each), own);
}

/** Keywords that are sent as they are. What is neither here nor below is left out. */
const plain: ReadonlySet<string> = new Set([
  "type",
  "enum",
  "const",
  "$ref",
  "description",
  "title",
  "default",
  "required",
]);

/** Left out without a loss: they hold an answer to nothing, or Cohere's own way is the same. */
const idle: ReadonlySet<string> = new Set([
  "$schema",
  "$id",
  "$comment",
  "examples",
  "deprecated",
  "readOnly",
  "writeOnly",
]);

const formats: ReadonlySet<unknown> = new Set(["date-time", "uuid", "date", "time"]);

class Reducer {
  isReduced = false;
  isPossible = true;

  reduce(schema: unknown): JsonObject {
    const given = objectOf(schema);
    // `true` and `false` are schemas too, and hold to nothing that could be said here.
    if (!given) {
      this.isReduced = true;
      return {};
    }
    const reduced: Record<string, unknown> = {};
    for (const [keyword, value] of Object.entries(given)) this.#add(reduced, keyword, value);
    if (reduced["type"] === "object" || reduced["properties"]) this.#require(reduced);
    return reduced;
  }

  #add(reduced: Record<string, unknown>, keyword: string, value: unknown): void {
    if (plain.has(keyword)) reduced[keyword] = value;
    else if (keyword === "properties" || keyword === "$defs" || keyword === "definitions")
      reduced[keyword] = this.#each(value);
    else if (keyword === "items" && !Array.isArray(value)) reduced["items"] = this.reduce(value);
    else if (keyword === "anyOf" || keyword === "oneOf") {
      reduced["anyOf"] = listOf(value).map((each) => this.reduce(each));
      this.isReduced ||= keyword === "oneOf";
    } else if (isTaken(keyword, value)) reduced[keyword] = value;
    // An object is closed to other fields in either way.
    else if (!idle.has(keyword) && !(keyword === "additionalProperties" && value === false))
      this.isReduced = true;
  }

  #each(schemas: unknown): JsonObject {
    const named = Object.entries(objectOf(schemas) ?? {});
    return Object.fromEntries(named.map(([name, each]) => [name, this.reduce(each)]));
  }

  /** Every object needs a required field; an answer that has one more than it must still fits. */
  #require(reduced: Record<string, unknown>): void {
    if (listOf(reduced["required"]).length > 0) return;
    const [first] = Object.keys(objectOf(reduced["properties"]) ?? {});
    if (first === undefined) this.isPossible = false;
    else reduced["required"] = [first];
  }
}

/** Of patterns Cohere takes those without anchors and lookaheads, of formats these four. */
function isTaken(keyword: string, value: unknown): boolean {
  if (keyword === "pattern") return typeof value === "string" && !/[\^$]|\?[=!]/.test(value);
  return keyword === "format" && formats.has(value);
}
