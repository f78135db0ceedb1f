import { Agent, type AgentOptions, tool } from "@pawl/core";
import { z } from "zod";

import { endlessModel } from "./endless-model.ts";

const inputSchema = z.object({ record: z.number() });

const look_up = tool({
  description: "Looks up a record",
  inputSchema,
  execute: ({ record }) => `Record ${record}: ${"x".repeat(80)}`,
});

const look_up_later = tool({
  description: "Looks up a record, a little later",
  inputSchema,
  effect: "write",
  timeoutMs: 60_000,
  execute: async ({ record }, { progress }) => {
    progress("looking");
    return await Promise.resolve({ record, text: "y".repeat(80) });
  },
});

const tools = { look_up, look_up_later };

/** An agent with two tools whose runs take so many steps. */
export function soakedAgent(
  stepsOfRun: number,
  options: Partial<AgentOptions<typeof tools, unknown>> = {},
): Agent<typeof tools> {
  const model = endlessModel(stepsOfRun);
  return new Agent({ compaction: false, ...options, model, tools, maxSteps: stepsOfRun });
}
