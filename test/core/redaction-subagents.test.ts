import { Agent, memoryResults, tool } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

const secret = "hunter2-hunter2";

test("what a run keeps secret is so to its subagents too: their prompts, their stores, and theirs in turn", async () => {
  const kept: string[] = [];
  const store = memoryResults();
  const dump = tool({
    description: "Dump",
    inputSchema: z.object({}),
    execute: () => `${secret} ${"x".repeat(9000)}`,
  });
  const deepModel = scripted(["Done."]);
  const deep = new Agent({ name: "deep", model: deepModel, instructions: `Use ${secret}.` });
  const model = scripted([
    { toolCalls: [{ name: "dump" }, { name: "deep", input: { task: "Go." } }] },
    "Done.",
  ]);
  const inner = new Agent({
    name: "inner",
    model,
    instructions: `The key is ${secret}.`,
    tools: { dump, deep: deep.asTool({ description: "Deep" }) },
    prepareStep: ({ messages }) => ({
      messages: [...messages, { role: "user", content: `And ${secret}.` }],
    }),
    offload: {
      bytes: 4096,
      store: {
        put: async (id, text) => {
          kept.push(text);
          await store.put(id, text);
        },
        get: (id) => store.get(id),
      },
    },
  });
  const outer = new Agent({
    model: scripted([{ toolCalls: [{ name: "inner", input: { task: "Go." } }] }, "Done."]),
    tools: { inner: inner.asTool({ description: "Inner" }) },
    redact: [secret],
  });

  const result = await outer.run("Go.");

  expect(result.status).toBe("completed");
  expect(model.requests[0]?.instructions).toBe("The key is [redacted].");
  expect(deepModel.requests[0]?.instructions).toBe("Use [redacted].");
  expect(JSON.stringify(model.requests.map(({ messages }) => messages))).not.toContain(secret);
  expect(kept).toHaveLength(1);
  expect(kept.join("")).not.toContain(secret);
});
