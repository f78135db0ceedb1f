import { Agent, tool, type AgentEvent } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

const key = "sk-live-51Hx";

const fail = (): never => {
  throw new Error(`refused at ${key}`);
};

test.each([
  ["says", z.object({ k: z.string().refine(() => false, `must not be ${key}`) })],
  ["says late", z.object({ k: z.string().refine(async () => false, `must not be ${key}`) })],
  ["throws", z.object({ k: z.string().refine(fail) })],
  ["throws late", z.object({ k: z.string().refine(async () => fail()) })],
  ["expects", z.object({ k: z.enum([key, "sk-other"]) })],
])("what a schema %s of arguments that do not fit is redacted", async (_, inputSchema) => {
  const use = tool({ name: "use", description: "Uses", inputSchema, execute: () => "used" });
  const model = scripted([{ toolCalls: [{ name: "use", input: { k: "x" } }] }, "Done."]);
  const events: AgentEvent[] = [];
  const stream = new Agent({ model, tools: [use], redact: [key] }).stream("Go.");
  for await (const event of stream) events.push(event);
  const { messages, status } = await stream.result;

  expect(status).toBe("completed");
  expect(messages[2]).toMatchObject({
    isError: true,
    content: expect.stringMatching(/^Not executed: .*\[redacted\]/),
  });
  expect(JSON.stringify([events, messages])).not.toContain(key);
});

test("arguments that fit come to the tool as its schema makes them", async () => {
  const got: unknown[] = [];
  const use = tool({
    name: "use",
    description: "Uses",
    inputSchema: z.object({ k: z.string().transform(async (k) => `${k} ${key}`) }),
    execute: (input) => void got.push(input),
  });
  const model = scripted([{ toolCalls: [{ name: "use", input: { k: "with" } }] }, "Done."]);
  await new Agent({ model, tools: [use], redact: [key] }).run("Go.");

  expect(got).toEqual([{ k: `with ${key}` }]);
});

test("what does not fit of a person's own arguments is redacted", async () => {
  const pay = tool({
    name: "pay",
    description: "Pays",
    inputSchema: z.object({ k: z.string().refine((k) => k === "good", `must not be ${key}`) }),
    needsApproval: true,
    execute: () => "paid",
  });
  const model = scripted([{ toolCalls: [{ id: "1", name: "pay", input: { k: "good" } }] }]);
  const agent = new Agent({ model, tools: [pay], redact: [key] });
  const paused = await agent.run("Pay.");
  const decisions = [{ callId: "1", approve: true, input: { k: "bad" } }];
  const again = await agent.resume(paused.state, { decisions });

  expect(again).toMatchObject({ status: "paused" });
  expect(JSON.stringify(again)).toContain("must not be [redacted]");
  expect(JSON.stringify(again)).not.toContain(key);
});
