import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import type { AssistantMessage, Model, ModelEvent, ModelRequest, ToolCall } from "@pawl/core";
import { chatCompletions } from "@pawl/models";

/** A request as a server saw it. */
interface Received {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** Writes one answer; `attempt` counts the requests of this server from 1. */
export type Reply = (response: ServerResponse, attempt: number, received: Received) => unknown;

/** A server that answers by a function, for the length of a block (`await using`). */
export interface Server extends AsyncDisposable {
  readonly baseURL: string;
  readonly received: readonly Received[];
  readonly sockets: readonly Socket[];
  /** When each socket was closed, by `performance.now()`; grows as they close. */
  readonly closedAt: readonly number[];
}

export async function serve(reply: Reply): Promise<Server> {
  const received: Received[] = [];
  const sockets: Socket[] = [];
  const closedAt: number[] = [];
  const server = createServer(async (incoming, response) => {
    const parts: Buffer[] = [];
    for await (const part of incoming) parts.push(part as Buffer);
    const { url: path = "", headers } = incoming;
    const seen = { path, headers, body: Buffer.concat(parts).toString("utf8") };
    const attempt = received.push(seen);
    await reply(response, attempt, seen);
  });
  server.on("connection", (socket) => {
    sockets.push(socket);
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.on("close", () => closedAt.push(performance.now()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseURL: `http://127.0.0.1:${port}/v1`,
    received,
    sockets,
    closedAt,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Sends a body whole: a text as a stream of events, anything else as JSON. */
export function send(
  response: ServerResponse,
  body: string | Buffer | object,
  {
    status = 200,
    headers = {},
  }: { status?: number; headers?: Record<string, string | readonly string[]> } = {},
): void {
  const isText = typeof body === "string" || Buffer.isBuffer(body);
  const type = isText ? "text/event-stream" : "application/json";
  response.writeHead(status, { "content-type": type, ...headers });
  response.end(isText ? body : JSON.stringify(body));
}

/** Chunks as the text of a stream, without its end. */
export function events(...chunks: readonly object[]): string {
  return chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("");
}

/** Chunks as a whole stream. */
export function stream(...chunks: readonly object[]): string {
  return `${events(...chunks)}data: [DONE]\n\n`;
}

/** A chunk of the first choice. */
export function delta(fields: object, finishReason: string | null = null): object {
  return { choices: [{ index: 0, delta: fields, finish_reason: finishReason }] };
}

/** The last chunk of the first choice. */
export function finish(reason = "stop"): object {
  return delta({}, reason);
}

/** A chunk with one piece of a call. */
export function piece(call: object): object {
  return delta({ tool_calls: [call] });
}

/** A whole answer of a server, not streamed. */
export function whole(message: object, finishReason = "stop", more: object = {}): object {
  return {
    choices: [
      { index: 0, finish_reason: finishReason, message: { role: "assistant", ...message } },
    ],
    ...more,
  };
}

/** A short answer, streamed. */
export const hello = stream(delta({ content: "Hello" }), finish());

export const tools = ["add", "now"].map((name) => ({
  name,
  description: `Tool ${name}`,
  parameters: { type: "object", properties: { a: { type: "number" } } },
}));

/** A request with everything filled in. */
export function request(fields: Partial<ModelRequest> = {}): ModelRequest {
  return {
    run: { id: "run" },
    requestId: "run.1",
    messages: [{ role: "user", content: "Hello" }],
    tools,
    toolChoice: "auto",
    isWatched: true,
    signal: new AbortController().signal,
    ...fields,
  };
}

/** What came of one request: its events and its answer, or what was thrown. */
export interface Outcome {
  readonly events: readonly ModelEvent[];
  readonly message?: AssistantMessage;
  readonly error?: unknown;
}

/** Asks and reads to the end; `watch` sees each event as it comes. */
export async function ask(
  model: Model,
  fields: Partial<ModelRequest> = {},
  watch: (event: ModelEvent) => void = () => {},
): Promise<Outcome> {
  const seen: ModelEvent[] = [];
  const answer = model.respond(request(fields));
  try {
    for (;;) {
      const next = await answer.next();
      if (next.done) return { events: seen, message: next.value };
      seen.push(next.value);
      watch(next.value);
    }
  } catch (error) {
    return { events: seen, error };
  }
}

/** The body of a request, as far as tests look at it. */
export interface WireBody {
  readonly stream: boolean;
  readonly max_tokens?: number;
  readonly stream_options?: unknown;
  readonly tool_choice?: unknown;
  readonly tools?: readonly unknown[];
  readonly messages: readonly {
    readonly content: unknown;
    readonly tool_calls?: readonly { readonly function: Partial<ToolCall> }[];
  }[];
}

/** The bodies of requests, as one model of a server that answers all of them writes them. */
export async function bodiesOf(
  requests: readonly Partial<ModelRequest>[],
  options: object = {},
): Promise<readonly WireBody[]> {
  await using server = await serve((response) => send(response, hello));
  const model = "cohere/command-r-plus-08-2024";
  const asked = chatCompletions({ model, ...options, baseURL: server.baseURL });
  for (const each of requests) await ask(asked, each);
  return server.received.map(({ body }) => JSON.parse(body) as WireBody);
}

/** Waits until something is so; fails the test when it is not within two seconds. */
export async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + 2_000;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`It did not become so: ${isSo.toString()}`);
    await sleep(2);
  }
}
