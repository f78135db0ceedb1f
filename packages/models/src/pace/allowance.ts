import type { Limits } from "./pace.ts";
import type { Ticket } from "./ticket.ts";

/** What fills up all the time and is taken from. */
interface Bucket {
  readonly size: number;
  readonly perMs: number;
  level: number;
  at: number;
}

/** The limits that a user has set. */
export class Allowance {
  readonly #concurrency: number;
  readonly #requests: Bucket | undefined;
  readonly #tokens: Bucket | undefined;
  readonly #open = new Set<Ticket>();

  constructor({ requestsPerMinute, tokensPerMinute, concurrency }: Limits) {
    this.#concurrency = concurrency ?? Number.POSITIVE_INFINITY;
    // A second's worth at once, so that few do not wait at all.
    this.#requests = bucketOf(requestsPerMinute, (perMinute) =>
      Math.max(1, Math.floor(perMinute / 60)),
    );
    // Ten seconds' worth: one request may well be worth a second.
    this.#tokens = bucketOf(tokensPerMinute, (perMinute) => perMinute / 6);
  }

  /** When a request may leave; never, when it depends on the end of another. */
  startAt(now: number, tokens: number): number {
    if (this.#open.size >= this.#concurrency) return Number.POSITIVE_INFINITY;
    return Math.max(enoughAt(this.#requests, 1, now), enoughAt(this.#tokens, tokens, now));
  }

  sent(ticket: Ticket, now: number): void {
    this.#open.add(ticket);
    take(this.#requests, 1, now);
    take(this.#tokens, ticket.tokens, now);
  }

  /** An answer has ended; `tokens` is what it cost, where that is known. */
  ended(ticket: Ticket, tokens: number | undefined): void {
    // One that left before these limits were set does not count.
    if (!this.#open.delete(ticket)) return;
    if (this.#tokens && tokens !== undefined) this.#tokens.level -= tokens - ticket.tokens;
  }
}

/** Full at first. In no minute does more than `perMinute` leave it: its contents and what comes in. */
function bucketOf(
  perMinute: number | undefined,
  sizeOf: (perMinute: number) => number,
): Bucket | undefined {
  if (perMinute === undefined) return undefined;
  const size = sizeOf(perMinute);
  const perMs = Math.max(perMinute - size, size) / 60_000;
  return { size, perMs, level: size, at: performance.now() };
}

/** What is more than a bucket holds leaves when it is full, and leaves it in debt. */
function enoughAt(bucket: Bucket | undefined, cost: number, now: number): number {
  if (!bucket) return 0;
  const needed = Math.min(cost, bucket.size) - levelAt(bucket, now);
  // A billionth: sums of fractions of a millisecond never quite come to one.
  return needed <= 1e-9 ? 0 : now + needed / bucket.perMs;
}

function take(bucket: Bucket | undefined, cost: number, now: number): void {
  if (!bucket) return;
  bucket.level = levelAt(bucket, now) - cost;
  bucket.at = now;
}

function levelAt({ size, perMs, level, at }: Bucket, now: number): number {
  return Math.min(size, level + (now - at) * perMs);
}
