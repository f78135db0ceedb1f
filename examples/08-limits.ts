import { join } from "node:path";

import { Agent } from "@pawl/core";
import { calculator, fileTools } from "@pawl/tools";

import { model, show } from "./setup.ts";

// What a run may use: subagents and parallel calls share it, and no call begins that is not covered.
const budget = { toolCalls: 2, tokens: 50_000, ms: 30_000 };

const agent = new Agent({
  name: "researcher",
  model,
  instructions: "Answer from the files and cite their paths.",
  tools: [...fileTools({ root: join(import.meta.dirname, "library") }), calculator()],
});

const question = "What is 17% of 3,480, and which package retries requests?";
let result = await agent.run(process.argv[2] ?? question, { budget });

while (result.status === "stopped" && result.reason === "budget") {
  const { toolCalls } = budget;
  console.log(`Stopped: ${toolCalls} tool calls are used up. It goes on with two more.`);
  budget.toolCalls += 2;
  // Nothing is done twice: the run goes on with the call that it could not make.
  result = await agent.resume(result.state, { budget });
}
await show(result);
const { usage, state } = result;
console.log(`${state.spent?.toolCalls} tool calls, ${usage.totalTokens} tokens.`);
