import type { ServerResponse } from "node:http";

import type { ChatRequest } from "./chat-request.ts";
import { completionBody, completionChunks, type Completion } from "./completion.ts";
import { HttpError, problem } from "./errors.ts";
import type { JsonObject } from "./json.ts";
import { isSilent, type ScriptedChunk, type ScriptedTurn } from "./script.ts";
import { doneEvent, sseEvent, writePieces, type SseOptions } from "./sse.ts";

/** One answer on its way out. */
export interface Outgoing {
  /** What is answered to. */
  readonly request: ChatRequest;
  /** What is answered. */
  readonly completion: Completion;
  /** How it misbehaves, if it is scripted to. */
  readonly turn: ScriptedTurn;
  /** The pace, and the client's presence. */
  readonly sse: SseOptions;
}

/** Sends an answer in the form that was asked for, with the faults that were scripted. */
export async function sendAnswer(response: ServerResponse, outgoing: Outgoing): Promise<void> {
  const { turn, request, completion } = outgoing;
  if (turn.cut === true && isSilent(turn)) return void response.destroy();
  for (const [name, value] of Object.entries(turn.headers ?? {})) response.setHeader(name, value);
  response.statusCode = turn.status ?? 200;
  if (turn.body !== undefined) return sendText(response, rawBody(turn.body), turn);
  if (turn.chunks !== undefined) return sendStream(response, outgoing);
  if (response.statusCode >= 400) return sendScriptedError(response, turn);
  if (request.stream === true) return sendStream(response, outgoing);
  const { credits_used, usd_spent } = completion.cost;
  response.setHeader("x-aimlapi-credits-used", credits_used);
  response.setHeader("x-aimlapi-usd-spent", usd_spent);
  sendText(response, JSON.stringify(completionBody(completion)), turn);
}

/** Sends a whole body, JSON unless its headers say otherwise; a scripted fault keeps its end back. */
export function sendText(
  response: ServerResponse,
  text: string | Uint8Array,
  fault: ScriptedTurn = {},
): void {
  setDefaultType(response, "application/json; charset=utf-8");
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  if (!response.hasHeader("content-length")) response.setHeader("content-length", bytes.length);
  if (fault.cut === true || fault.hang === true) {
    response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => {
      if (fault.cut === true) response.destroy();
    });
    return;
  }
  response.end(bytes);
}

async function sendStream(response: ServerResponse, outgoing: Outgoing): Promise<void> {
  const { turn, sse } = outgoing;
  setDefaultType(response, "text/event-stream; charset=utf-8");
  response.setHeader("cache-control", "no-cache");
  response.flushHeaders();
  await writePieces(response, streamPieces(outgoing), sse);
  if (turn.hang === true) return;
  if (turn.cut === true) {
    // An empty write calls back after everything before it has been handed to the system.
    response.write("", () => response.destroy());
    return;
  }
  response.end();
}

function streamPieces({ turn, completion, request }: Outgoing): readonly ScriptedChunk[] {
  if (turn.chunks !== undefined) return turn.chunks;
  const includeUsage = request.stream_options?.include_usage === true;
  const events = [...completionChunks(completion, includeUsage)].map(sseEvent);
  if (turn.cut === true) return events.slice(0, Math.ceil(events.length / 2));
  if (turn.hang !== true) return [...events, doneEvent];
  return events.slice(0, includeUsage ? -3 : -2);
}

function sendScriptedError(response: ServerResponse, turn: ScriptedTurn): void {
  const error = new HttpError(response.statusCode, turn.text ?? "Scripted failure");
  const requestId = String(response.getHeader("x-request-id"));
  setDefaultType(response, "application/problem+json");
  sendText(response, JSON.stringify(problem(error, "/v1/chat/completions", requestId)), turn);
}

function setDefaultType(response: ServerResponse, type: string): void {
  if (!response.hasHeader("content-type")) response.setHeader("content-type", type);
}

function rawBody(body: string | Uint8Array | JsonObject): string | Uint8Array {
  return typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
}
