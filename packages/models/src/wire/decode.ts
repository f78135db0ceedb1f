import { type AssistantMessage, ModelError, type ModelEvent } from "@pawl/core";
import type { EventSourceMessage } from "eventsource-parser";

import { Body, notAnApi } from "./body.ts";
import type { ByteSource } from "./byte-source.ts";
import { EventStream } from "./event-stream.ts";
import type { ReplyHead } from "./exchange.ts";
import { type JsonObject, listOf, objectOf, parseJson } from "./json.ts";
import { type Asked, checkStatus } from "./response-error.ts";

/** An answer while it arrives, in whatever words its API has for it. */
export interface WireAnswer {
  /** Whether the server has said why the answer ends; only the bill may follow. */
  readonly isFinished: boolean;
  /** Whether nothing at all follows, not even the bill. */
  readonly isOver: boolean;
  /** Whether it is not whole before the server has said why it ends, not even when its stream says that it does. */
  readonly mustFinish?: boolean;
  /**
   * Takes in one event of a stream. Whether it brought something: heartbeats may look like events.
   *
   * @throws ModelError when it says that the provider failed.
   */
  take(chunk: JsonObject, event: string | undefined): boolean;
  /** Takes in an answer that comes as one document. @throws ModelError when it is none. */
  takeWhole(body: JsonObject): void;
  /** Takes in what follows the announced end of a stream: nothing of the answer any more, but the bill may be there. */
  takeTail?(chunk: JsonObject): void;
  /** Takes in what the headers say of the answer. */
  takeHead?(head: ReplyHead): void;
  /** What became visible since the last call. */
  events(): readonly ModelEvent[];
  /** The whole message; `requestBytes` helps to estimate what the server did not count. */
  message(requestBytes: number): AssistantMessage;
  /** What had arrived before a failure. */
  partial(): AssistantMessage;
}

/** What is needed to read an answer. */
export interface Decoding {
  readonly answer: WireAnswer;
  readonly asked: Asked;
  readonly requestBytes: number;
}

/** Reads the body of a success: a stream of events, or one JSON document where a server sends that instead. */
export async function* decode(
  source: ByteSource,
  head: ReplyHead,
  { answer, asked, requestBytes }: Decoding,
): AsyncGenerator<ModelEvent, AssistantMessage> {
  let isWhole = false;
  try {
    const body = new Body(source);
    const first = await body.first();
    if (first === "<") throw notAnApi(asked);
    if (first === "{" || first === "[") takeDocument(await body.text(), { answer, asked });
    else yield* readEvents({ body, answer, source, asked });
    answer.takeHead?.(head);
    const message = answer.message(requestBytes);
    isWhole = true;
    yield* answer.events();
    return message;
  } catch (error) {
    // What arrived is shown however it was cut into packets: it must not depend on them what a reader has seen.
    yield* answer.events();
    throw error instanceof ModelError
      ? error.with({ partial: redacted(answer.partial(), asked) })
      : error;
  } finally {
    if (isWhole) source.release();
    else source.close();
  }
}

interface EventSource {
  readonly body: Body;
  readonly answer: WireAnswer;
  readonly source: ByteSource;
  readonly asked: Asked;
}

async function* readEvents(from: EventSource): AsyncGenerator<ModelEvent, void> {
  const { body, answer, source } = from;
  const stream = new EventStream();
  for (let isOver = false; !isOver;) {
    let chunks: readonly Buffer[] | undefined;
    try {
      chunks = await body.read();
    } catch (error) {
      // An answer whose end was announced is whole, however its body ends: only the bill may be missing.
      if (!answer.isFinished || !(error instanceof ModelError)) throw error;
    }
    isOver = takeAll(chunks ? stream.feed(chunks) : stream.end(), from, !chunks);
    if (answer.isFinished) source.finished();
    for (const event of answer.events()) yield event;
    if (answer.isFinished && !chunks) return;
    if (isOver ? answer.mustFinish && !answer.isFinished : !chunks) throw brokenOff();
  }
}

function brokenOff(): ModelError {
  const message = "The answer broke off before its end.";
  return new ModelError(message, { code: "incomplete", retryable: true });
}

/** Takes in the events of one read; true when the server has said that there is no more. */
function takeAll(
  events: readonly EventSourceMessage[],
  from: EventSource,
  isEnd: boolean,
): boolean {
  const { answer, source } = from;
  let hasContent = false;
  let isDone = false;
  for (const { data, event } of events) {
    const text = data.trim();
    if (text === "[DONE]") isDone = true;
    // What came along after the end is no answer, but may be its bill, which nobody waits for.
    else if (isDone) answer.takeTail?.(objectOf(parseJson(text)) ?? {});
    // Some gateways wrap their heartbeats in events.
    else if (text !== "" && !text.startsWith(":")) {
      const isMore = takeIn(parseJson(text), event, from);
      if (isMore === undefined) return endIn(text, from, isEnd);
      // The clock is asked once for all of them.
      if (isMore && !hasContent) source.content();
      hasContent ||= isMore;
      if (answer.isOver) return true;
    }
  }
  return isDone;
}

/** The body broke off inside of an event. After the announced end, only the bill may be missing; true then. */
function endIn(text: string, { answer, asked }: EventSource, isEnd: boolean): true {
  if (!isEnd || !answer.isFinished) throw noObject(asked.redact(text));
  if (hasChoice.test(text)) throw brokenOff();
  return true;
}

/** The beginning of a chunk that is a part of the answer: the bill comes without choices. */
const hasChoice = /"choices"\s*:\s*\[\s*\{/;

/** Whether a parsed event brought something, or undefined when it is none; Google puts its errors into lists (Simpleyyt/ai-manus#101). */
function takeIn(
  value: unknown,
  event: string | undefined,
  { answer, asked }: Pick<Decoding, "answer" | "asked">,
): boolean | undefined {
  if (Array.isArray(value) && value.length > 0 && value.every(objectOf))
    return value.map((each) => takeIn(each, event, { answer, asked })).some(Boolean);
  const chunk = objectOf(value);
  if (!chunk) return undefined;
  checkStatus(chunk, asked);
  return answer.take(chunk, event);
}

function noObject(text: string): ModelError {
  const message = `The stream holds what is no JSON object: ${text.slice(0, 80)}`;
  return new ModelError(message, { code: "protocol", retryable: true });
}

/** Takes in a body that is JSON: a whole answer, or the pieces of one in a list. */
function takeDocument(text: string, { answer, asked }: Pick<Decoding, "answer" | "asked">): void {
  const value = parseJson(text);
  const whole = objectOf(Array.isArray(value) && value.length === 1 ? value[0] : value);
  if (whole && !isPiece(whole)) {
    checkStatus(whole, asked);
    answer.takeWhole(whole);
  } else if (takeIn(value, undefined, { answer, asked }) === undefined)
    throw new ModelError("The answer is no JSON object.", { code: "protocol", retryable: true });
  else if (!answer.isFinished) throw brokenOff();
}

/** Whether a document is what streams are made of. */
function isPiece({ choices }: JsonObject): boolean {
  const { delta, message } = objectOf(listOf(choices)[0]) ?? {};
  return objectOf(delta) !== undefined && objectOf(message) === undefined;
}

/** The model may have repeated a key that it was shown. */
function redacted(partial: AssistantMessage, { redact }: Asked): AssistantMessage {
  const { content, reasoning } = partial;
  return {
    ...partial,
    content: redact(content),
    ...(reasoning !== undefined && { reasoning: redact(reasoning) }),
  };
}
