import { readFileSync } from "node:fs";

import type { ModelRequest } from "@pawl/core";
import { Ajv2020 } from "ajv/dist/2020.js";

import { bodiesOf } from "./server.ts";

type Validate = ReturnType<Ajv2020["compile"]>;

/** What AI/ML API publishes on requests to Command R+ of August 2024. */
export const current: Validate = schema("command-r-plus-08-2024.request.schema.json");

/** What it published on requests to the first Command R+, which knew no tools. */
export const first: Validate = schema("command-r-plus.2025-06.request.schema.json");

/** What is wrong with a request by its schema; nothing when it is right. */
export async function problemsOf(
  validate: Validate,
  fields: Partial<ModelRequest>,
  options: object,
): Promise<unknown> {
  const [body] = await bodiesOf([fields], options);
  return validate(body) === true ? [] : validate.errors;
}

function schema(name: string): Validate {
  const text = readFileSync(new URL(`contract/schemas/${name}`, import.meta.url), "utf8");
  // OpenAPI's `nullable` is no JSON Schema; without it the schema is stricter, and nothing here is null.
  const json: unknown = JSON.parse(text, (key, value: unknown) =>
    key === "nullable" ? undefined : value,
  );
  return new Ajv2020({ strict: false, validateFormats: false }).compile(json as object);
}
