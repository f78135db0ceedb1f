import type { AssistantMessage, Message, ToolCall, ToolMessage, UserMessage } from "./message.ts";

/** The messages of a run, kept valid at every moment: each call has one answer at most, in the order of the calls. */
export class Conversation {
  /** Only ever appended to while a run lasts, so that what was made of a message for the wire stays good. */
  readonly messages: Message[];
  /** Where the run's own messages begin. */
  start: number;
  /** Where the run's input begins, which a session's history was put before; undefined while none was. */
  inputStart: number | undefined;
  /** How often the model has answered in this run. */
  stepsTaken = 0;
  /** What has arrived of an answer that is not whole. */
  partial = "";
  #callIds = new Set<string>();
  #clean: <Said extends Message>(message: Said) => Said = (message) => message;

  constructor(messages: readonly Message[], start: number = messages.length, inputStart?: number) {
    this.messages = [...messages];
    this.start = start;
    this.inputStart = inputStart;
    for (const [index, message] of messages.entries()) {
      if (message.role === "assistant")
        for (const { id } of message.toolCalls ?? []) this.#callIds.add(id);
      if (index >= start && message.role === "assistant") this.stepsTaken++;
    }
  }

  /** Has what is said outside of the run go through `clean`: what is here already, and what will be said. */
  cleanWith(clean: <Said extends Message>(message: Said) => Said): void {
    this.#clean = clean;
    for (const [index, message] of this.messages.entries()) this.messages[index] = clean(message);
  }

  /** Puts what was said before the run before its input. For a run in which nothing was said yet. */
  precede(history: readonly Message[]): void {
    const whole = new Conversation(mend([...history.map(this.#clean), ...this.messages]));
    this.inputStart = whole.messages.length - this.messages.length;
    this.start = whole.start;
    this.#callIds = whole.#callIds;
    this.messages.length = 0;
    for (const each of whole.messages) this.messages.push(each);
  }

  /** Takes in a model's answer; returns it with call ids that no other call of the conversation has. */
  append(answer: AssistantMessage): AssistantMessage {
    this.partial = "";
    const message = withUniqueCalls(answer, this.#callIds);
    this.messages.push(message);
    this.stepsTaken++;
    return message;
  }

  /** Takes in what is said to the model between two of its answers. */
  hear(said: readonly UserMessage[]): void {
    this.messages.push(...said.map(this.#clean));
  }

  /** What the run was asked: the last messages of the user's before its own part. */
  get asked(): readonly UserMessage[] {
    return this.messages.slice(this.#askedFrom, this.start).filter((each) => each.role === "user");
  }

  /** Takes other messages in the place of what the run was asked. */
  askInstead(said: readonly UserMessage[]): void {
    const from = this.#askedFrom;
    const others = this.messages.slice(from, this.start).filter((each) => each.role !== "user");
    this.messages.splice(from, this.start - from, ...others, ...said);
    this.start = from + others.length + said.length;
  }

  get #askedFrom(): number {
    const lastAnswer = this.messages
      .slice(0, this.start)
      .findLastIndex(({ role }) => role === "assistant" || role === "tool");
    return Math.max(lastAnswer + 1, this.inputStart ?? 0);
  }

  /** Takes in answers to the last calls; those that are still missing may follow later. */
  answer(results: readonly ToolMessage[]): void {
    const { index, message } = this.#lastAnswer();
    const byCall = new Map<string, Message>();
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

  /** What the calls of the last answer gave, as far as they are answered. */
  get results(): readonly ToolMessage[] {
    const { index } = this.#lastAnswer();
    return this.messages.slice(index + 1).filter((message) => message.role === "tool");
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

/** What the names of steps look like that are no calls. */
const reserved = /^(?:model|instructions|permit|steering|summary|session|guardrail)(?:-|$)/;

/**
 * The answer with call ids that are not yet taken: some providers number their calls anew in every answer, which would make
 * one result answer two calls. Ids also name steps, so an id that looks like the name of another step is changed too.
 */
function withUniqueCalls(answer: AssistantMessage, taken: Set<string>): AssistantMessage {
  const toolCalls = answer.toolCalls?.map((call) => {
    const isFit = call.id !== "" && !call.id.includes("/") && !reserved.test(call.id);
    const base = isFit ? call.id : `call_${call.id.replaceAll("/", "_")}`;
    let id = base;
    for (let n = 2; taken.has(id); n++) id = `${base}_${n}`;
    taken.add(id);
    return id === call.id ? call : { ...call, id };
  });
  const isSame = toolCalls?.every((call, i) => call === answer.toolCalls?.[i]) ?? true;
  return isSame ? answer : { ...answer, toolCalls };
}
