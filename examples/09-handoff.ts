import { Agent, handoff, tool } from "@pawl/core";
import { z } from "zod";

import { model, show } from "./setup.ts";

const orders: Record<string, string> = { 7: "sent on Monday", 8: "being packed" };

// The expert has the tools …
const shipping = new Agent({
  name: "shipping",
  model,
  instructions: "You know where orders are.",
  tools: {
    find_order: tool({
      description: "Finds out where an order is, by its number",
      inputSchema: z.object({ order: z.number().int() }),
      execute: ({ order }) => orders[order] ?? "There is no such order.",
    }),
  },
});

// … and the front desk only knows who can help. After a handoff the expert goes on in the same conversation.
const desk = new Agent({
  name: "desk",
  model,
  tools: [handoff(shipping, { description: "Hands over to shipping: where an order is" })],
});

desk.on("handoff", ({ from, to }) => console.log(`${from} hands over to ${to}.`));

await show(await desk.run(process.argv[2] ?? "Hand this over to shipping: find order 7."));
