import type { AssistantMessage, Message, ToolCall, ToolMessage, Usage } from "./message.ts";
import { addUsage, noUsage } from "./message.ts";

/** The messages of a run, kept valid at every moment: each call has one answer at most, in the order of the calls. */
export class Conversation {
  /** Only ever appended to while a run lasts, so that what was made of a message for the wire stays good. */
  readonly messages: Message[];
  /** Where the run's own messages begin. */
  readonly start: number;
  /** How often the model has answered in this run. */
  stepsTaken = 0;
  usage: Usage = noUsage;
  readonly #callIds = new Set<string>();

  constructor(messages: readonly Message[], start: number = messages.length) {
    this.messages = [...messages];
    this.start = start;
    for (const [index, message] of messages.entries()) {
      if (message.role === "assistant")
        for (const call of message.toolCalls ?? []) this.#callIds.add(call.id);
      if (index >= start) this.#count(message);
    }
  }

  /** Takes in a model's answer; returns it with call ids that no other call of the conversation has. */
  append(answer: AssistantMessage): AssistantMessage {
    const calls = answer.toolCalls;
    const isUnique =
      calls?.every(({ id }) => id !== "" && !this.#callIds.has(id) && this.#callIds.add(id)) ??
      true;
    const message = isUnique
      ? answer
      : { ...answer, toolCalls: calls?.map((call) => this.#renamed(call)) };
    this.messages.push(message);
    this.#count(message);
    return message;
  }

  /** Takes in answers to the last calls; those that are still missing may follow later. */
  answer(results: readonly ToolMessage[]): void {
    const { index, message } = this.#lastAnswer();
    const byCall = new Map<string, Message>();
    for (const each of results) this.#count(each);
    for (const each of [...this.messages.slice(index + 1), ...results])
      if (each.role === "tool") byCall.set(each.callId, each);
    this.messages.length = index + 1;
    for (const { id } of message?.toolCalls ?? []) {
      const answered = byCall.get(id);
      if (answered) this.messages.push(answered);
    }
  }

  /** The answer whose calls still wait, in a conversation that was paused. */
  unfinished(): AssistantMessage | undefined {
    const { message } = this.#lastAnswer();
    return message && this.open(message.toolCalls ?? []).length > 0 ? message : undefined;
  }

  /** Those of the last answer's calls that have no answer yet. */
  open(calls: readonly ToolCall[]): ToolCall[] {
    const answered = new Set<string>();
    for (let i = this.messages.length - 1; i >= 0; i--) {
      const message = this.messages[i];
      if (message?.role !== "tool") break;
      answered.add(message.callId);
    }
    return calls.filter(({ id }) => !answered.has(id));
  }

  /** The text of the run's last answer. */
  get lastAnswer(): AssistantMessage | undefined {
    const { index, message } = this.#lastAnswer();
    return index >= this.start ? message : undefined;
  }

  #lastAnswer(): { index: number; message: AssistantMessage | undefined } {
    for (let index = this.messages.length - 1; index >= 0; index--) {
      const message = this.messages[index];
      if (message?.role === "assistant") return { index, message };
      if (message?.role !== "tool") break;
    }
    return { index: -1, message: undefined };
  }

  #count(message: Message): void {
    if (message.role === "assistant") this.stepsTaken++;
    if (message.role === "assistant" || message.role === "tool")
      this.usage = addUsage(this.usage, message.usage);
  }

  /** Some providers number their calls anew in every answer, which would make one result answer two calls. */
  #renamed(call: ToolCall): ToolCall {
    let id = call.id || "call";
    for (let n = 2; this.#callIds.has(id); n++) id = `${call.id || "call"}_${n}`;
    this.#callIds.add(id);
    return { ...call, id };
  }
}

/**
 * A given history made fit to send: a call that nobody answered gets an answer that says so, and answers to no call of
 * theirs (a history cut in the middle has some) are left out.
 */
export function mend(history: readonly Message[]): Message[] {
  const mended: Message[] = [];
  const open = new Map<string, ToolCall>();
  const closeOpen = (): void => {
    for (const { id, name } of open.values())
      mended.push({
        role: "tool",
        callId: id,
        toolName: name,
        content: "Not executed: the run ended before.",
        isError: true,
      });
    open.clear();
  };
  for (const message of history) {
    if (message.role === "tool") {
      if (open.delete(message.callId)) mended.push(message);
      continue;
    }
    closeOpen();
    mended.push(message);
    if (message.role === "assistant")
      for (const call of message.toolCalls ?? []) open.set(call.id, call);
  }
  closeOpen();
  return mended;
}
