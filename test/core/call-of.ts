import { Agent, type AgentEvent, type Tool } from "@pawl/core";
import { scripted } from "@pawl/core/testing";

/** What becomes of one call: what the model reads of it, and what watchers see. */
export async function callOf(
  used: Tool<string, never, unknown, unknown>,
  turn: {
    name?: string;
    input?: Record<string, unknown>;
    invalid?: { reason: string; text: string };
  } = {},
) {
  const model = scripted([{ toolCalls: [{ name: "it", ...turn }] }, "Done."]);
  const events: AgentEvent[] = [];
  for await (const event of new Agent({ model, tools: { it: used } }).stream("Go."))
    events.push(event);
  const message = model.requests[1]?.messages.at(-1);
  return {
    content: message?.role === "tool" ? message.content : "",
    isError: message?.role === "tool" && message.isError === true,
    events,
    prompt: JSON.stringify(model.requests[1]?.messages),
    error: events.find((each) => each.type === "tool-error")?.error,
  };
}
