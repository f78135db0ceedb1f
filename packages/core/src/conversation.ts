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
  /** What has arrived of an answer that is not whole. */
  partial = "";
  readonly #callIds = new Set<string>();

  constructor(messages: readonly Message[], start: number = messages.length) {
    this.messages = [...messages];
    this.start = start;
    for (const [index, message] of messages.entries()) {
      if (message.role === "assistant")
        for (const { id } of message.toolCalls ?? []) this.#callIds.add(id);
      if (index >= start) this.#count(message);
    }
  }

  /** Takes in a model's answer; returns it with call ids that no other call of the conversation has. */
  append(answer: AssistantMessage): AssistantMessage {
    this.partial = "";
    const message = withUniqueCalls(answer, this.#callIds);
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

  /** The run's answer that is not dealt with: its calls still wait, or it has none and is the last word of a run that is over. */
  unfinished(): AssistantMessage | undefined {
    const answer = this.lastAnswer;
    const calls = answer?.toolCalls ?? [];
    return calls.length === 0 || this.open(calls).length > 0 ? answer : undefined;
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

  /** The run's last answer. */
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
}

/**
 * A given history made fit to send: each call has an id of its own, a call that nobody answered gets an answer that says so,
 * and answers to no call of theirs (a history cut in the middle has some) are left out.
 */
export function mend(history: readonly Message[]): Message[] {
  const mended: Message[] = [];
  const callIds = new Set<string>();
  let open: { readonly givenId: string | undefined; readonly call: ToolCall }[] = [];
  const closeOpen = (): void => {
    const content = "Not executed: the run ended before.";
    for (const { call } of open.splice(0))
      mended.push({ role: "tool", callId: call.id, toolName: call.name, content, isError: true });
  };
  for (const message of history) {
    if (message.role === "tool") {
      const index = open.findIndex(({ givenId }) => givenId === message.callId);
      if (index === -1) continue;
      for (const { call } of open.splice(index, 1))
        mended.push(call.id === message.callId ? message : { ...message, callId: call.id });
      continue;
    }
    closeOpen();
    const named = message.role === "assistant" ? withUniqueCalls(message, callIds) : message;
    mended.push(named);
    if (named.role === "assistant" && message.role === "assistant")
      open = (named.toolCalls ?? []).map((call, i) => ({
        givenId: message.toolCalls?.[i]?.id,
        call,
      }));
  }
  closeOpen();
  return mended;
}

/**
 * The answer with call ids that are not yet taken: some providers number their calls anew in every answer, which would make
 * one result answer two calls. Ids also name steps, so an id that looks like the name of another step is changed too.
 */
function withUniqueCalls(answer: AssistantMessage, taken: Set<string>): AssistantMessage {
  const toolCalls = answer.toolCalls?.map((call) => {
    const isFit = call.id !== "" && !/\/|^model-\d+$|^instructions$/.test(call.id);
    const base = isFit ? call.id : `call_${call.id.replaceAll("/", "_")}`;
    let id = base;
    for (let n = 2; taken.has(id); n++) id = `${base}_${n}`;
    taken.add(id);
    return id === call.id ? call : { ...call, id };
  });
  const isSame = toolCalls?.every((call, i) => call === answer.toolCalls?.[i]) ?? true;
  return isSame ? answer : { ...answer, toolCalls };
}
