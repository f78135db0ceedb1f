import { join } from "node:path";

import { Agent } from "@pawl/core";
import { calculator, fileTools } from "@pawl/tools";

import { model, show } from "./setup.ts";

// Two experts, each an agent of its own with its own tools …
const mathematician = new Agent({ name: "mathematician", model, tools: [calculator()] });
const librarian = new Agent({
  name: "librarian",
  model,
  instructions: "Answer from the files and cite their paths.",
  tools: fileTools({ root: join(import.meta.dirname, "library") }),
});

// … and one that knows only them. Abort, context and usage are shared; an approval inside would pause the whole run.
const coordinator = new Agent({
  name: "coordinator",
  model,
  tools: {
    ask_mathematician: mathematician.asTool({
      description: "Calculates: give it a task with arithmetic in it",
    }),
    ask_librarian: librarian.asTool({
      description: "Searches the documents: give it a question about packages or files",
    }),
  },
});

// A subagent's events come as the progress of its call.
coordinator.on("tool-progress", ({ toolName, value }) => {
  const event = Object(value);
  if (event.type === "tool-call")
    console.log(`${toolName}: ${event.toolName} ${JSON.stringify(event.input)}`);
});

const question = "What is 17% of 3,480, and which package retries requests?";
const result = await coordinator.run(process.argv[2] ?? question);
await show(result);
