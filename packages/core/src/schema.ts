import { createRequire } from "node:module";

import type { Options as AjvOptions } from "ajv";
import type * as ajv from "ajv";
import type * as zod from "zod";
import type * as zodToJsonSchema from "zod-to-json-schema";

import { wordsOf } from "./errors.ts";
import { isThenable } from "./thenable.ts";

/** A JSON Schema document. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What every kind of schema is turned into: its JSON Schema for the model, and a parser for what comes back. */
export interface Schema<Output = unknown> {
  readonly json: JsonSchema;
  /** Checks and transforms `value`. Never throws for a wrong value. */
  parse(value: unknown): Parsed<Output> | Promise<Parsed<Output>>;
}

/** A checked value, or what is wrong with it: one `path: problem` line an issue. */
export type Parsed<Output = unknown> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly string[] };

/**
 * What may describe a value: zod 4, zod 3, any Standard Schema that can give JSON Schema
 * (https://standardschema.dev/json-schema), a JSON Schema object, or an already made {@link Schema}.
 */
export type SchemaSource = StandardSchema | Schema | JsonSchema;

/** The part of Standard Schema v1 that is read here. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

interface StandardIssue {
  readonly message: string;
  readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined;
}

/** What a schema yields after checking: its output type, or a plain record for a JSON Schema. */
export type Infer<Source> = Source extends { readonly _zod: { readonly output: unknown } }
  ? Source["_zod"]["output"]
  : Source extends StandardSchema<infer _, infer Output>
    ? Output
    : Source extends Schema<infer Output>
      ? Output
      : Record<string, unknown>;

/**
 * Turns any {@link SchemaSource} into the one form the rest of Pawl knows.
 *
 * @throws TypeError when the source is none of the known kinds, or cannot be written as JSON Schema.
 */
export function toSchema(source: SchemaSource): Schema {
  if (isStandard(source)) return fromStandard(source);
  if (isSchema(source)) return source;
  if (typeof source === "object" && source !== null) return fromJsonSchema(source);
  throw new TypeError(
    `A schema must be a zod schema, a Standard Schema or a JSON Schema object; got ${source === null ? "null" : typeof source}.`,
  );
}

function isSchema(source: SchemaSource): source is Schema {
  return "json" in Object(source) && typeof (source as Schema).parse === "function";
}

/** ArkType's schemas are functions, so a look at `typeof` alone would refuse them. */
function isStandard(source: SchemaSource): source is StandardSchema {
  return "~standard" in Object(source);
}

function fromStandard(source: StandardSchema): Schema {
  const json = jsonSchemaOf(source);
  if (isZod(source))
    return { json, parse: async (value) => readZod(await source.safeParseAsync(value)) };
  return {
    json,
    parse: (value) => {
      const result = source["~standard"].validate(value);
      return isThenable(result) ? Promise.resolve(result).then(read) : read(result);
    },
  };
}

/** What zod says of a value. */
interface ZodChecker {
  safeParseAsync(
    value: unknown,
  ): Promise<
    | { readonly success: true; readonly data: unknown }
    | { readonly success: false; readonly error: { readonly issues: readonly StandardIssue[] } }
  >;
}

/**
 * Asked for itself: its `~standard` tries without waiting first, and where a check of the user's is async it drops that promise
 * and asks again. The check runs twice, and a first one that rejects ends the process.
 */
function isZod(source: StandardSchema): source is StandardSchema & ZodChecker {
  const { safeParseAsync } = source as Partial<ZodChecker>;
  return source["~standard"].vendor === "zod" && typeof safeParseAsync === "function";
}

function readZod(result: Awaited<ReturnType<ZodChecker["safeParseAsync"]>>): Parsed {
  return read(result.success ? { value: result.data } : result.error);
}

function read(result: StandardResult<unknown>): Parsed {
  if (!result.issues) return { value: result.value };
  return {
    issues: result.issues.map(({ path, message }) => line(path?.map(pathKey) ?? [], message)),
  };
}

function pathKey(segment: PropertyKey | { readonly key: PropertyKey }): string {
  return String(typeof segment === "object" ? segment.key : segment);
}

function line(path: readonly string[], message: string): string {
  return path.length > 0 ? `${path.join(".")}: ${message}` : message;
}

/** Each vendor's own conversion, never another's: `zod-to-json-schema` turns a zod 4 schema into `{}` without a word. */
function jsonSchemaOf(source: StandardSchema): JsonSchema {
  const { jsonSchema, vendor } = source["~standard"] as StandardSchema["~standard"] & {
    readonly jsonSchema?: { input(options: { target: string }): JsonSchema };
  };
  try {
    if (jsonSchema) return clean(jsonSchema.input({ target: "draft-07" }));
    if (isZod4(source))
      return clean((load("zod/v4") as typeof zod).toJSONSchema(source, { io: "input" }));
    if (isZod3(source))
      return clean((load("zod-to-json-schema") as typeof zodToJsonSchema).zodToJsonSchema(source));
  } catch (cause) {
    throw new TypeError(
      `This ${vendor} schema cannot be written as JSON Schema (${sentence(cause)}). Use types that JSON has: a string in place of a date, say.`,
      { cause },
    );
  }
  throw new TypeError(
    `This ${vendor} schema gives no JSON Schema. Use a version whose "~standard" has "jsonSchema", or pass the JSON Schema itself.`,
  );
}

type Zod3Schema = Parameters<(typeof zodToJsonSchema)["zodToJsonSchema"]>[0];

function isZod4(source: object): source is zod.ZodType {
  return "_zod" in source;
}

function isZod3(source: object): source is Zod3Schema {
  return "_def" in source && !("_zod" in source);
}

/** `$schema` tells a model nothing and some gateways refuse it. */
function clean(document: Record<string, unknown>): JsonSchema {
  const { $schema: _dialect, ...json } = document;
  return json;
}

/** Draft 2020-12 unless the document names an older one; `strict: false` because a foreign document may carry unknown keywords. */
function fromJsonSchema(source: JsonSchema): Schema {
  const dialect = source["$schema"];
  const isOlder = typeof dialect === "string" && /draft-0[4-7]/.test(dialect);
  const json = clean(source);
  const options: AjvOptions = {
    strict: false,
    allErrors: true,
    validateFormats: false,
    logger: false,
  };
  let validate: ajv.ValidateFunction;
  try {
    const { default: Ajv } = load(isOlder ? "ajv" : "ajv/dist/2020.js") as {
      default: typeof ajv.Ajv;
    };
    validate = new Ajv(options).compile({ ...json });
  } catch (cause) {
    throw new TypeError(`Not a valid JSON Schema: ${sentence(cause)}.`, { cause });
  }
  return {
    json,
    parse: (value) =>
      validate(value) ? { value } : { issues: (validate.errors ?? []).map(issueOf) },
  };
}

function issueOf({ instancePath, keyword, message, params }: ajv.ErrorObject): string {
  const extra = params["additionalProperty"] ? ` "${params["additionalProperty"]}"` : "";
  return line(instancePath.split("/").slice(1), (message ?? keyword) + extra);
}

/** Converters and validators are loaded when the first schema needs them, and by `require` because construction is not async. */
function load(name: string): unknown {
  return createRequire(import.meta.url)(name);
}

function sentence(cause: unknown): string {
  return wordsOf(cause).replace(/\.$/, "");
}
