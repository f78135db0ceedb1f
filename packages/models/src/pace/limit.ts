/** So many requests in any stretch of so many milliseconds. */
export interface Limit {
  readonly requests: number;
  readonly periodMs: number;
  /** Whether they have to be spread evenly: the server takes few at once. */
  readonly isEven?: boolean | undefined;
}

/** The period of a limit until it shows to be longer. A little more than what servers say: clocks and networks differ. */
export const shortestPeriodMs = 1_010;

/** Who refuses after so few may take few at once, whatever it takes in a period. */
export const few = 5;

/** A server that lets in for longer than this share of a period before it refuses has shown more than its limit. */
const longShare = 0.62;

/** Nothing is held for longer on a mere guess. */
const longestMs = 60_000;

/** What was let in before a refusal, and how long it took to be let in again. */
export interface Evidence {
  /** In the last period. */
  readonly requests: number;
  /** The smallest bucket that would have let them in. */
  readonly least: number;
  /** From the first of them until the refusal. */
  readonly overMs: number;
  /** How many single requests were refused before one was let in. */
  readonly probes: number;
  /** From the first of them until one was let in again. */
  readonly spanMs: number;
}

/** The first limit that is learnt: as much as was let in before the refusal, or less where that was more than the limit. */
export function firstLimit({ requests, least, overMs, probes, spanMs }: Evidence): Limit {
  if (requests <= few)
    return { requests, periodMs: probes === 1 ? shortestPeriodMs : spanMs, isEven: true };
  if (probes > 1) return { requests, periodMs: spanMs };
  // A bucket lets in what it holds and what comes in, and two windows follow each other: up to twice the limit.
  if (overMs > longShare * shortestPeriodMs)
    return { requests: Math.round(Math.max(requests / 2, least)), periodMs: shortestPeriodMs };
  // Refused once more: the window changed while these were let in, so there were too many of them for one.
  return { requests: requests - probes, periodMs: shortestPeriodMs };
}

/** A limit that turned out too high; `mean` is what was let in by the period since it was last corrected. */
export function lowered(limit: Limit, seen: Evidence | undefined, mean: number): Limit {
  const { requests, periodMs } = limit;
  const counted = seen?.requests ?? 0;
  if (requests === 1) return { ...limit, periodMs: Math.min(longestMs, periodMs * 1.5) };
  if (counted < requests) return { ...limit, requests: Math.max(counted, Math.ceil(requests / 2)) };
  // A bucket lets in its contents first; how fast it fills shows between two refusals.
  const least = Math.ceil(requests * 0.85);
  return { ...limit, requests: Math.min(requests - 1, Math.max(least, Math.floor(mean))) };
}

/** A limit that has held for a while may have been lifted, or was guessed too low: a little more of it is tried, and each time more. */
export function raised(limit: Limit, step: number): Limit {
  return { ...limit, requests: limit.requests + Math.max(step, Math.ceil(limit.requests / 20)) };
}

/** What is left of a trial that was refused: of an even limit, which is raised in great steps, a part. */
export function afterTrial(before: Limit, tried: Limit): Limit {
  const more = before.isEven ? Math.floor((tried.requests - before.requests) / 3) : 0;
  return { ...before, requests: before.requests + more };
}

/** How much more is tried early on of a limit that may have been guessed too low; 0 when it may not. */
export function earlyStep(limit: Limit, { requests }: Evidence, isAsked: boolean): number {
  if (limit.isEven) return limit.periodMs < shortestPeriodMs ? 0 : limit.requests;
  // A server that says how long to wait makes each trial dear.
  return limit.requests < requests && !isAsked ? 1 : 0;
}

/** The wait after `count` single requests were refused. */
export function doubled(periodMs: number, count: number): number {
  return Math.min(longestMs, periodMs * 2 ** count);
}
