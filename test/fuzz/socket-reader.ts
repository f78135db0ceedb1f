import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";

import type { Model, ModelEvent } from "@pawl/core";
import { chatCompletions } from "@pawl/models";

import { essence, type Outcome, outcomeOf, toolNames } from "./outcome.ts";

const tools = [...toolNames].map((name) => ({
  name,
  description: `Tool ${name}`,
  parameters: { type: "object" },
}));

const asWatched = { dialect: "chat-completions", isWatched: true } as const;

/** Reads bodies the long way: from a server, over a socket, by the public API. */
export class SocketReader implements AsyncDisposable {
  readonly #server: Server;
  #model: Model | undefined;
  #body: Buffer = Buffer.alloc(0);

  private constructor() {
    this.#server = createServer(async (request, response) => {
      request.resume();
      response.writeHead(200, { "content-type": "text/event-stream" });
      const third = Math.ceil(this.#body.length / 3);
      for (let at = 0; at < this.#body.length; at += third) {
        response.write(this.#body.subarray(at, at + third));
        await turn();
      }
      response.end();
    });
  }

  static async open(): Promise<SocketReader> {
    const reader = new SocketReader();
    await new Promise<void>((resolve) => reader.#server.listen(0, "127.0.0.1", resolve));
    const { port } = reader.#server.address() as AddressInfo;
    const baseURL = `http://127.0.0.1:${port}/v1`;
    reader.#model = chatCompletions({ baseURL, model: "m", maxRetries: 0 });
    return reader;
  }

  /** What is other than in the process; undefined when all is the same. */
  async difference(body: Buffer): Promise<string | undefined> {
    const inProcess = comparable(await outcomeOf({ reads: [[body]], isBroken: false }, asWatched));
    const overSocket = comparable(await this.#read(body));
    return isDeepStrictEqual(inProcess, overSocket)
      ? undefined
      : `over a socket: ${JSON.stringify(overSocket)}, in the process: ${JSON.stringify(inProcess)}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #read(body: Buffer): Promise<Outcome> {
    this.#body = body;
    const events: ModelEvent[] = [];
    try {
      const answer = this.#model?.respond({
        run: { id: "run" },
        requestId: "run.1",
        messages: [{ role: "user", content: "Go on." }],
        tools,
        toolChoice: "auto",
        isWatched: true,
        signal: AbortSignal.timeout(2_000),
      });
      for (;;) {
        const next = await answer?.next();
        if (!next || next.done) return { events, message: next?.value, end: "released" };
        events.push(next.value);
      }
    } catch (error) {
      return { events, error, end: "closed" };
    }
  }
}

/** Without what rests on the request: an estimate of its tokens, and ids that were used in it. */
function comparable(outcome: Outcome): unknown {
  const { usage, toolCalls, ...rest } = essence(outcome) as NonNullable<Outcome["message"]>;
  return {
    ...rest,
    usage: usage?.isEstimated ? undefined : usage,
    toolCalls: toolCalls?.map(({ name, input, invalid }) => ({ name, input, invalid })),
  };
}
