import { setTimeout as sleep } from "node:timers/promises";

import { Agent, tool, type SchemaSource, type StandardSchema } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";
import { z as z3 } from "zod/v3";

/** What a tool with this schema shows the model, what it gets of `input`, and what the model is told. */
async function through(inputSchema: SchemaSource, input: Record<string, unknown>) {
  let got: unknown;
  const it = tool({
    description: "x",
    inputSchema,
    execute: (given: unknown) => {
      got = given;
      return "ok";
    },
  });
  const model = scripted([{ toolCalls: [{ name: "it", input }] }, "Done."]);
  await new Agent({ model, tools: { it } }).run("Go.");
  return {
    parameters: model.requests[0]?.tools[0]?.parameters,
    content: model.requests[1]?.messages.at(-1)?.content ?? "",
    got,
  };
}

const standard: StandardSchema & { "~standard": { jsonSchema: unknown } } = {
  "~standard": {
    version: 1,
    vendor: "handmade",
    validate: (value) => {
      const { city } = value as { city?: unknown };
      return typeof city === "string"
        ? { value: { city: city.toUpperCase() } }
        : { issues: [{ message: "must be a string", path: [{ key: "city" }] }] };
    },
    jsonSchema: {
      input: () => ({ type: "object", properties: { city: { type: "string" } } }),
    },
  },
};

const city = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };

test.for<[string, SchemaSource]>([
  ["zod 4", z.object({ city: z.string() })],
  ["zod 3", z3.object({ city: z3.string() })],
  ["a Standard Schema", standard],
  ["JSON Schema", city],
  ["JSON Schema draft-07", { $schema: "http://json-schema.org/draft-07/schema#", ...city }],
  ["JSON Schema 2020-12", { $schema: "https://json-schema.org/draft/2020-12/schema", ...city }],
])("%s is shown to the model as JSON Schema, and checks arguments", async ([, schema]) => {
  const fits = await through(schema, { city: "Rom" });
  const misfits = await through(schema, { city: 5 });

  expect(fits.parameters).toMatchObject({
    type: "object",
    properties: { city: { type: "string" } },
  });
  expect(fits.parameters).not.toHaveProperty("$schema");
  expect(fits.content).toBe("ok");
  expect(misfits.content).toContain("city: ");
  expect(misfits.got).toBeUndefined();
});

test("a zod 4 schema never becomes an empty one", async () => {
  const { parameters } = await through(
    z.object({ city: z.string().describe("Where"), days: z.int().min(1).optional() }),
    { city: "Rom" },
  );

  expect(parameters).toMatchObject({
    type: "object",
    properties: { city: { type: "string", description: "Where" }, days: { type: "integer" } },
    required: ["city"],
  });
});

test("a zod 4 schema that cannot convert itself is converted by zod 4", async () => {
  const schema = z.object({ city: z.string(), days: z.number().default(1) });
  const { jsonSchema: _newer, ...older } = schema["~standard"] as unknown as Record<
    string,
    unknown
  >;
  const old = Object.create(schema, { "~standard": { value: older } }) as SchemaSource;

  expect((await through(old, { city: "Rom" })).parameters).toMatchObject({
    properties: { city: { type: "string" } },
    required: ["city"],
  });
});

test.for<[string, SchemaSource]>([
  ["zod 4", z.object({ n: z.number().default(7), s: z.string().transform((s) => s.length) })],
  ["zod 3", z3.object({ n: z3.number().default(7), s: z3.string().transform((s) => s.length) })],
])("%s: the model is shown what goes in, the tool gets what comes out", async ([, schema]) => {
  const { parameters, got } = await through(schema, { s: "four" });

  expect(parameters).toMatchObject({ properties: { s: { type: "string" } }, required: ["s"] });
  expect(got).toEqual({ n: 7, s: 4 });
});

test.for<[string, SchemaSource]>([
  ["zod 4", z.object({ s: z.string().refine((s) => sleep(1, s === "yes"), "is not free") })],
  ["zod 3", z3.object({ s: z3.string().refine((s) => sleep(1, s === "yes"), "is not free") })],
])("%s: refinements may be async", async ([, schema]) => {
  expect((await through(schema, { s: "yes" })).content).toBe("ok");
  expect((await through(schema, { s: "no" })).content).toContain("s: is not free");
});

test("a check that answers with any thenable is waited for", async () => {
  const issues = [{ message: "is taken" }];
  const schema = {
    "~standard": {
      ...standard["~standard"],
      // oxlint-disable-next-line unicorn/no-thenable -- what is tested
      validate: () => ({ then: (resolve: (result: object) => void) => resolve({ issues }) }),
    },
  } as unknown as SchemaSource;

  const { content, got } = await through(schema, { city: "Rom" });

  expect(content).toContain("is taken");
  expect(got).toBeUndefined();
});

test("a check that throws is an error result, and the tool does not run", async () => {
  const schema = z.object({
    s: z.string().refine(() => {
      throw new Error("check broke");
    }),
  });

  const { content, got } = await through(schema, { s: "x" });

  expect(content).toBe("Not executed: check broke");
  expect(got).toBeUndefined();
});

test("JSON Schema names the argument that is missing or too many", async () => {
  const schema = { ...city, additionalProperties: false };

  expect((await through(schema, {})).content).toContain("required property 'city'");
  expect((await through(schema, { city: "Rom", days: 1 })).content).toContain('"days"');
});

const tuple = (items: object) => ({
  type: "object",
  properties: { at: { type: "array", ...items } },
});

test("each draft of JSON Schema is read by its own rules", async () => {
  const old = tuple({ items: [{ type: "number" }] });
  const dialect = "http://json-schema.org/draft-07/schema#";

  expect((await through({ $schema: dialect, ...old }, { at: ["x"] })).content).toContain("at.0");
  expect(
    (await through(tuple({ prefixItems: [{ type: "number" }] }), { at: ["x"] })).content,
  ).toContain("at.0");
  expect(() => tool({ description: "x", inputSchema: old, execute: () => 1 })).toThrow(
    "Not a valid JSON Schema",
  );
});

const { jsonSchema: _none, ...withoutJson } = standard["~standard"];

test.for<[string, unknown, RegExp]>([
  [
    "a date",
    z.object({ on: z.date() }),
    /cannot be written as JSON Schema.*string in place of a date/,
  ],
  [
    "no JSON Schema",
    { "~standard": withoutJson },
    /handmade schema gives no JSON Schema.*"jsonSchema"/,
  ],
  [
    "a wrong JSON Schema",
    { type: "object", properties: { a: { type: "text" } } },
    /Not a valid JSON Schema/,
  ],
  ["a zod 4 string", z.string(), /must describe an object, such as z\.object/],
  ["a zod 3 array", z3.array(z3.string()), /must describe an object/],
  ["a JSON Schema string", { type: "string" }, /must describe an object/],
  ["an empty JSON Schema", {}, /must describe an object/],
  ["a shape", { city: z.string() }, /must describe an object/],
  ["a list", [], /must describe an object/],
  ["a name", "city", /must be a zod schema, a Standard Schema or a JSON Schema object; got string/],
  ["null", null, /got null/],
  ["nothing", undefined, /got undefined/],
])("%s as schema is a TypeError that names the tool and a way out", ([, schema, message]) => {
  const make = () =>
    tool({
      name: "plan",
      description: "x",
      inputSchema: schema as SchemaSource,
      execute: () => 1,
    });

  expect(make).toThrow(TypeError);
  expect(make).toThrow(message);
  expect(make).toThrow(/^Tool "plan": /);
});
