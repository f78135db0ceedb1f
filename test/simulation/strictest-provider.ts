import type { AssistantMessage, Message, ToolCall, ToolMessage } from "@pawl/core";

/** Whether the conversation may end in the middle of a step. */
interface Openness {
  /** Of the last answer's calls any may lack an answer. */
  readonly mayBeOpen?: boolean;
}

/**
 * What the strictest of all providers would refuse about a conversation: a conversation begins with a user's words, each
 * answer's calls are answered directly after it, all of them, once and in order, the ids of calls are unique, arguments are
 * JSON objects, and nobody says nothing.
 */
export function strictestProvider(
  messages: readonly Message[],
  { mayBeOpen = false }: Openness = {},
): string[] {
  const last = messages.findLastIndex(({ role }) => role === "assistant");
  const reading = new Reading();
  for (const [index, message] of messages.entries()) {
    const mayLack = mayBeOpen && index > last;
    reading.read(message, `message ${index}`, mayLack);
  }
  const [open] = reading.open;
  if (open && !mayBeOpen) reading.problems.push(`${open.id} is never answered`);
  return reading.problems;
}

/** How far a conversation was read. */
class Reading {
  readonly problems: string[] = [];
  /** The calls that have no answer yet. */
  open: ToolCall[] = [];
  readonly #callIds = new Set<string>();
  #before: Message["role"] | undefined;

  read(message: Message, at: string, mayLack: boolean): void {
    const { role } = message;
    const problem = (sentence: string): unknown =>
      this.problems.push(`${at} (${role}) ${sentence}`);
    if (!isSaid(message)) problem("says nothing");
    if (role === "tool") for (const each of this.#answered(message, mayLack)) problem(each);
    else {
      if (this.open[0] && !mayLack) problem(`comes before the answer to ${this.open[0].id}`);
      if (this.#before === undefined && role === "assistant") problem("is the first word");
      if (this.#before === "assistant" && role === "assistant") problem("is a second answer");
      this.open = role === "assistant" ? [...(message.toolCalls ?? [])] : [];
      if (role === "assistant")
        for (const each of callProblems(message, this.#callIds)) problem(each);
    }
    if (role !== "system") this.#before = role;
  }

  #answered({ callId, toolName }: ToolMessage, mayLack: boolean): string[] {
    if (mayLack) this.open = this.open.slice(this.open.findIndex(({ id }) => id === callId));
    const expected = this.open.shift();
    const isRight = expected?.id === callId && expected.name === toolName;
    return isRight ? [] : [`answers ${callId}, expected ${expected?.id ?? "none"}`];
  }
}

function isSaid(message: Message): boolean {
  const { content } = message;
  if (message.role === "assistant" && message.toolCalls?.length) return typeof content === "string";
  return typeof content === "string" ? content !== "" : Array.isArray(content);
}

function callProblems({ toolCalls = [] }: AssistantMessage, callIds: Set<string>): string[] {
  const problems: string[] = [];
  for (const { id, name, input } of toolCalls) {
    if (id === "" || name === "") problems.push("has a call without an id or a name");
    if (callIds.has(id)) problems.push(`has a call with the id of another, ${id}`);
    callIds.add(id);
    const json = JSON.stringify(input);
    if (!json?.startsWith("{")) problems.push(`has arguments of ${id} that are ${json}`);
  }
  return problems;
}
