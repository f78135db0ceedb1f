import { Agent } from "@pawl/core";
import { calculator, currentTime } from "@pawl/tools";

import { model, show } from "./setup.ts";

// An agent is a model, what it is told, and the tools it may use.
const agent = new Agent({
  model,
  instructions: "You are a helpful assistant. Use the tools for sums and for the time.",
  tools: [calculator(), currentTime()],
});

await show(await agent.run(process.argv[2] ?? "How much is 12 * (3 + 4)?"));
