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
        : toolCalls !== undefined && !(Array.isArray(toolCalls) && [...toolCalls].every(isCall))
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

function isCall(call: unknown): boolean {
  const { id, name, input } = Object(call) as Partial<ToolCall>;
  return (
    typeof id === "string" &&
    typeof name === "string" &&
    name !== "" &&
    typeof input === "object" &&
    input !== null &&
    !Array.isArray(input)
  );
}
