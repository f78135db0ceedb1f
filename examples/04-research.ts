import { join } from "node:path";

import { Agent } from "@pawl/core";
import { calculator, fileTools } from "@pawl/tools";

import { model, show } from "./setup.ts";

// pnpm demo "your question" [folder]: answers from a folder of Markdown, and shows each step as it happens.
const [question = "What is 17% of 3,480, and which package retries requests?", folder] =
  process.argv.slice(2);

const agent = new Agent({
  name: "researcher",
  model,
  instructions:
    "Answer from the files: search, read the best hits, and cite their paths. Use the calculator for sums.",
  tools: [...fileTools({ root: folder ?? join(import.meta.dirname, "library") }), calculator()],
});

const isTerminal = process.stdout.isTTY;
const dim = (text: string): string => (isTerminal ? `\u001B[2m${text}\u001B[0m` : text);
const bold = (text: string): string => (isTerminal ? `\u001B[1m${text}\u001B[0m` : text);
const short = (value: unknown): string => {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.replaceAll(/\s+/g, " ").slice(0, 100);
};

console.log(`${bold("Question")}  ${question}\n${dim(`Model     ${model.id}`)}\n`);
const stream = agent.stream(question);
for await (const event of stream) {
  switch (event.type) {
    case "step-start":
      console.log(bold(`Step ${event.step}`));
      break;
    case "retry":
      console.log(dim(`  … ${event.error.message} Again in ${event.delayMs} ms.`));
      break;
    case "tool-call":
      console.log(`  → ${event.toolName} ${short(event.input)}`);
      break;
    case "tool-result":
      console.log(dim(`  ← ${event.toolName}: ${short(event.output)}`));
      break;
    case "tool-error":
      console.log(dim(`  ✗ ${event.toolName}: ${short(event.error.message)}`));
      break;
    case "finish":
      console.log(bold("\nAnswer"));
      break;
    default:
  }
}

const result = await stream.result;
await show(result);
console.log(dim(`\n${result.steps.length} steps, ${result.usage.totalTokens} tokens`));
