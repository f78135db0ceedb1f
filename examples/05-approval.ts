import { createInterface } from "node:readline/promises";

import { Agent, tool } from "@pawl/core";
import { z } from "zod";

import { model, show } from "./setup.ts";

// Small payments go through, larger ones wait for a person, who is asked in the terminal; or give --approve or --deny.
const agent = new Agent({
  name: "billing",
  model,
  tools: {
    pay: tool({
      description: "Pay an invoice",
      inputSchema: z.object({ invoice: z.number().int(), amount: z.number().positive() }),
      effect: "irreversible",
      needsApproval: ({ amount }) => amount > 5,
      execute: ({ invoice, amount }, { idempotencyKey }) =>
        `Paid invoice ${invoice}: $${amount.toFixed(2)} (key ${idempotencyKey.slice(0, 8)}…)`,
    }),
  },
});

const [question = "Pay invoice 7 over $12.50"] = process.argv
  .slice(2)
  .filter((word) => !word.startsWith("--"));
let result = await agent.run(question);

while (result.status === "paused") {
  // The state is plain JSON: it can wait in a file or a database, and go on in another process.
  const saved = JSON.stringify(result.state);
  const decisions = [];
  for (const { callId, toolName, input, effect } of result.approvals) {
    console.log(`${toolName} ${JSON.stringify(input)} waits for approval (${effect}).`);
    decisions.push({ callId, approve: await isApproved() });
  }
  result = await agent.resume(JSON.parse(saved), { decisions });
}
await show(result);

async function isApproved(): Promise<boolean> {
  // Where nobody can be asked, what cannot be taken back is not done.
  if (process.argv.includes("--approve")) return true;
  if (!process.stdin.isTTY)
    console.log("There is no terminal to ask in, so it is denied: give --approve.");
  if (!process.stdin.isTTY || process.argv.includes("--deny")) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question("Approve? [y/N] ");
  terminal.close();
  return answer.toLowerCase().startsWith("y");
}
