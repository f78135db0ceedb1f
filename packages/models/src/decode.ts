import { type AssistantMessage, ModelError, type ModelEvent } from "@pawl/core";
import type { EventSourceMessage } from "eventsource-parser";

import { Answer, type Reading } from "./answer.ts";
import { EventStream } from "./event-stream.ts";
import type { Exchange, ReplyHead } from "./exchange.ts";
import { listOf, objectOf, parseJson } from "./json.ts";
import { headerOf, type Asked } from "./response-error.ts";
import { estimateUsage, usdOf } from "./usage.ts";

/** What is needed to understand an answer. */
export interface Decoding extends Reading {
  readonly requestBytes: number;
}

/** More than any answer that comes whole: a body without an end must not fill the memory. */
const maxWholeBytes = 64 * 1024 * 1024;

/** Reads the body of a success: a stream of events, or one JSON document where a server sends that instead. */
export async function* decode(
  exchange: Exchange,
  head: ReplyHead,
  reading: Decoding,
): AsyncGenerator<ModelEvent, AssistantMessage> {
  const { asked, requestBytes } = reading;
  const answer = new Answer(reading);
  let isWhole = false;
  try {
    const body = new Body(exchange);
    const first = await body.first();
    if (first === "<") throw notAnApi(asked);
    if (first === "{" || first === "[") answer.take(wholeJson(await body.text()));
    else yield* readEvents({ body, answer, exchange, asked });
    answer.usd = usdOf(
      headerOf(head, "x-aimlapi-usd-spent"),
      headerOf(head, "x-aimlapi-credits-used"),
    );
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

interface EventSource {
  readonly body: Body;
  readonly answer: Answer;
  readonly exchange: Exchange;
  readonly asked: Asked;
}

async function* readEvents(source: EventSource): AsyncGenerator<ModelEvent, void> {
  const { answer, exchange } = source;
  const stream = new EventStream();
  for (let isOver = false; !isOver;) {
    const chunks = await nextChunks(source);
    const events = chunks ? chunks.flatMap((chunk) => stream.feed(chunk)) : stream.end();
    isOver = takeAll(events, source) || !chunks;
    if (answer.isFinished) exchange.finished();
    yield* answer.events();
    if (!chunks && !answer.isFinished && !isDone(events))
      throw new ModelError("The answer broke off before its end.", {
        code: "incomplete",
        retryable: true,
      });
  }
}

/** An answer whose end was announced is whole, however its body ends: only the bill may be missing. */
async function nextChunks({ body, answer }: EventSource): Promise<readonly Buffer[] | undefined> {
  try {
    return await body.read();
  } catch (error) {
    if (answer.isFinished && error instanceof ModelError) return undefined;
    throw error;
  }
}

/** Takes in the events of one read; true when the server has said that there is no more. */
function takeAll(
  events: readonly EventSourceMessage[],
  { answer, exchange, asked }: EventSource,
): boolean {
  for (const { data, event } of events) {
    const text = data.trim();
    // Some gateways wrap their heartbeats in events.
    if (text === "" || text.startsWith(":") || text === "[DONE]") continue;
    const chunk = objectOf(parseJson(text));
    if (!chunk)
      throw new ModelError(
        `The stream holds what is no JSON object: ${asked.redact(text).slice(0, 80)}`,
        {
          code: "protocol",
          retryable: true,
        },
      );
    exchange.content();
    answer.take(event === "error" && chunk["error"] === undefined ? { error: chunk } : chunk);
  }
  return isDone(events);
}

function isDone(events: readonly EventSourceMessage[]): boolean {
  return events.some(({ data }) => data.trim() === "[DONE]");
}

/** A success in HTML comes from a web site, or from something in between. */
function notAnApi({ host }: Asked): ModelError {
  return new ModelError(`${host} sent an HTML page in place of an answer. Check "baseURL".`, {
    code: "protocol",
  });
}

function wholeJson(text: string): Record<string, unknown> {
  const value = parseJson(text);
  const whole = objectOf(Array.isArray(value) ? value[0] : value);
  if (!whole)
    throw new ModelError("The answer is no JSON object.", { code: "protocol", retryable: true });
  if (!objectOf(listOf(whole["choices"])[0]) && !whole["error"])
    throw new ModelError('The answer has no "choices".', { code: "protocol" });
  return whole;
}

/** Space, tab, line ends, and the bytes of a UTF-8 byte order mark. */
const blanks: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);

/** A body that can be looked at before it is read: servers answer in JSON where a stream was asked, and the reverse. */
class Body {
  readonly #exchange: Exchange;
  #seen: Buffer[] = [];

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  /** The first character that is neither blank nor part of a byte order mark; undefined for an empty body. */
  async first(): Promise<string | undefined> {
    for (;;) {
      const chunks = await this.#exchange.read();
      if (!chunks) return undefined;
      const bytes = Buffer.concat(chunks);
      const start = bytes.findIndex((byte) => !blanks.has(byte));
      // Blanks mean nothing in either form, so they are not kept: a server may send them for as long as it thinks.
      if (start < 0) continue;
      this.#seen.push(bytes.subarray(start));
      return bytes.toString("latin1", start, start + 1);
    }
  }

  async read(): Promise<readonly Buffer[] | undefined> {
    return this.#seen.length > 0 ? this.#seen.splice(0) : this.#exchange.read();
  }

  async text(): Promise<string> {
    const parts: Buffer[] = [];
    let size = 0;
    for (let chunks = await this.read(); chunks; chunks = await this.read()) {
      parts.push(...chunks);
      size += chunks.reduce((sum, { length }) => sum + length, 0);
      if (size > maxWholeBytes)
        throw new ModelError("The answer is too long.", { code: "protocol" });
    }
    return Buffer.concat(parts).toString("utf8");
  }
}
