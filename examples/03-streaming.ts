import { Agent } from "@pawl/core";
import { calculator } from "@pawl/tools";

import { model, show } from "./setup.ts";

const agent = new Agent({ model, tools: [calculator()] });
const stream = agent.stream(
  process.argv[2] ?? "What is 15% of 260, and how much is 3 to the power of 7?",
);

// The run goes as fast as this loop reads. Leaving the loop ends the run.
for await (const event of stream) {
  switch (event.type) {
    case "step-start":
      console.log(`— step ${event.step}`);
      break;
    case "tool-call":
      console.log(`→ ${event.toolName} ${JSON.stringify(event.input)}`);
      break;
    case "tool-result":
      console.log(`← ${event.output}`);
      break;
    case "text-delta":
      process.stdout.write(event.text);
      break;
    case "finish":
      console.log(`\n— ${event.result.status}, ${event.result.usage.totalTokens} tokens\n`);
      break;
    default:
  }
}

// The end is there too, for whoever wants only that.
await show(await stream.result);
