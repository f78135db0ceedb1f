import { type AssistantMessage, ModelError, type ModelEvent, type Usage } from "@pawl/core";

import type { ModelPrice } from "../catalogue/catalogue.ts";
import { ToolCallDeltas, type CallReading } from "../tool-calls/tool-call-deltas.ts";
import { estimateUsage, priced } from "../wire/amounts.ts";
import type { WireAnswer } from "../wire/decode.ts";
import type { ReplyHead } from "../wire/exchange.ts";
import { cutBy, finishReason, isInterruption, isKnownFinish } from "../wire/finish-reason.ts";
import { listOf, numberOf, objectOf, textOf, type JsonObject } from "../wire/json.ts";
import { type Asked, checkError, embeddedError, headerOf } from "../wire/response-error.ts";
import { Said } from "../wire/said.ts";
import { reasoningIn, textIn } from "./content.ts";
import { UrlCitations } from "./url-citations.ts";
import { readUsage, readUsd, usdOf } from "./usage.ts";

/** What an answer has to be read with. */
export interface Reading extends CallReading {
  readonly asked: Asked;
  /** What the model is known to cost, for answers without a bill. */
  readonly price?: ModelPrice | undefined;
  /** Whether each piece of text says again all that was said before it. */
  readonly isCumulative?: boolean | undefined;
}

/** An answer while it arrives, chunk by chunk or at once, with the quirks of many servers read as what they mean. */
export class Answer implements WireAnswer {
  /** Whether a bill follows, and when, is nowhere said. */
  readonly isOver = false;
  readonly #reading: Reading;
  readonly #said: Said;
  readonly #calls: ToolCallDeltas;
  readonly #citations = new UrlCitations();
  #refusal = "";
  #hasDeltas = false;
  #hasDeltaCalls = false;
  /** Whether something followed after the end was said. */
  #isReopened = false;
  #finish: string | undefined;
  /** The number of the choice that is read. */
  #choice: number | undefined;
  #usage: Usage | undefined;
  #meta: unknown;
  #head: ReplyHead | undefined;

  constructor(reading: Reading) {
    this.#reading = reading;
    this.#said = new Said(reading.isWatched);
    this.#calls = new ToolCallDeltas(reading);
  }

  get isFinished(): boolean {
    return this.#finish !== undefined && !this.#isReopened;
  }

  take(chunk: JsonObject, event?: string): boolean {
    this.#refuse(chunk["error"] ?? (event === "error" ? chunk : undefined));
    const { meta, usage } = chunk;
    // The counts grow from chunk to chunk, or come once: the last ones are true (open-webui/open-webui#29064).
    const counted = usage ? readUsage(usage) : undefined;
    if (counted) this.#usage = counted;
    if (meta) this.#meta = meta;
    const choice = this.#choiceOf(listOf(chunk["choices"]));
    const isSaid = choice !== undefined && this.#takeChoice(choice);
    return isSaid || counted !== undefined || Boolean(meta);
  }

  takeWhole(body: JsonObject): void {
    if (!objectOf(listOf(body["choices"])[0]) && !body["error"])
      throw new ModelError('The answer has no "choices".', { code: "protocol" });
    this.take(body);
  }

  /** AI/ML API says nowhere whether the bill comes before `[DONE]` or after it. */
  takeTail({ meta }: JsonObject): void {
    if (meta) this.#meta = meta;
  }

  takeHead(head: ReplyHead): void {
    this.#head = head;
  }

  events(): readonly ModelEvent[] {
    return this.#said.shown();
  }

  message(requestBytes: number): AssistantMessage {
    const toolCalls = this.#calls.finish(cutBy(this.#finish), this.#said.events);
    const citations = this.#citations.of(this.#said.text);
    return {
      ...this.#said.partial(),
      ...(toolCalls.length > 0 && { toolCalls }),
      ...(this.#refusal && { refusal: this.#refusal }),
      ...(citations.length > 0 && { citations }),
      finishReason: finishReason(this.#finish, toolCalls.length > 0),
      ...(!isKnownFinish(this.#finish) && { providerFinishReason: this.#finish }),
      usage: this.#bill(requestBytes),
    };
  }

  partial(): AssistantMessage {
    return this.#said.partial();
  }

  /** Only one answer was asked for: what belongs to another than the first would be mixed into it. */
  #choiceOf(choices: readonly unknown[]): JsonObject | undefined {
    for (const value of choices) {
      const choice = objectOf(value);
      if (!choice) continue;
      const index = numberOf(choice["index"]) ?? 0;
      this.#choice ??= index;
      if (index === this.#choice) return choice;
    }
    return undefined;
  }

  /** Whether it says something: heartbeats may look like chunks. */
  #takeChoice(choice: JsonObject): boolean {
    this.#refuse(choice["error"]);
    const delta = objectOf(choice["delta"]);
    const message = objectOf(choice["message"]);
    const reason = textOf(choice["finish_reason"]);
    const before = this.#weight;
    if (delta) this.#takeDelta(delta);
    if (message) this.#takeMessage(message, reason !== undefined);
    const isMore = this.#weight > before;
    if (reason !== undefined) this.#takeFinish(reason);
    // What goes on after its end was said has no end yet.
    else if (isMore) this.#isReopened = this.#finish !== undefined;
    return isMore || reason !== undefined;
  }

  /** Grows with all that is said. */
  get #weight(): number {
    return this.#said.count + this.#refusal.length + this.#calls.count;
  }

  #refuse(error: unknown): void {
    checkError(error, this.#reading.asked);
  }

  #takeDelta(delta: JsonObject): void {
    const text = textIn(delta["content"]);
    if (text !== undefined) {
      this.#hasDeltas = true;
      this.#addText(text);
    }
    this.#said.addReasoning(reasoningIn(delta));
    this.#refusal += textOf(delta["refusal"]) ?? "";
    const before = this.#calls.count;
    this.#takeCalls(delta);
    this.#hasDeltaCalls ||= this.#calls.count > before;
    this.#citations.take(delta["annotations"]);
  }

  /**
   * Some servers write `message` for `delta` (microsoft/foundry-local#144); others stream the text and then say it all again,
   * which is not to be added (abundantbeing/hermes-browser-extension#11).
   */
  #takeMessage(message: JsonObject, isEnd: boolean): void {
    const text = textIn(message["content"]) ?? "";
    const before = this.#said.text;
    const isWhole = this.#hasDeltas || isEnd || text === before;
    if (isWhole && text.startsWith(before)) this.#said.addText(text.slice(before.length));
    else if (!this.#hasDeltas) this.#said.addText(text);
    if (this.#said.reasoning === "" || !isWhole) this.#said.addReasoning(reasoningIn(message));
    this.#refusal ||= textOf(message["refusal"]) ?? "";
    // Said again, a call would be made twice.
    if (!this.#hasDeltaCalls) this.#takeCalls(message);
    if (this.#citations.isEmpty) this.#citations.take(message["annotations"]);
  }

  #takeCalls(said: JsonObject): void {
    const calls = said["tool_calls"] ?? oldCall(said);
    if (calls) this.#calls.take(calls, this.#said.events);
  }

  #takeFinish(reason: string): void {
    if (isInterruption(reason))
      throw embeddedError(`the answer ended with "${reason}"`, this.#reading.asked);
    this.#isReopened = false;
    // The first specific reason stands; a later `stop` only says that the stream is over (RayBytes/ChatMock#114). That the
    // answer was cut is never taken back.
    const isFirst = this.#finish === undefined || this.#finish === "stop";
    if (isFirst || (cutBy(reason) && !cutBy(this.#finish))) this.#finish = reason;
  }

  #addText(text: string): void {
    const before = this.#reading.isCumulative ? this.#said.text : "";
    this.#said.addText(text.startsWith(before) ? text.slice(before.length) : text);
  }

  #bill(requestBytes: number): Usage {
    const length = this.#said.length + this.#calls.length;
    const usage = this.#usage ?? estimateUsage(requestBytes, length);
    const { price } = this.#reading;
    const usd =
      readUsd(this.#meta) ?? this.#billInHead() ?? usage.usd ?? (price && priced(usage, price));
    return usd === undefined ? usage : { ...usage, usd };
  }

  #billInHead(): number | undefined {
    const head = this.#head;
    return (
      head && usdOf(headerOf(head, "x-aimlapi-usd-spent"), headerOf(head, "x-aimlapi-credits-used"))
    );
  }
}

/** The one call of the protocol before `tool_calls`, which some servers still speak. */
function oldCall({ function_call }: JsonObject): unknown {
  return objectOf(function_call) && [{ index: 0, function: function_call }];
}
