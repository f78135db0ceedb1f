import type { Message } from "../message.ts";
import type { Running } from "../running.ts";

/**
 * The messages, with a word to the model where its last step was one repetition too many. It is said in the request alone:
 * the conversation keeps what the tool gave.
 */
export function warned(it: Running, messages: readonly Message[]): readonly Message[] {
  const last = messages.at(-1);
  const { isLastTime, isStuck } = it.progress;
  if ((!isLastTime && !isStuck) || last?.role !== "tool") return messages;
  return [...messages.slice(0, -1), { ...last, content: `${last.content}\n\n${warning}` }];
}

const warning =
  "[The same call gave the same result before, and another repetition ends the run. Use other arguments or another tool, or answer with what is known.]";
