import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

import type { ChatRequest } from "./chat-request.ts";
import type { Completion } from "./completion.ts";
import type { JsonObject } from "./json.ts";
import { requireModel } from "./models.ts";
import type { Settings } from "./options.ts";
import { plannedReply } from "./planned-reply.ts";
import { readBody } from "./read-body.ts";
import { costOf, countUsage, type Reply } from "./reply.ts";
import { isSilent, nextTurn, scriptedReply, type ScriptedTurn } from "./script.ts";
import { sendAnswer } from "./send.ts";
import { validateRequest } from "./validate-request.ts";

/** A chat request as it arrived. */
export interface ReceivedRequest {
  /** The validated body, with every field that was sent. */
  readonly body: ChatRequest & JsonObject;
  /** The headers, names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** Whether the client went away before its answer was complete. */
  readonly isDisconnected: boolean;
}

/** Answers `POST /v1/chat/completions`. */
export class ChatEndpoint {
  /** What arrived, oldest first; only the newest are kept. */
  readonly received: ReceivedRequest[] = [];
  readonly #settings: Settings;
  #turns = 0;
  #completions = 0;
  #calls = 0;

  constructor(chosen: Settings) {
    this.#settings = chosen;
  }

  /** Reads, checks and answers one request; throws an `HttpError` for a request that is at fault. */
  async answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = validateRequest(await readBody(incoming));
    requireModel(request.model, this.#settings.models);
    const signal = this.#remember(request, incoming.headers, response);
    const { turn, reply } = await this.#decide(request);
    await sleep(this.#settings.latencyMs + (turn.delayMs ?? 0), undefined, { signal });
    if (turn.hang === true && isSilent(turn)) return;
    await sendAnswer(response, {
      request,
      turn,
      completion: this.#complete(request, reply, turn),
      sse: { delayMs: this.#settings.tokenDelayMs, signal },
    });
  }

  #remember(
    request: ChatRequest,
    headers: IncomingHttpHeaders,
    response: ServerResponse,
  ): AbortSignal {
    const gone = new AbortController();
    response.once("close", () => {
      if (!response.writableFinished) gone.abort();
    });
    this.received.push({
      body: { ...request },
      headers,
      get isDisconnected() {
        return gone.signal.aborted;
      },
    });
    if (this.received.length > maxReceived) this.received.shift();
    return gone.signal;
  }

  async #decide(request: ChatRequest): Promise<{ turn: ScriptedTurn; reply: Reply }> {
    const nextId = (): string => `call_${String(++this.#calls).padStart(8, "0")}`;
    const { script } = this.#settings;
    if (script !== undefined) {
      const turn = await nextTurn(script, request, this.#turns++);
      return { turn, reply: scriptedReply(turn, nextId) };
    }
    return { turn: {}, reply: plannedReply(request, nextId) };
  }

  #complete(request: ChatRequest, reply: Reply, turn: ScriptedTurn): Completion {
    const usage = turn.usage ?? countUsage(request, reply);
    return {
      id: `gen-sim-${String(++this.#completions).padStart(8, "0")}`,
      created: Math.floor(Date.now() / 1000),
      model: request.model,
      reply,
      usage,
      cost: costOf(request.model, usage),
    };
  }
}

/** Enough for any assertion, and no leak in a simulator that runs for days. */
const maxReceived = 1000;
