import { isCall } from "../check-message.ts";
import type { AssistantMessage, ToolCall } from "../message.ts";
import type { Model } from "../model.ts";

/**
 * Checks what an adapter returns: written by hand, it may be anything, and what is wrong here would be wrong in the history for
 * ever.
 *
 * @throws TypeError that names the model and what its answer lacks.
 */
export function checkAnswer({ id }: Model, answer: AssistantMessage): void {
  const { role, content, toolCalls } = Object(answer) as Partial<AssistantMessage>;
  const problem =
    role !== "assistant"
      ? 'an assistant message: { role: "assistant", content: "…" }'
      : typeof content !== "string"
        ? 'a message whose "content" is a string'
        : toolCalls !== undefined && !(Array.isArray(toolCalls) && [...toolCalls].every(isRunnable))
          ? 'a message whose "toolCalls" are a list of { id, name, input }, with an object as input'
          : undefined;
  if (problem) throw new TypeError(`Model "${id}": respond must return ${problem}.`);
}

/** What `respond` gave, if it can be read. @throws TypeError when it is no generator. */
export function checkedSource<Source>({ id }: Model, source: Source): Source {
  if (typeof (Object(source) as { next?: unknown }).next === "function") return source;
  throw new TypeError(
    `Model "${id}": respond must be an async generator, async *respond(request) { … }.`,
  );
}

/** A call that somebody is to run needs a name, and arguments by name. */
function isRunnable(call: unknown): boolean {
  const { name, input } = Object(call) as Partial<ToolCall>;
  return isCall(call) && name !== "" && !Array.isArray(input);
}
