import { ModelError } from "@pawl/core";

import { pacerFor } from "../pace/pacers.ts";
import { Passage } from "../pace/passage.ts";
import { Body, bodyText, notAnApi } from "./body.ts";
import type { Endpoint } from "./endpoint.ts";
import type { ByteSource } from "./byte-source.ts";
import type { ReplyHead } from "./exchange.ts";
import { opened } from "./opened.ts";
import { correlation } from "./headers.ts";
import { type JsonObject, objectOf, parseJson } from "./json.ts";
import { type Asked, checkError, checkStatus, responseError } from "./response-error.ts";
import { retried } from "./retried.ts";
import { forWhole } from "./timeouts.ts";

/** A server, and what to say of it when it fails. */
export interface JsonServer {
  readonly endpoint: Endpoint;
  readonly asked: Asked;
}

/** One request of which the answer is one JSON object. */
export interface JsonRequest {
  /** Sent by `POST`; without one the request is a `GET`. */
  readonly body?: object | undefined;
  /** A name for the request, the same on every attempt at it; see {@link correlation}. */
  readonly requestId: string;
  /** What the request is a part of: the same object for all its parts, which share one place among those that wait. */
  readonly run: object;
  readonly signal: AbortSignal;
}

/** An answer that is one JSON object. */
export interface JsonReply {
  readonly head: ReplyHead;
  readonly body: JsonObject;
  /** How long the request was, to estimate what the server did not count. */
  readonly requestBytes: number;
}

/** Asks once for JSON, by the same rules for pace, attempts, deadlines, errors and aborts as a model's answers. */
export async function jsonCall(server: JsonServer, request: JsonRequest): Promise<JsonReply> {
  const { maxRetries, pacing } = server.endpoint;
  const { signal, run } = request;
  const body = request.body === undefined ? null : Buffer.from(JSON.stringify(request.body));
  const passage = new Passage(pacing && pacerFor(pacing), run);
  const attempts = retried(
    async (number, either) =>
      exchanged(server, { ...request, body, signal: either }, { number, passage }),
    { maxRetries, signal, held: () => passage.heldMs, isShared: () => passage.isShared },
  );
  // Nobody watches the waits between attempts.
  for (;;) {
    const next = await attempts.next();
    if (next.done) return next.value;
  }
}

interface Written extends Omit<JsonRequest, "body"> {
  readonly body: Buffer | null;
}

/** An attempt, numbered from 1. */
interface Try {
  readonly number: number;
  readonly passage: Passage;
}

async function exchanged(
  { endpoint, asked }: JsonServer,
  { requestId, body, signal }: Written,
  { number, passage }: Try,
): Promise<JsonReply> {
  const { url } = endpoint;
  const timeouts = forWhole(endpoint.timeouts);
  const accept = "application/json";
  const headers = { ...endpoint.headers, accept, ...correlation(requestId, number) };
  let source: ByteSource | undefined;
  try {
    const method = body ? "POST" : "GET";
    const reply = await opened({ passage, timeouts, signal }, { method, url, headers, body });
    ({ source } = reply);
    if (reply.head.status >= 300) throw responseError(reply.head, await bodyText(source), asked);
    const json = readJson(await new Body(source).text(), asked);
    return { head: reply.head, body: json, requestBytes: body?.length ?? 0 };
  } catch (error) {
    passage.failed(error);
    throw error;
  } finally {
    passage.ended();
    source?.close();
  }
}

/** @throws ModelError when the text is no JSON object, or says that the server failed. */
function readJson(text: string, asked: Asked): JsonObject {
  const body = objectOf(parseJson(text));
  if (!body && /^\s*</.test(text)) throw notAnApi(asked);
  if (!body)
    throw new ModelError(`The answer of ${asked.host} is no JSON object.`, {
      code: "protocol",
      retryable: true,
    });
  checkStatus(body, asked);
  checkError(body["error"], asked);
  return body;
}
