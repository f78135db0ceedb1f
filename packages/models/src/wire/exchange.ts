import type { Agent, Dispatcher } from "undici";

import type { ByteSource } from "./byte-source.ts";
import { Deadlines } from "./deadlines.ts";
import { networkError } from "./network-error.ts";
import type { AllTimeouts } from "./timeouts.ts";

/** A request ready to be written. */
export interface WireRequest {
  readonly method: "GET" | "POST";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}

/** The first lines of an answer. */
export interface ReplyHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** A reader that is slower than the socket makes the server wait once this much is unread. */
const maxUnread = 64 * 1024;

/** How long the last bytes of an answer that is whole may take. */
const lastBytesMs = 250;

const pools = new Map<number, Promise<Agent>>();

/** One pool of connections for the process, made when the first request needs it. */
function poolFor(connectMs: number): Promise<Agent> {
  let pool = pools.get(connectMs);
  if (!pool) {
    // Undici's own timeouts are off: they count bytes, and heartbeats are bytes. Only a connection attempt ends by its clock.
    pool = import("undici").then(
      ({ Agent }) =>
        new Agent({ headersTimeout: 0, bodyTimeout: 0, connect: { timeout: connectMs } }),
    );
    pools.set(connectMs, pool);
  }
  return pool;
}

/** One HTTP exchange: a request written, a head and a body read, and an end that is always reached. */
export class Exchange implements Dispatcher.DispatchHandler, ByteSource {
  readonly #deadlines: Deadlines;
  readonly #host: string;
  readonly #head = Promise.withResolvers<ReplyHead>();
  readonly #signal: AbortSignal;
  readonly #onAbort = (): void => {
    this.#unread.length = 0;
    this.#fail(this.#signal.reason);
  };
  readonly #unread: Buffer[] = [];
  #unreadBytes = 0;
  #controller: Dispatcher.DispatchController | undefined;
  #failure: { readonly error: unknown } | undefined;
  #isDone = false;
  #lastBytes: NodeJS.Timeout | undefined;
  #wake: (() => void) | undefined;

  private constructor(url: URL, signal: AbortSignal, timeouts: AllTimeouts) {
    this.#host = url.origin;
    this.#signal = signal;
    this.#deadlines = new Deadlines(
      timeouts,
      (error) => this.#fail(error),
      () => this.#unread.length > 0,
    );
    signal.addEventListener("abort", this.#onAbort);
    // Whoever waits for the head sees the failure; so does whoever reads the body.
    this.#head.promise.catch(() => {});
  }

  /** Begins an exchange. Aborting `signal` ends it at once, with the signal's reason. */
  static begin(request: WireRequest, signal: AbortSignal, timeouts: AllTimeouts): Exchange {
    const exchange = new Exchange(request.url, signal, timeouts);
    if (signal.aborted) exchange.#fail(signal.reason);
    else
      poolFor(timeouts.connectMs).then(
        // Undici frees a connection one turn after the end of its answer; a request before that would open a second one.
        (pool) => setImmediate(() => exchange.#dispatch(pool, request)),
        (error: unknown) => exchange.#fail(networkError(error, request.url.origin)),
      );
    return exchange;
  }

  /** @throws ModelError when no answer comes, or the reason of the signal. */
  get head(): Promise<ReplyHead> {
    return this.#head.promise;
  }

  /** Tells the clock that something of the answer has arrived. */
  content(): void {
    this.#deadlines.content();
  }

  /** Tells the clock that the server has said why its answer ends. */
  finished(): void {
    this.#deadlines.finished();
  }

  /** What has arrived since the last read; undefined at the end of the body. */
  async read(): Promise<readonly Buffer[] | undefined> {
    while (this.#unread.length === 0) {
      if (this.#failure) throw this.#failure.error;
      if (this.#isDone) return undefined;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const chunks = this.#unread.splice(0);
    this.#unreadBytes = 0;
    if (this.#controller?.paused) this.#controller.resume();
    return chunks;
  }

  /** Ends the exchange wherever it is. */
  close(): void {
    this.#fail(new Error("The exchange is closed."));
  }

  /**
   * Ends an exchange whose answer is whole. Its last bytes may still be on the way: they get a moment, because a connection
   * that is read to its end serves the next request. A server that never ends its body is not waited for.
   */
  release(): void {
    if (this.#isDone) return;
    this.#deadlines.clear();
    this.#lastBytes = setTimeout(() => this.close(), lastBytesMs);
    this.#lastBytes.unref();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#failure) controller.abort(new Error("The request is no longer wanted."));
    else this.#deadlines.connected();
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: ReplyHead["headers"],
  ): void {
    // 1xx heads announce the real one.
    if (status >= 200) this.#head.resolve({ status, headers });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#lastBytes) return;
    this.#unread.push(chunk);
    this.#unreadBytes += chunk.length;
    if (this.#unreadBytes > maxUnread) controller.pause();
    this.#wake?.();
  }

  onResponseEnd(): void {
    this.#isDone = true;
    this.#letGo();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(networkError(error, this.#host));
  }

  #dispatch(pool: Agent, { method, url, headers, body }: WireRequest): void {
    if (this.#failure) return;
    const path = url.pathname + url.search;
    try {
      pool.dispatch({ origin: url.origin, path, method, headers, body }, this);
    } catch (error) {
      this.#fail(networkError(error, this.#host));
    }
  }

  #fail(error: unknown): void {
    if (this.#failure || this.#isDone) return;
    this.#failure = { error };
    this.#head.reject(error);
    this.#letGo();
    this.#controller?.abort(error instanceof Error ? error : new Error(String(error)));
  }

  #letGo(): void {
    this.#deadlines.clear();
    clearTimeout(this.#lastBytes);
    this.#signal.removeEventListener("abort", this.#onAbort);
    this.#wake?.();
  }
}
