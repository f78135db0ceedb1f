import { type AssistantMessage, ModelError, type ModelEvent, type Usage } from "@pawl/core";

import { cutBy, finishReason, isKnownFinish } from "../wire/finish-reason.ts";
import { type CallReading, ToolCallDeltas } from "../tool-calls/tool-call-deltas.ts";
import type { ModelPrice } from "../catalogue/catalogue.ts";
import { estimateUsage } from "../wire/amounts.ts";
import type { WireAnswer } from "../wire/decode.ts";
import { type JsonObject, listOf, numberOf, objectOf, textOf } from "../wire/json.ts";
import { type Asked, embeddedError } from "../wire/response-error.ts";
import { Said } from "../wire/said.ts";
import { CohereCitations, type TextBlock } from "./cohere-citations.ts";
import { readCohereUsage } from "./cohere-usage.ts";

/** What an answer has to be read with. */
export interface CohereReading extends Omit<CallReading, "names"> {
  readonly asked: Asked;
  /** The names of the tools by the ones that Cohere knows them by. */
  readonly names: ReadonlyMap<string, string>;
  readonly price: ModelPrice | undefined;
}

/** Cohere's words for the end of an answer, in those of chat completions. */
const finishes: ReadonlyMap<string, string> = new Map([
  ["COMPLETE", "stop"],
  ["STOP_SEQUENCE", "stop"],
  ["TOOL_CALL", "tool_calls"],
  ["MAX_TOKENS", "length"],
  ["ERROR_LIMIT", "length"],
  ["ERROR_TOXIC", "content_filter"],
]);

/** An answer of Cohere's chat while it arrives, event by event or at once. */
export class CohereAnswer implements WireAnswer {
  /** No `[DONE]` takes the place of the last event. */
  readonly mustFinish = true;
  readonly #reading: CohereReading;
  readonly #said: Said;
  readonly #calls: ToolCallDeltas;
  readonly #citations = new CohereCitations();
  /** The blocks of the answer that are thinking, by their numbers. */
  readonly #thinking = new Set<number>();
  readonly #blocks: TextBlock[] = [];
  /** The number of the block that is being written. */
  #block = -1;
  #id: string | undefined;
  #finish: string | undefined;
  #usage: Usage | undefined;

  constructor(reading: CohereReading) {
    this.#reading = reading;
    this.#said = new Said(reading.isWatched);
    this.#calls = new ToolCallDeltas({ ...reading, names: new Set(reading.names.keys()) });
  }

  get isFinished(): boolean {
    return this.#finish !== undefined;
  }

  /** The last event says both why the answer ends and what it cost; no `[DONE]` follows. */
  get isOver(): boolean {
    return this.isFinished;
  }

  take(chunk: JsonObject, event?: string): boolean {
    const type = textOf(chunk["type"]) ?? event;
    if (type === "error" || (type === undefined && chunk["message"]))
      throw embeddedError(chunk, this.#reading.asked);
    if (type === "message-start") this.#id = textOf(chunk["id"]);
    const delta = objectOf(chunk["delta"]) ?? {};
    const before = this.#weight;
    if (type === "message-end") this.#end(delta);
    else this.#takePiece(type, delta, numberOf(chunk["index"]));
    return this.isFinished || this.#weight > before;
  }

  takeWhole(body: JsonObject): void {
    const message = objectOf(body["message"]);
    if (!message && textOf(body["message"])) throw embeddedError(body, this.#reading.asked);
    if (!message) throw new ModelError('The answer has no "message".', { code: "protocol" });
    this.#id = textOf(body["id"]);
    this.#said.addReasoning(textOf(message["tool_plan"]));
    const { content } = message;
    const blocks = typeof content === "string" ? [{ text: content }] : listOf(content);
    for (const [index, block] of blocks.entries()) this.#takeContent(block, index);
    for (const [index, call] of listOf(message["tool_calls"]).entries())
      this.#takeCalls(call, index);
    this.#citations.take(listOf(message["citations"]));
    this.#end(body);
  }

  events(): readonly ModelEvent[] {
    const { names } = this.#reading;
    return this.#said
      .shown()
      .map((event) =>
        event.type === "tool-input-start"
          ? { ...event, toolName: names.get(event.toolName) ?? event.toolName }
          : event,
      );
  }

  message(requestBytes: number): AssistantMessage {
    const word =
      this.#finish === undefined ? undefined : (finishes.get(this.#finish) ?? this.#finish);
    const { names } = this.#reading;
    const toolCalls = this.#calls
      .finish(cutBy(word), this.#said.events)
      .map((call) => ({ ...call, name: names.get(call.name) ?? call.name }));
    const citations = this.#citations.of(this.#blocks);
    const length = this.#said.length + this.#calls.length;
    return {
      ...this.#said.partial(),
      ...(toolCalls.length > 0 && { toolCalls }),
      ...(citations.length > 0 && { citations }),
      finishReason: finishReason(word, toolCalls.length > 0),
      ...(!isKnownFinish(word) && { providerFinishReason: word }),
      usage: this.#usage ?? estimateUsage(requestBytes, length),
    };
  }

  partial(): AssistantMessage {
    return this.#said.partial();
  }

  /** Grows with all that is said. */
  get #weight(): number {
    return this.#said.count + this.#calls.count + this.#citations.count;
  }

  /** What is not known here is not needed: events that only end something, `debug`, and what is yet to come. */
  #takePiece(type: string | undefined, delta: JsonObject, index: number | undefined): void {
    const { tool_plan, tool_calls, content, citations } = objectOf(delta["message"]) ?? {};
    if (type === "tool-plan-delta") this.#said.addReasoning(textOf(tool_plan));
    else if (type === "tool-call-start" || type === "tool-call-delta")
      this.#takeCalls(tool_calls, index);
    else if (type === "content-start") this.#takeContent(content, index ?? this.#block + 1);
    else if (type === "content-delta") this.#takeContent(content, index ?? this.#block);
    else if (type === "citation-start") this.#citations.take(citations, delta["type"]);
  }

  /** A stream has one call in an event, as an object and not in a list; its number stands beside it. */
  #takeCalls(calls: unknown, index: number | undefined): void {
    const pieces = Array.isArray(calls) ? calls : [calls];
    this.#calls.take(
      pieces.map((piece) => ({ index, ...objectOf(piece) })),
      this.#said.events,
    );
  }

  /** A piece of a block does not say which kind it is of; its beginning does. */
  #takeContent(content: unknown, index: number): void {
    this.#block = index;
    for (const each of Array.isArray(content) ? content : [content]) {
      const { type, text, thinking } = objectOf(each) ?? {};
      if (type === "thinking") this.#thinking.add(index);
      const isThinking = this.#thinking.has(index);
      this.#said.addReasoning(textOf(thinking) ?? (isThinking ? textOf(text) : undefined));
      if (!isThinking) this.#addText(textOf(text), index);
    }
  }

  #addText(text: string | undefined, index: number): void {
    if (text === undefined) return;
    const last = this.#blocks.at(-1);
    if (last?.index === index) last.text += text;
    else this.#blocks.push({ index, start: this.#said.text.length, text });
    this.#said.addText(text);
  }

  #end(said: JsonObject): void {
    this.#usage = readCohereUsage(said["usage"], this.#reading.price) ?? this.#usage;
    const reason = textOf(said["finish_reason"]);
    if (reason === undefined)
      throw new ModelError("The answer does not say why it ends.", {
        code: "incomplete",
        retryable: true,
      });
    if (reason === "ERROR" || reason === "TIMEOUT") throw this.#failure(reason, said["error"]);
    this.#finish = reason;
  }

  #failure(reason: string, error: unknown): ModelError {
    const { host, redact } = this.#reading.asked;
    const detail = redact(
      textOf(error) ?? textOf(objectOf(error)?.["message"]) ?? "no reason given",
    );
    const said = detail
      .slice(0, 1_000)
      .replace(/\s+/g, " ")
      .replace(/[.…\s]+$/, "");
    return new ModelError(`${host} ended the answer with ${reason}: ${said}.`, {
      code: reason === "TIMEOUT" ? "timeout" : "server",
      requestId: this.#id,
      retryable: true,
    });
  }
}
