import { Agent, tool } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

test("two calls of a subagent never share an idempotency key, whatever their ids look like", async () => {
  const keys: string[] = [];
  const act = tool({
    description: "Act",
    inputSchema: z.object({}),
    execute: (_, { idempotencyKey }) => keys.push(idempotencyKey),
  });
  const ids = ["a é", "a_20_e9", "a__e9", "a:b", "a_003ab"];
  const inner = new Agent({
    name: "inner",
    model: scripted(ids.flatMap(() => [{ toolCalls: [{ name: "act", id: "i" }] }, "Done."])),
    tools: { act },
  });
  const toolCalls = ids.map((id) => ({ name: "sub", id, input: { task: "Go." } }));
  const outer = new Agent({
    model: scripted([{ toolCalls }, "Done."]),
    tools: { sub: inner.asTool({ description: "Sub" }) },
    toolConcurrency: 1,
  });

  await outer.run("Go.", { runId: "r" });

  expect(new Set(keys).size).toBe(ids.length);
  for (const key of keys) expect(key).toMatch(/^r:[\w.-]+:i$/);
});
