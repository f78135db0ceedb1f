import { Agent, tool } from "@pawl/core";
import { z } from "zod";

import { model, show } from "./setup.ts";
import { cached } from "./wrapping/cached-tool.ts";
import { loggedModel, loggedTool } from "./wrapping/logged.ts";
import { rateLimited } from "./wrapping/rate-limited-tool.ts";
import { retried } from "./wrapping/retried-tool.ts";

const stock: Readonly<Record<string, number>> = { apples: 120, pears: 7, plums: 0 };
let calls = 0;

// A warehouse that is not always there …
const checkStock = tool({
  description: "Says how many pieces of a fruit are in stock",
  inputSchema: z.object({
    fruit: z.enum(["apples", "pears", "plums"]).describe("which fruit"),
  }),
  execute: ({ fruit }) => {
    if (++calls === 1) throw new Error("The warehouse does not answer.");
    return { fruit, pieces: stock[fruit] ?? 0 };
  },
});

// … and what makes it usable. Each wrapper is a function of twenty lines; what is outside sees what is inside.
const patient = retried(rateLimited(loggedTool(checkStock), { everyMs: 20 }), { pauseMs: 20 });

const agent = new Agent({
  model: loggedModel(model),
  tools: { check_stock: cached(patient) },
});

const question = process.argv[2] ?? "How many pears are in stock?";
await agent.run(question);

// The second time the answer is known: the warehouse is not asked again.
const result = await agent.run(question);
console.log(`The warehouse was asked ${calls} times.`);
await show(result);
