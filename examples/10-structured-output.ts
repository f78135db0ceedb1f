import { Agent } from "@pawl/core";
import { calculator } from "@pawl/tools";
import { z } from "zod";

import { model, show } from "./setup.ts";

// The model works with its tools as always; only its last answer has to fit the schema, and is mended if it does not.
const agent = new Agent({
  model,
  tools: [calculator()],
  output: z.object({ answer: z.string().describe("The answer in one sentence") }),
});

const stream = agent.stream(process.argv[2] ?? "How much is 12 * (3 + 4)?");
for await (const event of stream) {
  if (event.type === "text-delta") process.stdout.write(event.text);
  if (event.type === "step-finish") console.log();
  // What there is of the answer so far: an object that grows.
  if (event.type === "output-delta") console.log("\nSo far:", event.output);
}
const result = await stream.result;
if (result.status === "completed") console.log("The answer:", result.output.answer);
await show(result);
