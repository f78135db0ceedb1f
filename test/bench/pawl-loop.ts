import { Agent, tool } from "@pawl/core";
import { chatCompletions } from "@pawl/models";

import {
  inputSchema,
  instructions,
  type Loop,
  lookUp,
  question,
  toolDescription,
  toolName,
} from "./task.ts";

/** The same task as a user of Pawl writes it. */
export const pawlLoop: Loop = (baseURL, isStreamed) => {
  const tools = {
    [toolName]: tool({ description: toolDescription, inputSchema, execute: lookUp }),
  };
  const agents = new Map<string, Agent<typeof tools>>();
  return async (model) => {
    let agent = agents.get(model);
    if (!agent) {
      const options = { baseURL, model, apiKey: "bench", stream: isStreamed };
      agent = new Agent({ model: chatCompletions(options), instructions, tools, maxSteps: 10_000 });
      agents.set(model, agent);
    }
    const result = await agent.run(question);
    if (result.status === "failed") throw result.error;
    return result.text;
  };
};
