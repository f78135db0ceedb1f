import type { AgentSetup } from "../agent-setup.ts";
import type { ToolSpec } from "../model.ts";

const made = new WeakMap<AgentSetup, Map<string, readonly ToolSpec[]>>();

/** What is told of these tools, in this order: the same list for the same names, since adapters keep what they made of a list. */
export function offered(agent: AgentSetup, names: readonly string[]): readonly ToolSpec[] {
  const key = names.join(" ");
  let lists = made.get(agent);
  if (!lists) made.set(agent, (lists = new Map()));
  let list = lists.get(key);
  if (!list) {
    list = names.flatMap((name) => agent.specs.find((spec) => spec.name === name) ?? []);
    // Sets that change with every step are not worth keeping for ever.
    if (lists.size >= 100) lists.clear();
    lists.set(key, list);
  }
  return list;
}
