import type { Message, ToolMessage } from "../message.ts";
import { shortened } from "./shortened.ts";
import { openingWith, type Summary } from "./summary.ts";
import type { ViewState } from "./view-state.ts";
import { carryMeter, messageTokens, Meter, type Prompt } from "./token-estimate.ts";

/** What a view is a view of. */
export interface Said {
  readonly messages: readonly Message[];
  /** Where the run's own messages begin. */
  readonly start: number;
}

/** The same, with what is sent beside it. */
export type Viewed = Said & Pick<Prompt, "instructions" | "tools">;

/**
 * What a model sees of a conversation: the very same messages, but for results that are shortened and a summary that stands
 * for the first of them. It changes only where it is told to: from request to request it is the same list, and grows with the
 * conversation, so that what was made of it (by an adapter, or in a provider's cache) stays good.
 */
export class View {
  summary: Summary | undefined;
  attempts = 0;
  notBefore = 0;
  /** Where the messages begin that no summary stands for, as the list was made last. */
  next = 0;
  readonly #lengths: Map<number, number>;
  readonly #shortened = new Map<number, ToolMessage>();
  #list: Message[] | undefined;
  /** How many of the conversation's messages are in the list. */
  #taken = 0;
  #last: Message | undefined;
  #meter: Meter;
  #changed: ViewState["changed"];
  #isMeasured = false;

  constructor(state?: ViewState) {
    this.summary = state?.summary;
    this.attempts = state?.attempts ?? 0;
    this.notBefore = state?.notBefore ?? 0;
    this.#lengths = new Map(state?.cuts);
    this.#changed = state?.changed;
    this.#meter = new Meter(state?.changed?.scale);
  }

  /** What a serialised run has to hold of it; undefined while it shows everything. */
  get state(): ViewState | undefined {
    const { summary, attempts, notBefore } = this;
    if (this.#lengths.size === 0 && attempts === 0) return undefined;
    const changed = this.#changed;
    return { cuts: [...this.#lengths], attempts, notBefore, changed, ...(summary && { summary }) };
  }

  /** The messages to send: those of the conversation themselves, as long as nothing has to be different. */
  of(viewed: Said): readonly Message[] {
    const { messages } = viewed;
    if (this.#lengths.size === 0 && !this.summary) return messages;
    if (!this.#list || messages[this.#taken - 1] !== this.#last) this.#begin(viewed);
    const list = this.#list as Message[];
    for (; this.#taken < messages.length; this.#taken++) list.push(this.at(messages, this.#taken));
    this.#last = messages[this.#taken - 1];
    return list;
  }

  /** How many tokens a request with these messages is. */
  measure(viewed: Viewed): number {
    const list = this.of(viewed);
    const prompt = { ...viewed, messages: list };
    if (!this.#isMeasured) {
      // A run that goes on in another process: its last answer says how long the prompt was that it answers to.
      const { messages, start } = viewed;
      const answer = messages.findLastIndex(({ role }) => role === "assistant");
      if (answer >= Math.max(start, this.#changed?.at ?? 0))
        this.#meter.measure(prompt, list.length - messages.length + answer);
      this.#isMeasured = true;
    }
    return this.#meter.measure(prompt);
  }

  /** How many tokens an estimated one stands for. */
  get ratio(): number {
    return this.#meter.scale.ratio;
  }

  /** How many tokens of a request are not its messages. */
  fixed(viewed: Viewed): number {
    const size = this.of(viewed).reduce((sum, each) => sum + messageTokens(each), 0);
    return this.measure(viewed) - size * this.ratio;
  }

  /** One message as it is seen when no summary stands for it. */
  at(messages: readonly Message[], index: number): Message {
    const message = messages[index] as Message;
    const length = this.#lengths.get(index);
    if (length === undefined || message.role !== "tool") return message;
    let short = this.#shortened.get(index);
    if (!short) this.#shortened.set(index, (short = shortened(message, length)));
    return short;
  }

  /** How much room one message takes up as it is seen, in estimated tokens. */
  sizeAt(messages: readonly Message[], index: number): number {
    return messageTokens(this.at(messages, index));
  }

  /** Leaves at most `length` characters of a result. Returns how many estimated tokens that saves. */
  shorten(messages: readonly Message[], index: number, length: number): number {
    const message = messages[index];
    if (message?.role !== "tool") return 0;
    const kept = Math.min(this.#lengths.get(index) ?? Number.POSITIVE_INFINITY, length);
    const short = shortened(message, kept);
    const saved = this.sizeAt(messages, index) - messageTokens(short);
    if (saved <= 0) return 0;
    this.#lengths.set(index, kept);
    this.#shortened.set(index, short);
    return saved;
  }

  /** Has a summary stand for the first messages. */
  replace(summary: Summary): void {
    this.summary = summary;
    for (const lists of [this.#lengths, this.#shortened])
      for (const index of lists.keys()) if (index < summary.upTo) lists.delete(index);
  }

  /** Makes the list anew, after changes. */
  renew(viewed: Viewed): void {
    const from = this.#list ?? viewed.messages;
    const { scale } = this.#meter;
    this.#changed = { at: viewed.messages.length, scale };
    this.#meter = new Meter(scale);
    this.#list = undefined;
    carryMeter(from, this.of(viewed));
  }

  #begin({ messages, start }: Said): void {
    const opening = this.summary
      ? openingWith(messages, this.summary, start)
      : { messages: [], next: 0 };
    this.#list = [...opening.messages];
    this.next = opening.next;
    this.#taken = opening.next;
    this.#last = messages[this.#taken - 1];
  }
}
