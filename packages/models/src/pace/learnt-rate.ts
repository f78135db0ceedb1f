import { Doubt, firstSlackMs, slackMs } from "./doubt.ts";
import {
  afterTrial,
  earlyStep,
  firstLimit,
  type Limit,
  lowered,
  raised,
  shortestPeriodMs,
} from "./limit.ts";
import { SentLog } from "./sent-log.ts";
import type { Ticket } from "./ticket.ts";
import { Width } from "./width.ts";

/** A refusal comes at once, an answer takes its time: what is open for longer than this was let in. */
const firstPatienceMs = 250;
/** And never less, however soon refusals come. */
const leastPatienceMs = 100;
/** How long nothing is tried after a limit was learnt; doubled each time that a try is refused. */
const firstCalmMs = 8_000;
const longestCalmMs = 120_000;
/** What was learnt is forgotten after this time without a request. */
const memoryMs = 90_000;
/** How much of a limit is used up from here when nobody else uses it. */
const ownShare = 0.8;

/**
 * The pace that a server is found to allow. Nothing is known: few are open at once, and more with each that is let in. One is
 * refused: all wait until what was let in is a period old, a single request finds out, and from then on there are never more
 * in a period than were let in before the refusal. That is safe with windows of any kind: fixed, sliding, or a bucket.
 * Answers and refusals may be slow: what they tell is of the time at which a request left.
 */
export class LearntRate {
  readonly #log = new SentLog();
  /** Let in, ever. */
  #total = 0;
  readonly #width = new Width();
  #limit: Limit | undefined;
  #doubt: Doubt | undefined;
  #holdUntil = 0;
  /** How many were let in since the last doubt. */
  #trust = 0;
  #last: { readonly at: number; readonly total: number } | undefined;
  #calmMs = firstCalmMs;
  #growAt = 0;
  #step = 1;
  /** How long the refusals of the last burst took at most. */
  #refusalMs: number | undefined;
  /** The limit before more than it was tried. */
  #before: Limit | undefined;

  /** Whether a request may well be refused now. */
  get isRisky(): boolean {
    return this.#doubt !== undefined || this.#isNew;
  }

  /** The stretch of time for which a limit was learnt; 0 while there is none. */
  get periodMs(): number {
    return this.#limit?.periodMs ?? 0;
  }

  /** When one more may leave: a time that may have passed; never, when it depends on an answer. */
  startAt(now: number): number {
    if (this.#holdUntil > now) return this.#holdUntil;
    const slot = this.#slotAt();
    if (slot > now) return slot;
    if (!this.#isFull()) return now;
    for (const ticket of this.#log.presume(now, this.#patienceMs)) {
      this.#letIn(ticket, now, true);
      this.#width.presume(ticket);
    }
    this.#width.ripen(now);
    return this.#isFull() ? this.#log.presumedAt(this.#patienceMs) : now;
  }

  sent(ticket: Ticket, now: number): void {
    const last = this.#log.last?.sentAt ?? now;
    if (now - last > memoryMs && this.#holdUntil < now) this.#forget();
    const { periodMs = shortestPeriodMs } = this.#limit ?? {};
    ticket.state = "sent";
    ticket.sentAt = now;
    ticket.countedAt = now + (this.#limit ? slackMs : firstSlackMs);
    this.#log.add(ticket, this.#doubt ? 0 : now - 1.5 * periodMs);
    this.#doubt?.sent(ticket);
  }

  /** A request was let in; `isBusy` when others wait. */
  accepted(ticket: Ticket, now: number, isBusy: boolean): void {
    const wasOpen = ticket.state === "sent";
    this.#log.answered(ticket);
    ticket.countedAt = Math.min(ticket.countedAt, now);
    if (!wasOpen) this.#width.settle(ticket, true);
    else {
      this.#letIn(ticket, now, isBusy);
      // A server is known to bear only what it has borne: one request after the other says nothing of many at once.
      if (isBusy || this.#log.open * 2 >= this.#width.count) this.#width.bear();
    }
  }

  /** A request ended in a way that says nothing of limits. */
  left(ticket: Ticket): void {
    this.#log.answered(ticket);
    this.#width.settle(ticket, false);
    this.#doubt?.left(ticket);
  }

  /** A request was refused; returns when the next may leave. */
  refused(ticket: Ticket, now: number, askedMs: number | undefined): number {
    this.#log.refused(ticket);
    this.#width.settle(ticket, false);
    const tookMs = now - ticket.sentAt;
    this.#refusalMs = this.#doubt ? Math.max(this.#refusalMs ?? 0, tookMs) : tookMs;
    // What left before the last doubt was solved tells of the burst that caused it, and of nothing new.
    if (!this.#doubt && this.#last && ticket.sentAt <= this.#last.at)
      return this.hold(now, askedMs ?? 0);
    const isAsked = askedMs !== undefined && askedMs > 0;
    const burst = { ticket, at: now, isAsked, limit: this.#limit };
    this.#doubt?.refused(ticket);
    this.#doubt ??= new Doubt(this.#log, burst);
    return this.hold(now, this.#doubt.restMs(now, askedMs));
  }

  /** Nothing leaves for so long; returns until when. */
  hold(now: number, forMs: number): number {
    this.#holdUntil = Math.max(this.#holdUntil, now + forMs);
    return this.#holdUntil;
  }

  /** The server has said how many more it will take. */
  widen(width: number): void {
    this.#width.widen(width);
  }

  /** The server has said what its limit is; that is believed where it fits with what left here: others may use the same key. */
  learn({ requests, periodMs }: Limit, now: number): void {
    if (this.#limit || this.#doubt) return;
    if (this.#log.between(now - periodMs, now).length < requests * ownShare) return;
    this.#limit = { requests, periodMs: Math.max(shortestPeriodMs, periodMs) };
    this.#trust = requests;
    this.#last = { at: now, total: this.#total };
    this.#growAt = now + this.#calmMs;
  }

  /** Begins again with few at once: what the server had said is used up. */
  narrow(): void {
    this.#width.narrow();
  }

  get #isNew(): boolean {
    return this.#limit !== undefined && this.#trust < this.#limit.requests;
  }

  /** How long an answer is waited for before it is presumed to be none of a refusal. */
  get #patienceMs(): number {
    return this.#refusalMs === undefined
      ? firstPatienceMs
      : Math.max(leastPatienceMs, this.#refusalMs * 1.5);
  }

  #isFull(): boolean {
    if (this.#doubt) return this.#doubt.isFull;
    if (!this.#limit) return this.#log.open >= this.#width.count;
    return this.#isNew && this.#log.open >= 3 + 2 * this.#trust;
  }

  /** When as many as the limit says are a period old. */
  #slotAt(): number {
    if (!this.#limit || this.#doubt) return 0;
    const { requests, periodMs, isEven } = this.#limit;
    const counted = this.#log.ago(requests)?.countedAt;
    const last = this.#log.last?.sentAt ?? 0;
    // Not all at once: a server with a shorter memory would refuse that.
    const haste = isEven ? 1 : this.#isNew ? 2 : 4;
    const gap = last + periodMs / requests / haste;
    return counted === undefined ? gap : Math.max(gap, counted + periodMs);
  }

  #letIn(ticket: Ticket, now: number, isBusy: boolean): void {
    this.#total += 1;
    this.#trust += 1;
    if (this.#doubt?.isProbe(ticket)) this.#believe(this.#doubt, ticket);
    else if (this.#limit) this.#grow(now, isBusy);
  }

  /** A request was let in again after a refusal: what counted at the refusal was the limit. */
  #believe(doubt: Doubt, probe: Ticket): void {
    const seen = doubt.solved(probe);
    const before = this.#limit;
    const { at, total } = this.#last ?? { at: 0, total: 0 };
    const mean = ((this.#total - total) * doubt.periodMs) / (doubt.at - at);
    if (this.#before && before) {
      this.#limit = afterTrial(this.#before, before);
      this.#calmMs = Math.min(longestCalmMs, this.#calmMs * 2);
    } else if (before) this.#limit = lowered(before, seen, mean);
    else if (seen) this.#limit = firstLimit(seen);
    else this.narrow();
    this.#before = undefined;
    const step = !before && seen && this.#limit ? earlyStep(this.#limit, seen, doubt.isAsked) : 0;
    this.#step = Math.max(1, step);
    this.#growAt = probe.sentAt + (step > 0 ? doubt.periodMs : this.#calmMs);
    this.#last = { at: doubt.at, total: this.#total };
    this.#doubt = undefined;
    this.#trust = 1;
  }

  /** Tries a little more once a limit has held for a while: it may have been lifted. */
  #grow(now: number, isBusy: boolean): void {
    if (!this.#limit || !isBusy || now < this.#growAt) return;
    this.#before = this.#limit;
    this.#limit = raised(this.#limit, this.#step);
    this.#step *= 2;
    this.#growAt = now + (this.#limit.isEven ? 1 : 2) * this.#limit.periodMs;
  }

  #forget(): void {
    this.narrow();
    this.#limit = undefined;
    this.#doubt = undefined;
    this.#last = undefined;
    this.#before = undefined;
    this.#calmMs = firstCalmMs;
  }
}
