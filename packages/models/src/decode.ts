import { type AssistantMessage, ModelError, type ModelEvent } from "@pawl/core";
import type { EventSourceMessage } from "eventsource-parser";

import { Answer } from "./answer.ts";
import { EventStream } from "./event-stream.ts";
import type { Exchange, ReplyHead } from "./exchange.ts";
import { numberOf, objectOf, parseJson } from "./json.ts";
import { headerOf, type Asked } from "./response-error.ts";
import { estimateUsage } from "./usage.ts";

/** What is needed to understand an answer. */
export interface Decoding {
  readonly asked: Asked;
  /** The names of the tools that were offered. */
  readonly names: ReadonlySet<string>;
  readonly requestBytes: number;
}

/** Reads the body of a success: a stream of events, or one JSON document where a server sends that instead. */
export async function* decode(
  exchange: Exchange,
  head: ReplyHead,
  { asked, names, requestBytes }: Decoding,
): AsyncGenerator<ModelEvent, AssistantMessage> {
  const answer = new Answer(asked, names);
  let isWhole = false;
  try {
    const body = new Body(exchange);
    if (await body.isJson()) answer.take(wholeJson(await body.text()));
    else yield* readEvents(body, answer, exchange);
    answer.usd = numberOf(headerOf(head, "x-aimlapi-usd-spent"));
    const message = answer.message(estimateUsage(requestBytes, answer.length));
    isWhole = true;
    yield* answer.events();
    return message;
  } catch (error) {
    // What arrived is shown however it was cut into packets: it must not depend on them what a reader has seen.
    yield* answer.events();
    throw error instanceof ModelError ? error.withPartial(answer.partial()) : error;
  } finally {
    if (isWhole) exchange.release();
    else exchange.close();
  }
}

async function* readEvents(
  body: Body,
  answer: Answer,
  exchange: Exchange,
): AsyncGenerator<ModelEvent, void> {
  const stream = new EventStream();
  for (let isOver = false; !isOver;) {
    const chunks = await body.read();
    const events = chunks ? chunks.flatMap((chunk) => stream.feed(chunk)) : stream.end();
    isOver = takeAll(events, answer, exchange) || !chunks;
    yield* answer.events();
    if (!chunks && !answer.isFinished && !isDone(events))
      throw new ModelError("The answer broke off before its end.", {
        code: "incomplete",
        retryable: true,
      });
  }
}

/** Takes in the events of one read; true when the server has said that there is no more. */
function takeAll(
  events: readonly EventSourceMessage[],
  answer: Answer,
  exchange: Exchange,
): boolean {
  for (const { data, event } of events) {
    const text = data.trim();
    // Some gateways wrap their heartbeats in events.
    if (text === "" || text.startsWith(":") || text === "[DONE]") continue;
    const chunk = objectOf(parseJson(text));
    if (!chunk)
      throw new ModelError(`The stream holds what is no JSON object: ${text.slice(0, 80)}`, {
        code: "protocol",
        retryable: true,
      });
    exchange.content();
    answer.take(event === "error" && chunk["error"] === undefined ? { error: chunk } : chunk);
  }
  return isDone(events);
}

function isDone(events: readonly EventSourceMessage[]): boolean {
  return events.some(({ data }) => data.trim() === "[DONE]");
}

function wholeJson(text: string): Record<string, unknown> {
  const value = parseJson(text);
  const whole = objectOf(Array.isArray(value) ? value[0] : value);
  if (!whole)
    throw new ModelError("The answer is no JSON object.", { code: "protocol", retryable: true });
  if (!Array.isArray(whole["choices"]) && whole["error"] === undefined)
    throw new ModelError('The answer has no "choices".', { code: "protocol" });
  return whole;
}

/** A body that can be looked at before it is read: servers answer in JSON where a stream was asked, and the reverse. */
class Body {
  readonly #exchange: Exchange;
  #seen: Buffer[] = [];

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  async isJson(): Promise<boolean> {
    for (;;) {
      const chunks = await this.#exchange.read();
      if (!chunks) return false;
      this.#seen.push(...chunks);
      // A byte order mark may come before the first character.
      const start = Buffer.concat(this.#seen)
        .toString("latin1")
        .replace(/^\u00ef\u00bb\u00bf/, "")
        .trimStart()[0];
      if (start !== undefined) return start === "{" || start === "[";
    }
  }

  async read(): Promise<readonly Buffer[] | undefined> {
    return this.#seen.length > 0 ? this.#seen.splice(0) : this.#exchange.read();
  }

  async text(): Promise<string> {
    const parts: Buffer[] = [];
    for (let chunks = await this.read(); chunks; chunks = await this.read()) parts.push(...chunks);
    return new TextDecoder().decode(Buffer.concat(parts));
  }
}
