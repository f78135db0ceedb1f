import type { JsonSchema } from "@pawl/core";
import { expect, test } from "vitest";

import { bodyOf, type CohereBody } from "./cohere-server.ts";

const person = {
  type: "object",
  properties: { name: { type: "string" }, age: { type: "integer" } },
  required: ["name"],
};

function asked(
  schema?: JsonSchema,
  fields: object = {},
  options: object = {},
): Promise<CohereBody> {
  return bodyOf({ tools: [], responseFormat: schema ? { schema } : {}, ...fields }, options);
}

function promptOf({ messages }: CohereBody): unknown {
  return messages[0]?.["role"] === "system" ? messages[0]["content"] : undefined;
}

test("an answer is held to a schema, and the prompt asks for JSON too", async () => {
  const body = await asked(person, { instructions: "Be brief." });
  expect(body["response_format"]).toEqual({ type: "json_object", json_schema: person });
  expect(promptOf(body)).toBe("Be brief.\n\nAnswer with one JSON object and nothing else.");
});

test("without a schema any object will do", async () => {
  const body = await asked();
  expect(body["response_format"]).toEqual({ type: "json_object" });
  expect(promptOf(body)).toBe("Answer with one JSON object and nothing else.");
});

test("text is asked for in no words at all", async () => {
  const body = await bodyOf({});
  expect(body).not.toHaveProperty("response_format");
  expect(promptOf(body)).toBeUndefined();
});

test.each([
  ["tools", { tools: [{ name: "add", description: "Adds", parameters: person }] }, {}],
  ["documents", {}, { documents: ["Ada is 36."] }],
])("beside %s the schema is asked for in the prompt alone", async (_name, fields, options) => {
  const body = await asked(person, fields, options);
  expect(body).not.toHaveProperty("response_format");
  expect(promptOf(body)).toBe(
    `Answer with one JSON object and nothing else. It has to fit this JSON Schema: ${JSON.stringify(person)}`,
  );
});

test("where tools are not offered this time, the schema holds", async () => {
  const tools = [{ name: "add", description: "Adds", parameters: person }];
  const body = await asked(person, { tools, toolChoice: "none" });
  expect(body).toHaveProperty("response_format.json_schema", person);
});

function field(schema: object): JsonSchema {
  return { type: "object", properties: { x: schema }, required: ["x"] };
}

test.each([
  [
    "numbers without bounds",
    { type: "number", minimum: 1, exclusiveMaximum: 9, multipleOf: 2 },
    { type: "number" },
  ],
  ["texts without lengths", { type: "string", minLength: 1, maxLength: 9 }, { type: "string" }],
  [
    "lists without counts",
    { type: "array", items: { type: "string", minLength: 1 }, minItems: 1, uniqueItems: true },
    { type: "array", items: { type: "string" } },
  ],
  [
    "one of several as any of them",
    { oneOf: [{ const: 1 }, { const: 2 }] },
    { anyOf: [{ const: 1 }, { const: 2 }] },
  ],
  ["no compositions", { type: "string", allOf: [{}], not: { const: "a" } }, { type: "string" }],
  ["no anchors in patterns", { type: "string", pattern: "^a$" }, { type: "string" }],
  ["no lookaheads in patterns", { type: "string", pattern: "a(?=b)" }, { type: "string" }],
  ["no unknown formats", { type: "string", format: "email" }, { type: "string" }],
  ["a schema that is no object", true, {}],
])(
  "of a schema Cohere gets what it takes, and the prompt has the rest: %s",
  async (_name, given, held) => {
    const body = await asked(field(given as object));
    expect(body["response_format"]).toEqual({ type: "json_object", json_schema: field(held) });
    expect(promptOf(body)).toContain(JSON.stringify(field(given as object)));
  },
);

test.each([
  ["any of several", { anyOf: [{ type: "string" }, { type: "null" }] }],
  ["certain values", { enum: ["a", "b"], description: "One of both" }],
  ["a pattern", { type: "string", pattern: "a+b" }],
  ["a format", { type: "string", format: "date-time" }],
])("what Cohere takes is sent as it is, and need not be said twice: %s", async (_name, given) => {
  const body = await asked({ ...field(given), additionalProperties: false, $schema: "x" });
  expect(body["response_format"]).toEqual({ type: "json_object", json_schema: field(given) });
  expect(promptOf(body)).toBe("Answer with one JSON object and nothing else.");
});

test("references are kept with what they refer to", async () => {
  const tree = {
    ...field({ $ref: "#/$defs/node" }),
    $defs: { node: { type: "object", properties: { n: { type: "number" } }, required: ["n"] } },
  };
  expect(await asked(tree)).toHaveProperty("response_format.json_schema", tree);
});

test("an object whose fields may all be left out has to have the first: every object needs a required one", async () => {
  const loose = { type: "object", properties: { a: { type: "string" }, b: { type: "string" } } };
  const body = await asked(field(loose));
  expect(body).toHaveProperty("response_format.json_schema.properties.x.required", ["a"]);
});

test("an object with fields of any name cannot be held to, and is asked for in the prompt", async () => {
  const record = field({ type: "object", additionalProperties: { type: "number" } });
  const body = await asked(record);
  expect(body["response_format"]).toEqual({ type: "json_object" });
  expect(promptOf(body)).toContain(JSON.stringify(record));
});

test("an answer that is no object is asked for in the prompt alone", async () => {
  const body = await asked({ type: "array", items: { type: "string" } });
  expect(body).not.toHaveProperty("response_format");
  expect(promptOf(body)).toContain('{"type":"array"');
});
