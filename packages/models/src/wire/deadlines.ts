import { ModelError } from "@pawl/core";

import type { AllTimeouts } from "./timeouts.ts";

/** How long a server that has said why its answer ends may take for the rest, such as the bill. */
const lastWordsMs = 2_000;

/**
 * The clock of one attempt. One timer serves all deadlines: content only notes the time, and the timer looks at its end
 * whether it still has to wait. So a token costs no timer.
 */
export class Deadlines {
  readonly #timeouts: AllTimeouts;
  readonly #expire: (error: ModelError) => void;
  readonly #isUnread: () => boolean;
  readonly #startedAt = performance.now();
  #phase: "connect" | "first content" | "idle" | "last words" = "connect";
  #since = this.#startedAt;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #isOver = false;

  /** Nothing is idle while `isUnread`: it is then the reader who is waited for. */
  constructor(timeouts: AllTimeouts, expire: (error: ModelError) => void, isUnread: () => boolean) {
    this.#timeouts = timeouts;
    this.#expire = expire;
    this.#isUnread = isUnread;
    this.#arm();
  }

  /** The request is on its way. */
  connected(): void {
    this.#phase = "first content";
    this.#since = this.#startedAt;
    this.#arm();
  }

  /** Something of the answer has arrived; heartbeats do not count. */
  content(): void {
    this.#since = performance.now();
    if (this.#phase !== "idle" && this.#phase !== "last words") this.#enter("idle");
  }

  /** The server has said why its answer ends. */
  finished(): void {
    if (this.#phase !== "last words") this.#enter("last words");
  }

  /** Stops the clock for good: what arrived before the end may still be looked at after it. */
  clear(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  #enter(phase: "idle" | "last words"): void {
    this.#phase = phase;
    this.#arm();
  }

  /** A timer that is set too early finds out when it fires, and is set anew; so most deadlines never set one. */
  #arm(): void {
    const end = Math.min(this.#phaseEnd(), this.#wholeEnd());
    if (this.#isOver || end >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = end;
    // A timer may fire up to a millisecond early, so the wait is rounded up.
    const left = Math.max(0, Math.ceil(end - performance.now()));
    this.#timer = setTimeout(() => this.#look(), left);
  }

  #look(): void {
    this.#timerAt = Number.POSITIVE_INFINITY;
    const now = performance.now();
    if (now >= this.#wholeEnd())
      this.#end(`The answer was not complete within ${this.#timeouts.totalMs} ms.`);
    else if (now < this.#phaseEnd()) this.#arm();
    else if (this.#isUnread()) {
      this.#since = now;
      this.#arm();
    } else if (this.#phase === "connect")
      this.#end(`No connection within ${this.#timeouts.connectMs} ms.`);
    else if (this.#phase !== "first content")
      this.#end(`Nothing of the answer came for ${this.#timeouts.idleMs} ms.`);
    else this.#end(`No answer began within ${this.#timeouts.firstContentMs} ms.`);
  }

  #phaseEnd(): number {
    const { connectMs, firstContentMs, idleMs } = this.#timeouts;
    return (
      this.#since +
      {
        connect: connectMs,
        "first content": firstContentMs,
        idle: idleMs,
        "last words": Math.min(idleMs, lastWordsMs),
      }[this.#phase]
    );
  }

  #wholeEnd(): number {
    return this.#startedAt + this.#timeouts.totalMs;
  }

  #end(message: string): void {
    // A request that was never written cannot have been run or billed; any other may have been.
    const code = this.#phase === "connect" ? "network" : "timeout";
    this.#expire(new ModelError(message, { code, retryable: true }));
  }
}
