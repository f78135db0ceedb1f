import { setTimeout as sleep } from "node:timers/promises";

import { Agent, tool } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

const add = tool({
  description: "Add two numbers",
  inputSchema: z.object({ a: z.number(), b: z.number() }),
  execute: ({ a, b }) => a + b,
});

test("instructions may be made of the context, once a run", async () => {
  let made = 0;
  const model = scripted([{ toolCalls: [{ name: "add", input: { a: 1, b: 2 } }] }, "3"]);
  const agent = new Agent({
    model,
    tools: { add },
    instructions: async (context) => {
      made++;
      await sleep(1);
      return `Speak ${(context as { language: string }).language}.`;
    },
  });

  await agent.run("1+2?", { context: { language: "Latin" } });

  expect(model.requests.map(({ instructions }) => instructions)).toEqual([
    "Speak Latin.",
    "Speak Latin.",
  ]);
  expect(made).toBe(1);
});

test("instructions that cannot be made end the run as failed", async () => {
  const model = scripted(["Hello."]);
  const agent = new Agent({
    model,
    instructions: () => {
      throw new Error("no language");
    },
  });

  const result = await agent.run("Hi");

  expect(result).toMatchObject({ status: "failed", error: { message: "no language" } });
  expect(model.requests).toHaveLength(0);
});
