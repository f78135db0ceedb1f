import type { ModelRequest } from "@pawl/core";
import { expect, test } from "vitest";

import { current, first, problemsOf } from "./request-schemas.ts";
import { bodiesOf } from "./server.ts";

const schema = { type: "object", properties: { age: { type: "integer" } } };
const asked: Partial<ModelRequest> = { responseFormat: { schema, name: "person" } };
const said = `It must fit this JSON Schema: ${JSON.stringify(schema)}`;

function known(structuredOutput?: string): object {
  return { capabilities: { structuredOutput } };
}

test.each([[undefined], ["json-schema"]])(
  "a model that may take a schema is given it: %s",
  async (kind) => {
    const bodies = await bodiesOf([asked, { responseFormat: { schema } }], known(kind));
    expect(bodies).toMatchObject([
      { response_format: { type: "json_schema", json_schema: { name: "person", schema } } },
      { response_format: { type: "json_schema", json_schema: { name: "answer", schema } } },
    ]);
    expect(JSON.stringify(bodies)).not.toMatch(/strict|must fit/);
    expect(await problemsOf(current, asked, known(kind))).toEqual([]);
  },
);

test("a model that writes JSON of any form is told the schema in words", async () => {
  const bodies = await bodiesOf(
    [asked, { ...asked, instructions: "Be brief." }],
    known("json-object"),
  );
  for (const body of bodies) {
    expect(body).toMatchObject({ response_format: { type: "json_object" } });
    expect(body.messages).toHaveLength(2);
    expect(body.messages[0]).toMatchObject({ role: "system" });
    expect(body.messages[0]?.content).toContain(said);
  }
  expect(bodies[1]?.messages[0]?.content).toMatch(/^Be brief\.\n\nYour final answer must be JSON/);
  expect(await problemsOf(current, asked, known("json-object"))).toEqual([]);
});

test("a model that can only be asked is told in words and nothing else", async () => {
  const [body] = await bodiesOf([asked], known("prompt"));
  expect(body).not.toHaveProperty("response_format");
  expect(body?.messages[0]?.content).toContain(said);
  const old = { ...known("prompt"), model: "cohere/command-r-plus" };
  expect(await problemsOf(first, { ...asked, tools: [] }, old)).toEqual([]);
});

test("JSON of any form is asked for with the word JSON in the prompt", async () => {
  for (const kind of [undefined, "json-schema", "json-object"]) {
    const [body] = await bodiesOf([{ responseFormat: {} }], known(kind));
    expect(body).toMatchObject({ response_format: { type: "json_object" } });
    expect(body?.messages[0]?.content).toContain("JSON");
    expect(body?.messages[0]?.content).not.toContain("Schema");
  }
});

test("a default is for answers, and not asked for beside tools", async () => {
  const options = { responseFormat: { schema } };
  const own = { responseFormat: {} };
  const bodies = await bodiesOf([{ tools: [] }, {}, own, { ...own, tools: [] }], options);
  const types = bodies.map(
    (body) => (body as { response_format?: { type: string } }).response_format?.type,
  );
  expect(types).toEqual(["json_schema", undefined, "json_object", "json_object"]);
});

test("what is asked for in words is not kept for the next request", async () => {
  const run = { id: "run" };
  const bodies = await bodiesOf([{ run, ...asked }, { run }, { run, ...asked }], known("prompt"));
  expect(bodies.map(({ messages }) => messages.length)).toEqual([2, 1, 2]);
});

test.each([
  [true, {}],
  [true, { properties: { list: { type: "array", items: { anyOf: [{ type: "null" }] } } } }],
  [false, { required: [] }],
  [false, { additionalProperties: undefined }],
  [false, { properties: { a: { type: "string", format: "email" } } }],
  [false, { properties: { a: { type: "object", properties: {} } } }],
  [false, { properties: { a: true } }],
  [false, { properties: { a: { type: "array", items: { type: "object" } } } }],
  [false, { properties: { a: { anyOf: [{ type: "object" }] } } }],
  [false, { type: undefined, anyOf: [] }],
])("a server is asked to keep to each word of a schema when it can: %s %j", async (can, change) => {
  const properties = { a: { type: "string" } };
  const closed = { type: "object", properties, additionalProperties: false, ...change };
  const required = Object.keys(closed.properties);
  const format = { schema: JSON.parse(JSON.stringify({ required, ...closed })) as object };
  const [body] = await bodiesOf([{ responseFormat: format as never }]);
  const sent = body as { response_format?: { json_schema?: { strict?: boolean } } };
  expect(sent.response_format?.json_schema?.strict).toBe(can ? true : undefined);
  expect(await problemsOf(current, { responseFormat: format as never }, {})).toEqual([]);
});
