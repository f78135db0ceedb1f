import {
  type AssistantMessage,
  type Citation,
  type FinishReason,
  type ModelEvent,
  type ToolCall,
  type Usage,
} from "@pawl/core";

import { readArguments } from "./call-arguments.ts";
import { listOf, numberOf, objectOf, textOf, type JsonObject } from "./json.ts";
import { embeddedError, type Asked } from "./response-error.ts";
import { type OpenCall, ToolCallDeltas } from "./tool-call-deltas.ts";
import { isParallelEnvelope, toolNamed } from "./tool-names.ts";
import { readUsage, readUsd } from "./usage.ts";

/** What an answer has to be read with. */
export interface Reading {
  readonly asked: Asked;
  /** The names of the tools that were offered. */
  readonly names: ReadonlySet<string>;
  /** The ids of the calls that were made before. */
  readonly callIds: ReadonlySet<string>;
  /** Whether anybody sees more of the answer than its text. */
  readonly isWatched: boolean;
}

/** An answer while it arrives, chunk by chunk or at once, with the quirks of many servers read as what they mean. */
export class Answer {
  readonly #asked: Asked;
  readonly #names: ReadonlySet<string>;
  readonly #isWatched: boolean;
  readonly #calls: ToolCallDeltas;
  #events: ModelEvent[] = [];
  #text = "";
  #reasoning = "";
  #refusal = "";
  #citations: Omit<Citation, "text">[] = [];
  #finish: string | undefined;
  #usage: Usage | undefined;
  #usd: number | undefined;

  constructor({ asked, names, callIds, isWatched }: Reading) {
    this.#asked = asked;
    this.#names = names;
    this.#isWatched = isWatched;
    this.#calls = new ToolCallDeltas(names, callIds);
  }

  /** Whether the server has said why the answer ends, which is the last it has to say of it. */
  get isFinished(): boolean {
    return this.#finish !== undefined;
  }

  /** How much of an answer has arrived, for an estimate of its tokens. */
  get length(): number {
    return this.#calls.calls.reduce(
      (sum, call) => sum + call.arguments.length,
      this.#text.length + this.#reasoning.length,
    );
  }

  /**
   * Takes in one chunk of a stream, or a whole answer.
   *
   * @throws ModelError when the chunk says that the provider failed.
   */
  take(chunk: JsonObject): void {
    this.#refuse(chunk["error"]);
    this.#usage = readUsage(chunk["usage"]) ?? this.#usage;
    this.#usd = readUsd(chunk["meta"]) ?? this.#usd;
    // Only one answer was asked for: further choices would be mixed into it.
    const choice = objectOf(listOf(chunk["choices"])[0]);
    if (!choice) return;
    this.#refuse(choice["error"]);
    const delta = objectOf(choice["delta"]);
    const message = objectOf(choice["message"]);
    if (delta) this.#takeDelta(delta);
    if (message) this.#takeMessage(message);
    this.#takeFinish(textOf(choice["finish_reason"]));
  }

  /** What became visible since the last call. */
  events(): readonly ModelEvent[] {
    const events = this.#events;
    this.#events = [];
    return this.#isWatched ? events : events.filter(({ type }) => type === "text-delta");
  }

  /** The bill, where it comes in a header. */
  set usd(usd: number | undefined) {
    this.#usd ??= usd;
  }

  /** The whole message; `estimate` stands in for counts that the server did not give. */
  message(estimate: Usage): AssistantMessage {
    this.#calls.end(this.#events);
    const toolCalls = this.#calls.calls.flatMap((call) => this.#close(call));
    const usage = this.#usage ?? estimate;
    return {
      role: "assistant",
      content: this.#text,
      ...(toolCalls.length > 0 && { toolCalls }),
      ...(this.#reasoning && { reasoning: this.#reasoning }),
      ...(this.#refusal && { refusal: this.#refusal }),
      ...(this.#citations.length > 0 && { citations: this.#citations.map(this.#quote) }),
      finishReason: this.#finishReason(toolCalls.length > 0),
      usage: this.#usd === undefined ? usage : { ...usage, usd: this.#usd },
    };
  }

  /** What had arrived before a failure: its calls are left out, since nobody can say that they are whole. */
  partial(): AssistantMessage {
    return {
      role: "assistant",
      content: this.#text,
      ...(this.#reasoning && { reasoning: this.#reasoning }),
    };
  }

  #refuse(error: unknown): void {
    if (error !== undefined && error !== null && error !== "")
      throw embeddedError(error, this.#asked);
  }

  #takeDelta(delta: JsonObject): void {
    this.#addText(textOf(delta["content"]));
    this.#addReasoning(delta);
    this.#refusal += textOf(delta["refusal"]) ?? "";
    this.#calls.take(delta["tool_calls"], this.#events);
    this.#cite(delta["annotations"]);
  }

  /** A whole message replaces: some servers stream the text and then say it all again (microsoft/foundry-local#144). */
  #takeMessage(message: JsonObject): void {
    const content = textOf(message["content"]);
    if (content?.startsWith(this.#text)) this.#addText(content.slice(this.#text.length));
    if (this.#reasoning === "") this.#addReasoning(message);
    this.#refusal ||= textOf(message["refusal"]) ?? "";
    if (this.#calls.calls.length === 0) this.#calls.take(message["tool_calls"], this.#events);
    if (this.#citations.length === 0) this.#cite(message["annotations"]);
  }

  #takeFinish(reason: string | undefined): void {
    if (reason === "error") throw embeddedError("the answer ended with an error", this.#asked);
    // The first specific reason stands; a later `stop` only says that the stream is over.
    if (reason && (this.#finish === undefined || this.#finish === "stop")) this.#finish = reason;
  }

  #addText(text: string | undefined): void {
    if (text === undefined) return;
    this.#text += text;
    const last = this.#events.at(-1);
    if (last?.type === "text-delta")
      this.#events[this.#events.length - 1] = { type: "text-delta", text: last.text + text };
    else this.#events.push({ type: "text-delta", text });
  }

  /** One channel: servers that have several names for the same thinking send it under each. */
  #addReasoning(said: JsonObject): void {
    const details = listOf(said["reasoning_details"]).map(
      (each) => textOf(objectOf(each)?.["text"]) ?? "",
    );
    const text =
      textOf(said["reasoning_content"]) ??
      textOf(said["reasoning"]) ??
      textOf(said["thinking"]) ??
      textOf(details.join(""));
    if (text === undefined) return;
    this.#reasoning += text;
    this.#events.push({ type: "reasoning-delta", text });
  }

  #cite(annotations: unknown): void {
    for (const annotation of listOf(annotations)) {
      const { start_index, end_index, title, url } =
        objectOf(objectOf(annotation)?.["url_citation"]) ?? {};
      const start = numberOf(start_index) ?? 0;
      // One without an end is about all that is said.
      const end = numberOf(end_index) ?? Number.POSITIVE_INFINITY;
      const address = textOf(url);
      if (address)
        this.#citations.push({
          start,
          end,
          sources: [{ id: address, title: textOf(title), url: address }],
        });
    }
  }

  /** Only the whole text can be quoted from: a citation may come before what it is about. */
  readonly #quote = (citation: Omit<Citation, "text">): Citation => {
    const end = Math.min(citation.end, this.#text.length);
    return { ...citation, end, text: this.#text.slice(citation.start, end) };
  };

  #finishReason(hasCalls: boolean): FinishReason {
    if (
      this.#finish === "length" ||
      this.#finish === "max_tokens" ||
      this.#finish === "model_length"
    )
      return "length";
    if (this.#finish === "content_filter") return "content-filter";
    // Servers say `stop` with calls and `tool_calls` without any: what is there decides.
    return hasCalls ? "tool-calls" : "stop";
  }

  #close(call: Pick<OpenCall, "id" | "name" | "arguments">): ToolCall[] {
    const { id } = call;
    const name = toolNamed(call.name, this.#names) ?? call.name;
    const read =
      this.#finishReason(true) === "length"
        ? { reason: "the answer was cut at its output limit" }
        : readArguments(call.arguments);
    if (!("inputs" in read))
      return [{ id, name, input: {}, invalid: { reason: read.reason, text: call.arguments } }];
    return read.inputs.flatMap((input, part) =>
      this.#unwrap({ id: part === 0 ? id : `${id}_${part + 1}`, name, input }),
    );
  }

  #unwrap(call: ToolCall): ToolCall[] {
    const uses = listOf(call.input["tool_uses"]);
    if (this.#names.has(call.name) || !isParallelEnvelope(call.name) || uses.length === 0)
      return [call];
    return uses.flatMap((use, part) => {
      const { recipient_name, parameters } = objectOf(use) ?? {};
      return this.#close({
        id: `${call.id}_${part + 1}`,
        name: textOf(recipient_name) ?? "",
        arguments: typeof parameters === "string" ? parameters : JSON.stringify(parameters ?? {}),
      });
    });
  }
}
