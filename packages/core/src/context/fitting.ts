import type { AgentEvent } from "../event.ts";
import type { Running } from "../running.ts";
import { toolsFor } from "../tool-search/tools-for.ts";
import { limitFor } from "./compaction.ts";
import type { Overflow } from "./summarize.ts";

/** What makes the conversation, as the model will see it in this step, fit into what it can take in; nothing when it does. */
export function fitting(it: Running): AsyncGenerator<AgentEvent, void> | undefined {
  const { agent, conversation, view } = it;
  const { compaction, model } = agent;
  const limit = compaction ? limitFor(compaction, model) : Number.POSITIVE_INFINITY;
  if (!compaction || limit === Number.POSITIVE_INFINITY) return undefined;
  const { messages, start } = conversation;
  const tools = toolsFor(it, {});
  const viewed = { messages, start, instructions: it.instructions.get(agent), tools };
  if (view.measure(viewed) <= limit) return undefined;
  return fitted(it, { view, viewed, compaction, limit });
}

async function* fitted(it: Running, task: Overflow): AsyncGenerator<AgentEvent, void> {
  // Most runs never need it.
  const { compact } = await import("./compact.ts");
  yield* compact(it, task);
}
