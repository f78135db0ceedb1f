import { Agent, tool, type JsonSchema, type SchemaSource } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import Ajv2020 from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { z } from "zod";
import { z as z3 } from "zod/v3";

const tree: z.ZodType = z.lazy(() => z.array(z.union([z.string(), tree])));
const ref = { type: "array", items: { anyOf: [{ type: "string" }, { $ref: "#" }] } } as const;

test.each<[string, z.ZodType | z3.ZodType | JsonSchema, unknown, unknown]>([
  ["a text", z.string(), "hi", 1],
  ["a number", { type: "number" }, 4, "4"],
  ["a list", z.array(z.object({ a: z.number() })), [{ a: 1 }], [{ a: "1" }]],
  ["null", z.null(), null, 0],
  ["an enum", z.enum(["red", "green"]), "red", "blue"],
  ["either of two objects", z.union([z.object({ a: z.number() }), z.null()]), { a: 1 }, { b: 1 }],
  ["a tree", tree, ["a", ["b"]], [1]],
  ["a tree in JSON Schema", ref, ["a", ["b", []]], ["a", [1]]],
  ["a list of zod 3", z3.array(z3.array(z3.string())), [["a"]], [[1]]],
  ["a tree with a name", { ...ref, $id: "https://example.com/tree" }, ["a", ["b"]], [1]],
  ["definitions", { $ref: "#/$defs/n", $defs: { n: { type: "integer" } } }, 3, 3.5],
])("what is no object is put into one for the model: %s", async (...[, output, value, other]) => {
  const model = scripted([JSON.stringify({ value })]);
  const result = await new Agent({ model, output }).run("Go.");
  expect(result).toMatchObject({ status: "completed" });
  expect(result.status === "completed" && result.output).toEqual(value);

  const schema = model.requests[0]?.responseFormat?.schema ?? {};
  expect(schema).toMatchObject({ type: "object", required: ["value"] });
  const fits = new Ajv2020.Ajv2020({ strict: false }).compile({ ...schema });
  expect([fits({ value }), fits({ value: other }), fits(value)]).toEqual([true, false, false]);
});

test("a model that forgets the envelope is understood, also before it was asked for", async () => {
  const look = tool({ description: "Look", inputSchema: z.object({}), execute: () => 1 });
  for (const tools of [{}, { look }]) {
    const agent = new Agent({ model: scripted(["[1,2]"]), tools, output: z.array(z.number()) });
    expect(await agent.run("Go.")).toMatchObject({ status: "completed", output: [1, 2] });
  }
});

test("an object of the agent's own with a value in it is no envelope, nor is one that nobody asked for", async () => {
  const output = z.object({ value: z.number(), unit: z.string().default("m") });
  const result = await new Agent({ model: scripted(['{"value":3}']), output }).run("Go.");
  expect(result).toMatchObject({ output: { value: 3, unit: "m" } });
  const look = tool({ description: "Look", inputSchema: z.object({}), execute: () => 1 });
  const either = z.union([z.object({ value: z.number() }), z.number()]);
  const agent = new Agent({ model: scripted(['{"value":3}']), tools: { look }, output: either });
  expect(await agent.run("Go.")).toMatchObject({ output: { value: 3 } });
});

test("the output is what the schema makes of the answer, once for each answer", async () => {
  let count = 0;
  const day = z.string().transform((text) => (count++, new Date(text)));
  const output = z.object({ day, n: z.number().default(7) });
  const model = scripted(['{"day":"2026-01-02","n":""}', '{"day":"2026-01-02"}']);
  const result = await new Agent({ model, output }).run("When?");
  expect(result).toMatchObject({ output: { day: new Date("2026-01-02"), n: 7 } });
  expect(count).toBe(2);
});

test("an output may be checked by code that waits", async () => {
  const known = z
    .string()
    .refine(async (name) => (await Promise.resolve("Ada")) === name, "unknown");
  const model = scripted(['{"value":"Bob"}', '{"value":"Ada"}']);
  const result = await new Agent({ model, output: known }).run("Who?");
  expect(result).toMatchObject({ status: "completed", output: "Ada" });
  expect(model.requests[1]?.messages.at(-1)?.content).toContain("cannot be used: unknown.");
});

test("the objects of zod are closed, so that servers hold the model to them; others stay as they are", async () => {
  const inner = z.object({ default: z.object({ properties: z.string() }) });
  const loose = z.looseObject({ a: z.string() });
  const example = { type: "object", properties: {} };
  const wanted = {
    any: z.any().default(example),
    list: z.array(inner),
    loose,
    map: z.record(z.string(), z.number()),
  };
  const { properties, additionalProperties } = (await schemaOf(z.object(wanted))) as {
    properties: Record<"any" | "loose" | "map", { additionalProperties: unknown }> & {
      list: { items: { properties: object } };
    };
    additionalProperties: unknown;
  };
  expect(additionalProperties).toBe(false);
  expect(properties.list.items).toMatchObject({ additionalProperties: false });
  expect(properties.list.items.properties).toEqual({
    default: {
      type: "object",
      properties: { properties: { type: "string" } },
      required: ["properties"],
      additionalProperties: false,
    },
  });
  expect(properties.loose.additionalProperties).toEqual({});
  expect(properties.any).toEqual({ default: example });
  expect(properties.map).toMatchObject({ additionalProperties: { type: "number" } });
  const joined = z3.intersection(z3.object({ a: z3.string() }), z3.object({ b: z3.string() }));
  const both = JSON.stringify(await schemaOf(joined));
  expect(both).toContain('"allOf"');
  // That of the envelope.
  expect(both.match(/"additionalProperties"/g)).toHaveLength(1);
  const own = { type: "object", properties: { a: { type: "string" } } };
  expect(await schemaOf(own)).toEqual(own);
});

/** What a model is asked for. */
async function schemaOf(output: SchemaSource): Promise<unknown> {
  const model = scripted(["{}"]);
  await new Agent({ model, output, outputRetries: 0 }).run("Go.");
  return model.requests[0]?.responseFormat?.schema;
}

test.each([
  ["a list", [z.string()]],
  ["a date", new Date()],
  ["a promise", Promise.resolve(z.string())],
  ["the whole of zod", { ...z }],
])("what is no schema is refused as an output: %s", (_, output) => {
  expect(() => new Agent({ model: scripted([]), output: output as never })).toThrow(
    /^Agent: "output": it must be a zod schema, a Standard Schema or a JSON Schema object\./,
  );
});
