import {
  checkOptions,
  type ModelCapabilities,
  type ModelRequest,
  type ResponseFormat,
} from "@pawl/core";

import { sendableName } from "../tool-calls/tool-names.ts";
import { isStrictSchema } from "./strict-schema.ts";

/** A form of answer as it is asked for: in a field of the request, in words for the model, or both. */
interface AskedFormat {
  readonly field?: object;
  readonly words?: string;
}

/**
 * The form that a request's answer has to have. What is usual is for answers only: asked for at each step, it keeps models
 * from calling tools (openai/openai-agents-python#3709).
 */
export function formatOf(
  { tools, responseFormat }: Pick<ModelRequest, "tools" | "responseFormat">,
  usual: ResponseFormat | undefined,
): ResponseFormat | undefined {
  return responseFormat ?? (tools.length === 0 ? usual : undefined);
}

/** The form of an answer, asked for in the way that the model can be held to; one of which nothing is known gets the schema. */
export function askedFormat(
  { schema, name = "answer" }: ResponseFormat,
  kind: ModelCapabilities["structuredOutput"] = "json-schema",
): AskedFormat {
  // A `json_object` is only written by models that are also told so (OpenAI refuses it unless the prompt says "JSON").
  const words = `Your final answer must be JSON and nothing else: no Markdown, no words around it.${schema ? ` It must fit this JSON Schema: ${JSON.stringify(schema)}` : ""}`;
  if (kind === "prompt") return { words };
  if (kind === "json-object" || !schema) return { words, field: { type: "json_object" } };
  const strict = isStrictSchema(schema) && { strict: true };
  return {
    field: { type: "json_schema", json_schema: { name: sendableName(name), schema, ...strict } },
  };
}

/** @throws TypeError for what is no form of an answer. */
export function checkFormat(where: string, format: ResponseFormat): void {
  checkOptions(`${where}: "responseFormat"`, format, ["schema", "name"]);
  const { schema, name } = format;
  if (name !== undefined && !(typeof name === "string" && /^[\w-]{1,64}$/.test(name)))
    throw new TypeError(
      `${where}: "responseFormat.name" must be 1 to 64 letters, digits, "_" or "-", got ${JSON.stringify(name)}.`,
    );
  const isSchema = typeof schema === "object" && schema !== null && !Array.isArray(schema);
  if (schema !== undefined && (!isSchema || "~standard" in schema))
    throw new TypeError(
      `${where}: "responseFormat.schema" must be a JSON Schema as an object, such as what z.toJSONSchema(schema) gives.`,
    );
}
