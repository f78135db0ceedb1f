import type { AssistantMessage, ContentPart, Message } from "../message.ts";
import type { ModelRequest, ToolSpec } from "../model.ts";

/** The parts of a request that take up room. */
export type Prompt = Pick<ModelRequest, "instructions" | "messages" | "tools">;

/**
 * How many tokens a request will be, without a tokenizer: estimated from its characters, and held to what the provider
 * counted for the last request with the same list of messages. Costs only what is new since the list was last looked at.
 */
export function promptTokens(request: Prompt): number {
  return meterOf(request.messages).measure(request);
}

/** Takes over what is known of a list of messages for another one that is made of it. */
export function carryMeter(from: readonly Message[], to: readonly Message[]): void {
  const meter = meters.get(from);
  if (meter) meters.set(to, new Meter(meter.scale));
}

/** By the list and not by the answer: an answer that was taken over from another run was given to another prompt. */
const meters = new WeakMap<readonly Message[], Meter>();

function meterOf(messages: readonly Message[]): Meter {
  let meter = meters.get(messages);
  if (!meter) meters.set(messages, (meter = new Meter()));
  return meter;
}

/** How real counts relate to estimated ones: they are `ratio` times as many, and `offset` more. */
export interface Scale {
  readonly ratio: number;
  readonly offset: number;
}

/** Measures requests whose messages are one list that grows, and learns from the answers that come to be in it. */
export class Meter {
  #scale: Scale;
  /** How much of the list is summed up. */
  #count = 0;
  #last: Message | undefined;
  #sum = 0;
  /** How long the list was when it was last measured, and what was estimated of that request. */
  #asked = -1;
  #estimate = 0;
  #instructions = "";
  #instructionTokens = 0;

  constructor(scale: Scale = plain) {
    this.#scale = scale;
  }

  get scale(): Scale {
    return this.#scale;
  }

  /** How many tokens a request is. `count` of its messages are looked at, the others as if they were not said yet. */
  measure({ instructions, messages, tools }: Prompt, count: number = messages.length): number {
    if (this.#count > 0 && messages[this.#count - 1] !== this.#last) this.#forget();
    for (; this.#count < count; this.#count++) {
      const message = messages[this.#count] as Message;
      // The first message after what was sent is the answer to it, and says what it really was.
      if (this.#count === this.#asked && message.role === "assistant") this.#learn(message);
      this.#sum += messageTokens(message);
      this.#last = message;
    }
    this.#asked = this.#count;
    this.#estimate = this.#sum + specTokens(tools);
    if (instructions) this.#estimate += this.#orders(instructions);
    // A wrong count must not make a prompt seem empty.
    const { ratio, offset } = this.#scale;
    return Math.ceil(Math.max(ratio * this.#estimate + offset, this.#sum * leastRatio));
  }

  #orders(instructions: string): number {
    if (instructions !== this.#instructions) {
      this.#instructions = instructions;
      this.#instructionTokens = perMessage + textTokens(instructions);
    }
    return this.#instructionTokens;
  }

  #forget(): void {
    this.#count = 0;
    this.#sum = 0;
    this.#asked = -1;
  }

  #learn(answer: AssistantMessage): void {
    const { usage } = answer;
    this.#scale = plain;
    if (!usage || usage.isEstimated || !(usage.inputTokens > this.#sum * leastRatio)) return;
    // A short prompt says little about the rest: providers put words of their own before it, and count tools in their own way.
    const observed = (usage.inputTokens + doubt) / (this.#estimate + doubt);
    const ratio = Math.min(Math.max(observed, 0.75), 2);
    const sentBack = Math.max(0, usage.outputTokens - (usage.reasoningTokens ?? 0));
    const estimate = this.#estimate + messageTokens(answer);
    this.#scale = { ratio, offset: usage.inputTokens + sentBack - ratio * estimate };
  }
}

/** How many tokens there are, so to speak, of which the estimate was right before anything was counted. */
const doubt = 2000;

const plain: Scale = { ratio: 1, offset: 0 };

/** Counts far below what the characters make likely are not of the whole prompt; some leave out what was cached. */
const leastRatio = 1 / 8;

const specSizes = new WeakMap<readonly ToolSpec[], number>();

function specTokens(specs: readonly ToolSpec[]): number {
  let tokens = specSizes.get(specs);
  if (tokens === undefined) {
    tokens = 0;
    for (const { name, description, parameters } of specs)
      tokens += perCall + textTokens(name + description + JSON.stringify(parameters));
    specSizes.set(specs, tokens);
  }
  return tokens;
}

/** Role marks and separators around a message; 3 to 5 with the providers that say so. */
const perMessage = 4;
/** The same around a call, its result, and the description of a tool. */
const perCall = 8;
/** A picture of about a megapixel, as large providers count it; and one that is only glanced at. */
const perImage = 1000;
const perSmallImage = 100;
/** A file: about two pages of a PDF. Nothing better is known without opening it. */
const perFile = 4000;

const messageSizes = new WeakMap<Message, number>();

/** How many tokens one message is, as far as its characters tell. */
export function messageTokens(message: Message): number {
  let tokens = messageSizes.get(message);
  if (tokens === undefined) {
    tokens = perMessage + contentTokens(message);
    messageSizes.set(message, tokens);
  }
  return tokens;
}

function contentTokens(message: Message): number {
  if (message.role === "assistant") return answerTokens(message);
  if (message.role === "tool") return perCall + textTokens(message.content);
  if (typeof message.content === "string") return textTokens(message.content);
  return message.content.reduce((tokens, part) => tokens + partTokens(part), 0);
}

function answerTokens({ content, toolCalls }: AssistantMessage): number {
  let tokens = textTokens(content);
  for (const { id, name, input } of toolCalls ?? [])
    tokens += perCall + textTokens(id + name + JSON.stringify(input));
  return tokens;
}

function partTokens(part: ContentPart): number {
  if (part.type === "text") return textTokens(part.text);
  if (part.type === "file") return perFile;
  return part.detail === "low" ? perSmallImage : perImage;
}

/** A longer text is judged by as much of it, in pieces from all over. */
const wholeLength = 32 * 1024;
const pieces = 32;

/** How many tokens a text is: its characters, weighed by what tokenizers usually make of their kind. */
export function textTokens(text: string): number {
  const { length } = text;
  if (length <= wholeLength) return Math.ceil(weigh(text, 0, length));
  const size = wholeLength / pieces;
  const stride = (length - size) / (pieces - 1);
  let weight = 0;
  for (let i = 0; i < pieces; i++) {
    const from = Math.floor(i * stride);
    weight += weigh(text, from, from + size);
  }
  return Math.ceil((weight * length) / wholeLength);
}

function weigh(text: string, from: number, to: number): number {
  let weight = 0;
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    weight += code < 128 ? (asciiWeights[code] as number) : code < 0x700 ? 0.6 : 1;
  }
  return weight;
}

/**
 * Tokens per character. A word of English with its space comes to about 4 characters a token. Capitals (keys, base64), digits
 * (some tokenizers take them one by one) and punctuation as in JSON come to about 2; so do, beyond ASCII, Latin with accents,
 * Greek, Cyrillic, Hebrew and Arabic. Everything else, CJK above all, is a token each.
 */
const asciiWeights: Float64Array = Float64Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[a-z]/.test(character)) return 0.25;
  return character === " " ? 0.1 : 0.5;
});
