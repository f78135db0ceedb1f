import type { Message } from "../message.ts";
import type { Running } from "../running.ts";
import type { OutputForm } from "./output-form.ts";

/**
 * The form that the answer to these messages has to have: when no tool may be called at all, or it was just asked for. Asked
 * for in each step, it would keep models from calling tools (openai/openai-agents-python#3709).
 */
export function formDue(
  { agent, root }: Running,
  messages: readonly Message[],
): OutputForm | undefined {
  const { output } = root;
  if (!output) return undefined;
  const mayCall = agent.specs.length > 0 && agent.toolChoice !== "none";
  return !mayCall || output.isRequest(messages.at(-1)) ? output : undefined;
}
