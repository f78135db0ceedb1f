import { doubled, type Evidence, few, type Limit, shortestPeriodMs } from "./limit.ts";
import type { SentLog } from "./sent-log.ts";
import type { Ticket } from "./ticket.ts";

/** How much later than sent a request may be counted, once its connection is open. */
export const slackMs = 30;
/** And before: connections are opened for the first ones. */
export const firstSlackMs = 100;
/** How many find out at once when the server itself has said how long to wait. */
const askedProbes = 3;

/** The first refusal of a burst, and what was known then. */
interface Refusal {
  readonly ticket: Ticket;
  /** When it came. */
  readonly at: number;
  /** Whether the server says how long to wait. */
  readonly isAsked: boolean;
  /** The limit that it goes against. */
  readonly limit: Limit | undefined;
}

/** What is known of a refusal until a request is let in again. */
export class Doubt {
  readonly at: number;
  readonly isAsked: boolean;
  readonly #limit: Limit | undefined;
  readonly #log: SentLog;
  /** About when the server decided on it. */
  readonly #decidedAt: number;
  /** The request that is under way to find out. */
  #probe: Ticket | undefined;
  /** How many such requests were refused. */
  #probes = 0;

  constructor(log: SentLog, { ticket, at, isAsked, limit }: Refusal) {
    this.#log = log;
    this.at = at;
    this.isAsked = isAsked;
    this.#limit = limit;
    this.#decidedAt = Math.min(at, ticket.sentAt + (limit ? slackMs : firstSlackMs));
  }

  /** Whether as many are under way to find out as may be. */
  get isFull(): boolean {
    if (!this.#probe) return false;
    const isTold = this.isAsked && !this.#limit && this.#probes === 0;
    return !isTold || this.#log.open >= askedProbes || this.#counted.length <= few;
  }

  sent(ticket: Ticket): void {
    this.#probe ??= ticket;
  }

  /** Whether this is the request that finds out. */
  isProbe(ticket: Ticket): boolean {
    return this.#probe === ticket;
  }

  /** The request that was to find out ended in a way that says nothing. */
  left(ticket: Ticket): void {
    if (this.#probe === ticket) this.#probe = undefined;
  }

  refused(ticket: Ticket): void {
    if (this.#probe !== ticket) return;
    this.#probe = undefined;
    this.#probes += 1;
  }

  /** How long to wait from now on, when the server asks for so much. */
  restMs(now: number, askedMs: number | undefined): number {
    // The rest of a burst is told the same as its first: to wait so long, from then.
    const since = !this.#probe && this.#probes === 0 ? now - this.at : 0;
    return Math.max(0, (askedMs ?? 0) - since, this.#ownRestMs(now, askedMs));
  }

  /** What was learnt, now that a request was let in again; undefined when nothing counted at the refusal. */
  solved(probe: Ticket): Evidence | undefined {
    const counted = this.#counted;
    const [first] = counted;
    if (!first) return undefined;
    const { periodMs } = this;
    const from = (ticket: Ticket): number => Math.max(0, this.#decidedAt - ticket.sentAt);
    return {
      requests: counted.length,
      least: Math.max(
        ...counted.map((one, index) => (counted.length - index) / (1 + from(one) / periodMs)),
      ),
      overMs: from(first),
      probes: this.#probes,
      spanMs: probe.sentAt - first.countedAt,
    };
  }

  get periodMs(): number {
    return this.#limit?.periodMs ?? shortestPeriodMs;
  }

  /** What counted when the server refused. */
  get #counted(): readonly Ticket[] {
    return this.#log.between(this.#decidedAt - this.periodMs, this.#decidedAt);
  }

  #ownRestMs(now: number, askedMs: number | undefined): number {
    const { periodMs } = this;
    const counted = this.#counted;
    const [first] = counted;
    if (!first) return askedMs ?? backoff(this.#probes);
    // So few may be all that is let in at once, of more in a period: then one more is, soon.
    const isBurst = !this.#limit && counted.length <= few;
    if (isBurst && this.#probes === 0) return first.countedAt + periodMs * 0.3 - now;
    const probes = this.#probes - (isBurst ? 1 : 0);
    if (probes > 1) return doubled(periodMs, probes - 1);
    // Not a sliding window then, but a fixed one, which ends within a period from the refusal.
    if (probes === 1) return this.#decidedAt + slackMs + periodMs - now;
    return Math.max(first.countedAt + periodMs - now, this.#limit ? periodMs / 4 : 0);
  }
}

/** Half a second, doubled each time, less up to a quarter so that processes that were refused together do not return together. */
function backoff(count: number): number {
  return Math.round(doubled(500, count) * (1 - Math.random() / 4));
}
