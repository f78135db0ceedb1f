import { isJsonObject, type JsonObject } from "../json.ts";
import { wordsOf } from "./words.ts";

/** One field that a JSON schema describes. */
export interface Parameter {
  /** Its name in the schema. */
  readonly name: string;
  /** The words of its name, in lower case. */
  readonly words: readonly string[];
  /** What the schema says of it. */
  readonly description: string;
  /** The type it takes; a union is read as its first branch that is not null. */
  readonly type: ParameterType;
  /** Whether it must be given. */
  readonly isRequired: boolean;
  /** Its own schema, references resolved. */
  readonly schema: JsonObject;
  /** The schema that references are looked up in. */
  readonly root: JsonObject;
}

/** The JSON types a parameter can have. */
type ParameterType = "string" | "number" | "integer" | "boolean" | "array" | "object";

/** The fields of an object schema, in its order. */
export function parametersOf(schema: JsonObject, root: JsonObject = schema): readonly Parameter[] {
  const properties = schema["properties"];
  if (!isJsonObject(properties)) return [];
  const required = schema["required"];
  return Object.entries(properties).map(([name, value]) =>
    parameter(name, value, {
      root,
      isRequired: Array.isArray(required) && required.includes(name),
    }),
  );
}

/** The parameter that stands for one item of a list parameter. */
export function itemOf(list: Parameter): Parameter {
  const item = parameter(list.name, list.schema["items"] ?? {}, {
    root: list.root,
    isRequired: true,
  });
  return { ...item, description: item.description || list.description };
}

interface Place {
  readonly root: JsonObject;
  readonly isRequired: boolean;
}

function parameter(name: string, value: unknown, { root, isRequired }: Place): Parameter {
  const outer = isJsonObject(value) ? value : {};
  const schema = resolved(outer, root);
  const description = outer["description"] ?? schema["description"];
  return {
    name,
    words: wordsOf(name),
    description: typeof description === "string" ? description : "",
    type: typeOf(schema),
    isRequired,
    schema,
    root,
  };
}

function resolved(schema: JsonObject, root: JsonObject, depth: number = 0): JsonObject {
  if (depth > 8) return {};
  const { $ref, anyOf, oneOf, allOf } = schema;
  if (typeof $ref === "string") return resolved(lookUp($ref, root), root, depth + 1);
  for (const branches of [anyOf, oneOf, allOf]) {
    if (!Array.isArray(branches)) continue;
    const usable = branches.filter(isJsonObject).find((branch) => branch["type"] !== "null");
    if (usable !== undefined) return resolved(usable, root, depth + 1);
  }
  return schema;
}

function lookUp(reference: string, root: JsonObject): JsonObject {
  let place: unknown = root;
  for (const key of reference.split("/").slice(1)) {
    place = isJsonObject(place) ? place[key] : undefined;
  }
  return isJsonObject(place) ? place : {};
}

const types: readonly ParameterType[] = [
  "string",
  "number",
  "integer",
  "boolean",
  "array",
  "object",
];

function typeOf(schema: JsonObject): ParameterType {
  const named = [schema["type"]].flat();
  const type = types.find((candidate) => named.includes(candidate));
  if (type !== undefined) return type;
  if (schema["properties"] !== undefined) return "object";
  const sample: unknown = Array.isArray(schema["enum"]) ? schema["enum"][0] : schema["const"];
  return types.find((candidate) => candidate === typeof sample) ?? "string";
}
