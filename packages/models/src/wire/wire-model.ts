import {
  type AssistantMessage,
  type Model,
  type ModelCapabilities,
  ModelError,
  type ModelEvent,
  type ModelRequest,
} from "@pawl/core";

import { pacerFor } from "../pace/pacers.ts";
import { Passage } from "../pace/passage.ts";
import { bodyText } from "./body.ts";
import type { ByteSource } from "./byte-source.ts";
import { decode, type WireAnswer } from "./decode.ts";
import type { Endpoint } from "./endpoint.ts";
import { correlation } from "./headers.ts";
import { opened } from "./opened.ts";
import { type Asked, responseError } from "./response-error.ts";
import { retried } from "./retried.ts";

/** A request as it is sent, and how its answer is read. */
interface Encoded {
  readonly body: Buffer;
  /** An answer of which nothing has arrived. */
  readonly answer: WireAnswer;
  /** The answer that is inside a refusal: some servers refuse what their own model wrote. */
  readonly rescue?: ((status: number, body: string) => AssistantMessage | undefined) | undefined;
}

/** A model behind an HTTP API. */
export interface WireModel {
  readonly id: string;
  readonly capabilities: ModelCapabilities;
  readonly endpoint: Endpoint;
  readonly asked: Asked;
  readonly encode: (request: ModelRequest) => Encoded;
}

/** The model contract over HTTP: attempts, each one exchange, read until the answer is whole. */
export function wireModel(setup: WireModel): Model {
  const { id, capabilities, endpoint } = setup;
  return {
    id,
    capabilities,
    async *respond(request) {
      const { maxRetries, pacing } = endpoint;
      const passage = new Passage(pacing && pacerFor(pacing), request.run);
      const attempt = (number: number, signal: AbortSignal): Promise<Begun> =>
        begin(setup, { ...request, signal }, { number, passage });
      const held = (): number | undefined => passage.heldMs;
      const isShared = (): boolean => passage.isShared;
      const rules = { ...request, maxRetries, held, isShared };
      const { number, first, events } = yield* retried(attempt, rules);
      try {
        if (!first.done) yield first.value;
        const message = first.done ? first.value : yield* events;
        passage.ended(message.usage?.totalTokens);
        return message;
      } catch (error) {
        passage.failed(error);
        throw error instanceof ModelError ? error.with({ attempt: number }) : error;
      } finally {
        passage.ended();
        // A reader that left at the first event never entered `events`.
        await events.return(undefined as never);
      }
    },
  };
}

interface Begun {
  readonly number: number;
  readonly events: AsyncGenerator<ModelEvent, AssistantMessage>;
  readonly first: IteratorResult<ModelEvent, AssistantMessage>;
}

/** An attempt, numbered from 1. */
interface Try {
  readonly number: number;
  readonly passage: Passage;
}

/** One attempt up to the first visible output. */
async function begin(
  { endpoint, asked, encode }: WireModel,
  request: ModelRequest,
  { number, passage }: Try,
): Promise<Begun> {
  const { url, timeouts } = endpoint;
  const { requestId, signal } = request;
  const { body, answer, rescue } = encode(request);
  const headers = { ...endpoint.headers, ...correlation(requestId, number) };
  let source: ByteSource | undefined;
  try {
    const wire = { method: "POST", url, headers, body } as const;
    const reply = await opened({ passage, timeouts, signal }, wire);
    source = reply.source;
    if (reply.head.status >= 300) {
      const said = await bodyText(source);
      const rescued = rescue?.(reply.head.status, said);
      if (!rescued) throw responseError(reply.head, said, asked);
      source.close();
      return { number, events: nothing(rescued), first: { done: true, value: rescued } };
    }
    const events = decode(source, reply.head, { answer, asked, requestBytes: body.length });
    return { number, events, first: await events.next() };
  } catch (error) {
    source?.close();
    passage.failed(error);
    throw error;
  }
}

// oxlint-disable-next-line require-yield -- an answer that came with its refusal has no events
async function* nothing(message: AssistantMessage): AsyncGenerator<never, AssistantMessage> {
  return message;
}
