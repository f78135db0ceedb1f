import { Agent, tool, type Tool, type ToolOptions } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expectTypeOf } from "vitest";
import { z } from "zod";
import { z as z3 } from "zod/v3";

const add = tool({
  name: "add",
  description: "Add two numbers",
  inputSchema: z.object({ a: z.number(), b: z.number().default(1) }),
  execute: ({ a, b }, { signal }) => {
    expectTypeOf(a).toEqualTypeOf<number>();
    expectTypeOf(b).toEqualTypeOf<number>();
    expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
    return a + b;
  },
});

const greet = tool({
  name: "greet",
  description: "Greet a person",
  inputSchema: z3.object({ name: z3.string().optional() }),
  needsApproval: ({ name }) => name === "Ada",
  execute: async ({ name }, { context }: ToolOptions<{ readonly language: string }>) => ({
    text: `${context.language} ${name}`,
  }),
});

const count = tool({
  description: "Count up",
  inputSchema: { type: "object", properties: { to: { type: "number" } } },
  execute: async function* ({ to }) {
    expectTypeOf(to).toEqualTypeOf<unknown>();
    yield 1;
    return "done" as const;
  },
});

const model = scripted([]);
const record = new Agent({ model, tools: { add, count } });
const list = new Agent({ model, tools: [add, greet] });

tool({
  description: "x",
  inputSchema: z.object({ a: z.number() }),
  // @ts-expect-error a wrong argument type
  execute: ({ a }) => a.toUpperCase(),
});
// @ts-expect-error an unknown option
void new Agent({ model, maxstep: 3 });
// @ts-expect-error the tools ask for a context
void list.run("hi");
// @ts-expect-error of a certain kind
void list.run("hi", { context: { language: 3 } });
void list.run("hi", { context: { language: "en" } });

for await (const event of record.stream("hi")) {
  if (event.type === "text-delta") expectTypeOf(event.text).toEqualTypeOf<string>();
  if (event.type === "tool-result" && event.toolName === "add") {
    expectTypeOf(event.output).toEqualTypeOf<number>();
    expectTypeOf(event.input).toEqualTypeOf<{ a: number; b: number }>();
  }
  if (event.type === "tool-result" && event.toolName === "count")
    expectTypeOf(event.output).toEqualTypeOf<"done">();
}

const result = await list.run("hi", { context: { language: "en" } });
for (const { toolResults } of result.steps)
  for (const each of toolResults)
    if (!each.error && each.toolName === "greet")
      expectTypeOf(each.output).toEqualTypeOf<{ text: string }>();
if (result.status === "completed") expectTypeOf(result.output).toEqualTypeOf<string>();
if (result.status === "failed") expectTypeOf(result.error).toEqualTypeOf<Error>();

record.on("tool-result", (event) => {
  expectTypeOf(event.toolName).toEqualTypeOf<"add" | "count">();
});

const expert = list.asTool({ name: "expert", description: "Knows all" });
const boss = new Agent({ model, tools: { add, expert } });
// @ts-expect-error a subagent's tools ask for a context, so the outer run has to give it
void boss.run("hi");
void boss.run("hi", { context: { language: "en" } });
// @ts-expect-error and so has a run that goes on
void boss.resume(result.state, { decisions: [] });
boss.on("tool-result", (event) => {
  if (event.toolName === "expert") {
    expectTypeOf(event.input).toEqualTypeOf<{ readonly task: string }>();
    expectTypeOf(event.output).toEqualTypeOf<string>();
  }
});

void new Agent({
  model,
  tools: [greet],
  instructions: (context) => {
    expectTypeOf(context).toEqualTypeOf<{ readonly language: string }>();
    return context.language;
  },
});

if (result.status === "paused")
  for (const approval of result.approvals)
    expectTypeOf(approval.effect).toEqualTypeOf<"read" | "write" | "irreversible">();
// @ts-expect-error a decision is true or false
void record.resume(result.state, { decisions: [{ callId: "a", approve: "yes" }] });
// @ts-expect-error the name of a run that goes on is in its state
void record.resume(result.state, { runId: "a" });

const dynamic: Tool[] = [add];
void new Agent({ model, tools: dynamic }).run("hi");
const perhaps = tool({
  name: "perhaps",
  description: "x",
  inputSchema: z.object({}),
  execute: (_, { context }: ToolOptions<{ readonly db: string } | undefined>) => context?.db,
});
void new Agent({ model, tools: [perhaps] }).run("hi");
void new Agent({ model, tools: [perhaps] }).run("hi", { context: { db: "x" } });

const person = z.object({ name: z.string(), born: z.string().transform((text) => new Date(text)) });
const clerk = new Agent({ model, tools: { add }, output: person });
const named = await clerk.run("Who?");
if (named.status === "completed")
  expectTypeOf(named.output).toEqualTypeOf<{ name: string; born: Date }>();
for await (const event of new Agent({ model, output: z.array(z.enum(["a", "b"])) }).stream("x")) {
  if (event.type === "output-delta") expectTypeOf(event.output).toEqualTypeOf<readonly string[]>();
  if (event.type === "finish" && event.result.status === "completed")
    expectTypeOf(event.result.output).toEqualTypeOf<("a" | "b")[]>();
}
clerk.on("output-delta", ({ output }) => {
  expectTypeOf(output.name).toEqualTypeOf<string | undefined>();
});
const asked = clerk.asTool({ name: "clerk", description: "Knows names" });
new Agent({ model, tools: [asked] }).on("tool-result", ({ output }) => {
  expectTypeOf(output).toEqualTypeOf<{ name: string; born: Date }>();
});
const old = await new Agent({ model, output: z3.number().nullable() }).run("n?");
if (old.status === "completed") expectTypeOf(old.output).toEqualTypeOf<number | null>();
const json = await new Agent({ model, output: { type: "object" } }).run("x");
if (json.status === "completed") expectTypeOf(json.output).toEqualTypeOf<Record<string, unknown>>();
const anyList = await new Agent({ model, output: { type: "array" } }).run("x");
if (anyList.status === "completed") expectTypeOf(anyList.output).toEqualTypeOf<unknown>();
// @ts-expect-error no schema
void new Agent({ model, output: "text" });
