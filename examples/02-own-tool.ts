import { Agent, tool } from "@pawl/core";
import { z } from "zod";

import { model, show } from "./setup.ts";

const stock: Readonly<Record<string, number>> = { apples: 120, pears: 7, plums: 0 };

// A tool is one object literal. The types of `execute` come from the schema: there is nothing to annotate.
const checkStock = tool({
  description: "Says how many pieces of a fruit are in stock",
  inputSchema: z.object({
    fruit: z.enum(["apples", "pears", "plums"]).describe("which fruit"),
  }),
  execute: ({ fruit }) => ({ fruit, pieces: stock[fruit] ?? 0 }),
});

const agent = new Agent({ model, tools: { check_stock: checkStock } });

// Types flow on into events and results: `output` is `{ fruit, pieces }`, and `pieces` is a number.
agent.on("tool-result", ({ toolName, output }) => {
  console.log(`${toolName}: ${output.fruit} × ${output.pieces.toFixed(0)}`);
});

await show(await agent.run(process.argv[2] ?? "How many pears are in stock?"));
