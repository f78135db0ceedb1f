import { ModelError } from "@pawl/core";

import type { ReplyHead } from "../wire/exchange.ts";
import { Allowance } from "./allowance.ts";
import { FairQueue } from "./fair-queue.ts";
import { LearntRate } from "./learnt-rate.ts";
import type { Limits } from "./pace.ts";
import { Quotas } from "./quotas.ts";
import { rateHeaders, type Reported } from "./rate-headers.ts";
import type { Ticket } from "./ticket.ts";

/** Of what the headers say is left, a twentieth leaves at once: limits of minutes are kept by the second. */
const widthShare = 20;

/** How long a request may wait, and what calls it off. */
export interface Patience {
  readonly signal: AbortSignal;
  readonly totalMs: number;
}

/** A request that waits. */
interface Waiting {
  readonly owner: object;
  readonly ticket: Ticket;
  /** By `performance.now()`. */
  readonly deadline: number;
  readonly go: () => void;
  readonly fail: (error: unknown) => void;
}

/** Decides when the requests to one address with one key leave. Costs no promise and no timer while there is room. */
export class Pacer {
  readonly #rate = new LearntRate();
  readonly #quotas = new Quotas();
  readonly #allowances = new Map<string, Allowance>();
  readonly #queue = new FairQueue<Waiting>();
  #isQuoted = false;
  #open = 0;
  #sentRequests = 0;
  #sentTokens = 0;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  /** How many requests were let in, ever. */
  letIn = 0;
  /** When it was last of use, by `performance.now()`. */
  usedAt = 0;

  /** Whether nothing is under way. */
  get isIdle(): boolean {
    return this.#open === 0 && this.#queue.size === 0;
  }

  /** Adds the limits of a user. */
  restrict(name: string, limits: Limits): void {
    if (!this.#allowances.has(name)) this.#allowances.set(name, new Allowance(limits));
  }

  /** Lets a request leave: at once (undefined), or when it is its turn. @throws ModelError when that would be too late. */
  enter(ticket: Ticket, patience: Patience): Promise<void> | undefined {
    const now = performance.now();
    this.usedAt = now;
    const at = this.#startAt(ticket, now);
    if (this.#queue.size === 0 && at <= now) {
      this.#send(ticket, now);
      return undefined;
    }
    if (at > now + patience.totalMs && at < Number.POSITIVE_INFINITY)
      return Promise.reject(tooLate(patience.totalMs, at - now));
    return this.#wait(ticket, patience, now);
  }

  /** An answer begins. What its status refuses is told by {@link Pacer.refused}. */
  answered(ticket: Ticket, { status, headers }: ReplyHead): void {
    const now = performance.now();
    const reported = rateHeaders(headers);
    if (reported.length > 0) this.#take(reported, ticket, now);
    if (status < 300) {
      this.letIn += 1;
      this.#rate.accepted(ticket, now, this.#queue.size > 0);
    } else if (status !== 429) this.#rate.left(ticket);
    if (this.#queue.size > 0) this.#look();
  }

  /** The server is asked too often: nothing leaves for a while. Returns about how long the request will wait. */
  refused(ticket: Ticket, askedMs: number | undefined): number {
    const now = performance.now();
    const until = this.#rate.refused(ticket, now, askedMs);
    return this.#held(Math.max(until, this.#startAt(ticket, now)), now);
  }

  /** The server wants a rest, for reasons that have nothing to do with how often it is asked. */
  rest(ticket: Ticket, forMs: number): number {
    const now = performance.now();
    this.left(ticket);
    return this.#held(this.#rate.hold(now, forMs), now);
  }

  /** A request ended before its answer, or in a way that says nothing of limits. */
  left(ticket: Ticket): void {
    if (ticket.state === "sent" || ticket.state === "presumed") this.#rate.left(ticket);
    if (this.#queue.size > 0) this.#look();
  }

  /** The end of an answer, with what it cost where that is known. Comes once for each request that left. */
  ended(ticket: Ticket, tokens?: number): void {
    this.left(ticket);
    this.#open -= 1;
    if (this.#allowances.size === 0) return;
    for (const allowance of this.#allowances.values()) allowance.ended(ticket, tokens);
    if (this.#queue.size > 0) this.#look();
  }

  #take(reported: readonly Reported[], ticket: Ticket, now: number): void {
    this.#isQuoted = true;
    this.#quotas.take(reported, ticket, [this.#sentRequests, this.#sentTokens]);
    this.#rate.widen((this.#quotas.room ?? 0) / widthShare);
    const { short } = this.#quotas;
    if (short) this.#rate.learn(short, now);
  }

  #startAt(ticket: Ticket, now: number): number {
    if (this.#isQuoted && this.#quotas.forget(now)) this.#rate.narrow();
    let at = this.#rate.startAt(now);
    if (this.#isQuoted)
      at = Math.max(at, this.#quotas.startAt(now, ticket.tokens, this.#rate.periodMs));
    if (this.#allowances.size > 0)
      for (const allowance of this.#allowances.values())
        at = Math.max(at, allowance.startAt(now, ticket.tokens));
    return at;
  }

  #send(ticket: Ticket, now: number): void {
    this.#open += 1;
    this.#sentRequests += 1;
    this.#sentTokens += ticket.tokens;
    ticket.order = [this.#sentRequests, this.#sentTokens];
    ticket.run = undefined;
    this.#rate.sent(ticket, now);
    if (this.#isQuoted) this.#quotas.sent(ticket);
    if (this.#allowances.size > 0)
      for (const allowance of this.#allowances.values()) allowance.sent(ticket, now);
  }

  #wait(ticket: Ticket, { signal, totalMs }: Patience, now: number): Promise<void> {
    if (signal.aborted) return Promise.reject(signal.reason);
    const deadline = now + totalMs;
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
        this.#queue.remove(waiting);
        settle();
      };
      const onAbort = (): void => {
        end(() => reject(signal.reason));
        this.#look();
      };
      const waiting: Waiting = {
        owner: ticket.run ?? ticket,
        ticket,
        deadline,
        go: () => end(resolve),
        fail: (error) => end(() => reject(error)),
      };
      const timer = setTimeout(() => {
        waiting.fail(tooLate(totalMs, undefined));
        this.#look();
      }, Math.ceil(totalMs));
      signal.addEventListener("abort", onAbort);
      this.#queue.put(waiting, ticket.refusals > 0);
      this.#look();
    });
  }

  /** Whose turn it is; what was refused before does not take a risk that another can take. */
  #next(): Waiting | undefined {
    return this.#rate.isRisky
      ? this.#queue.next(({ ticket }) => ticket.refusals === 0)
      : this.#queue.next();
  }

  /** Lets leave what may leave, and sets the timer for the rest. */
  #look(): void {
    for (let next = this.#next(); next; next = this.#next()) {
      const now = performance.now();
      const at = this.#startAt(next.ticket, now);
      if (at > now) {
        this.#arm(at, now);
        return;
      }
      this.#queue.take(next);
      this.#send(next.ticket, now);
      next.go();
    }
    this.#arm(Number.POSITIVE_INFINITY, 0);
  }

  /** One timer for all that wait. It keeps the process alive; without anything that waits there is none. */
  #arm(at: number, now: number): void {
    if (at === this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    if (at === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(
      () => {
        this.#timerAt = Number.POSITIVE_INFINITY;
        this.#look();
      },
      Math.ceil(at - now),
    );
  }

  /** Everything waits until then: what cannot wait so long need not wait at all. Returns about how long a refused request will. */
  #held(until: number, now: number): number {
    for (const { deadline, fail } of this.#queue.all((waiting) => waiting.deadline < until))
      fail(tooLate(Math.round(deadline - now), until - now));
    if (this.#queue.size > 0) this.#look();
    return Math.max(0, Math.round(until - now));
  }
}

/** The request was never sent. */
function tooLate(leftMs: number, waitMs: number | undefined): ModelError {
  return new ModelError(
    `The server is asked too often, and the request could not be sent within the ${leftMs} ms that "timeouts.totalMs" left it.`,
    {
      code: "rate-limit",
      retryable: true,
      retryAfterMs: waitMs === undefined ? undefined : Math.ceil(waitMs),
    },
  );
}
