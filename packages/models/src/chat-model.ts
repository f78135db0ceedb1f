import {
  type AssistantMessage,
  type Model,
  ModelError,
  type ModelEvent,
  type ModelRequest,
} from "@pawl/core";

import type { ChatSetup } from "./chat-options.ts";
import { decode } from "./decode.ts";
import { Encoder } from "./encode.ts";
import { Exchange } from "./exchange.ts";
import { parseJson } from "./json.ts";
import { type Asked, responseError } from "./response-error.ts";
import { retried } from "./retried.ts";

/** What a vendor adds to the sentences of errors. */
export type Hints = Pick<Asked, "keyHint" | "modelHint">;

/** A model that is asked over chat completions. */
export function chatModel(setup: ChatSetup, hints: Hints): Model {
  const { model, maxRetries, url, secrets } = setup;
  const redact = (text: string): string =>
    secrets.reduce((clean, secret) => clean.replaceAll(secret, "…"), text);
  const asked: Asked = { model, host: url.host, redact, ...hints };
  const encoder = new Encoder(setup);
  return {
    id: model,
    capabilities: { tools: true },
    async *respond(request) {
      const attempt = (number: number, signal: AbortSignal): Promise<Begun> =>
        begin({ setup, asked, encoder, request: { ...request, signal }, number });
      const { first, events } = yield* retried(attempt, { maxRetries, signal: request.signal });
      try {
        if (first.done) return first.value;
        yield first.value;
        return yield* events;
      } finally {
        // A reader that left at the first event never entered `events`.
        await events.return(undefined as never);
      }
    },
  };
}

interface Attempt {
  readonly setup: ChatSetup;
  readonly asked: Asked;
  readonly encoder: Encoder;
  readonly request: ModelRequest;
  /** From 1. */
  readonly number: number;
}

interface Begun {
  readonly events: AsyncGenerator<ModelEvent, AssistantMessage>;
  readonly first: IteratorResult<ModelEvent, AssistantMessage>;
}

/** One attempt, up to the first visible output. */
async function begin({ setup, asked, encoder, request, number }: Attempt): Promise<Begun> {
  const { url, timeouts } = setup;
  const { body, names, callIds } = encoder.encode(request);
  const headers = { ...setup.headers, ...correlation(request.requestId, number) };
  const exchange = Exchange.begin({ url, headers, body }, request.signal, timeouts);
  try {
    const head = await exchange.head;
    if (head.status >= 300) throw responseError(head, await textOf(exchange), asked);
    const { isWatched } = request;
    const requestBytes = body.length;
    const events = decode(exchange, head, { asked, names, callIds, isWatched, requestBytes });
    return { events, first: await events.next() };
  } catch (error) {
    exchange.close();
    throw error;
  }
}

/** AI/ML API (docs/capabilities/request-tracing-and-cost.md) keeps this id if it has 1–128 of these characters. */
function correlation(requestId: string, attempt: number): Record<string, string> {
  const id = attempt === 1 ? requestId : `${requestId}.a${attempt}`;
  return /^[\w.:-]{1,128}$/.test(id) ? { "x-client-request-id": id } : {};
}

/** The beginning of an error's body: a gateway may send pages of it, never end it, or break it off. */
async function textOf(exchange: Exchange): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    while (text.length < 65_536 && typeof parseJson(text) !== "object") {
      const chunks = await exchange.read();
      if (!chunks) break;
      text += decoder.decode(Buffer.concat(chunks), { stream: true });
    }
  } catch (error) {
    // The status says more than how its explanation broke off.
    if (!(error instanceof ModelError)) throw error;
  }
  return text;
}
