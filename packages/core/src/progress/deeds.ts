import type { AgentSetup } from "../agent-setup.ts";
import type { Conversation } from "../conversation.ts";
import type { AssistantMessage, Message, ToolMessage } from "../message.ts";
import type { Deed, Progress } from "./no-progress.ts";

/** What an answer's calls were and gave, as far as it counts as repetition: tools that are meant to be polled are left out. */
export function deedsOf(
  { tools }: AgentSetup,
  { toolCalls = [] }: AssistantMessage,
  results: readonly ToolMessage[],
): readonly Deed[] {
  const contents = new Map(results.map(({ callId, content }) => [callId, content]));
  return toolCalls
    .filter(({ name }) => !tools.get(name)?.poll)
    .map(({ id, name, input }) => ({ toolName: name, input, content: contents.get(id) ?? "" }));
}

/** Shows the watcher of repetitions what a run did before it was resumed. */
export function recall(progress: Progress, agent: AgentSetup, conversation: Conversation): void {
  const { messages, start } = conversation;
  for (let i = start; i < messages.length; i++) {
    const message = messages[i];
    if (message?.role !== "assistant" || !message.toolCalls?.length) continue;
    const results = messages.slice(i + 1, i + 1 + message.toolCalls.length).filter(isResult);
    if (results.length === message.toolCalls.length) progress.see(deedsOf(agent, message, results));
  }
}

function isResult(message: Message): message is ToolMessage {
  return message.role === "tool";
}
