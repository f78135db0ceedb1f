import { setTimeout as sleep } from "node:timers/promises";

import { ModelError, type RetryEvent } from "@pawl/core";

import { isAmbiguous } from "./network-error.ts";

/** How attempts at one request follow each other. */
export interface RetryRules {
  /** Attempts after the first. */
  readonly maxRetries: number;
  /** The number of the first attempt; 1 when left out. */
  readonly attempt?: number | undefined;
  /** Whether the run may repeat once more. */
  readonly mayRetry?: (() => boolean) | undefined;
  /** About how long the next attempt will be held back by itself after the last failure; undefined when the wait is made here. */
  readonly held?: (() => number | undefined) | undefined;
  /** Whether the last failure was a refusal while others were let in: it does not count as an attempt that failed. */
  readonly isShared?: (() => boolean) | undefined;
  readonly signal: AbortSignal;
}

/** One attempt, by its number. */
export type Attempt<Result> = (number: number, signal: AbortSignal) => Promise<Result>;

/**
 * The one retry layer. Runs `attempt` until it succeeds, fails for good, or has failed once too often, and reports each
 * wait as it begins. An attempt ends where the first visible output begins: what a reader has seen is never asked again.
 */
export async function* retried<Result>(
  attempt: Attempt<Result>,
  rules: RetryRules,
): AsyncGenerator<RetryEvent, Result> {
  const { attempt: number = 1, maxRetries, signal } = rules;
  try {
    return await numbered(number, (first) => attempt(first, signal));
  } catch (error) {
    if (maxRetries === 0 || !(error instanceof ModelError)) throw error;
    return yield* again(attempt, rules, error);
  }
}

/** The attempts after one that failed. By far the most requests have none, so what makes them is loaded here. */
async function* again<Result>(
  attempt: Attempt<Result>,
  { attempt: offset = 1, maxRetries, mayRetry, held, isShared, signal: given }: RetryRules,
  first: ModelError,
): AsyncGenerator<RetryEvent, Result> {
  const { default: pRetry } = await import("p-retry");
  // A reader that leaves at a wait wants no further attempt, nor the one that may be under way.
  const left = new AbortController();
  const signal = AbortSignal.any([given, left.signal]);
  const waits: RetryEvent[] = [];
  const progress = { isOver: false, wake: (): void => {} };
  const report = (wait: RetryEvent): void => {
    waits.push(wait);
    progress.wake();
  };
  // `minTimeout: 0`: the wait is made in `shouldRetry`, where the server's own word is known.
  const work = pRetry(
    (count) =>
      count === 1
        ? Promise.reject(first)
        : numbered(count + offset - 1, (number) => attempt(number, signal)),
    {
      retries: maxRetries,
      minTimeout: 0,
      shouldRetry: ({ error, attemptNumber }) =>
        isWorthIt(error, attemptNumber) && mayRetry?.() !== false
          ? waited({ error, count: attemptNumber, heldMs: held?.() }, signal, report)
          : false,
      shouldConsumeRetry: () => isShared?.() !== true,
      signal: given,
    },
  );
  const end = (): void => {
    progress.isOver = true;
    progress.wake();
  };
  work.then(end, end);
  let isLeft = true;
  try {
    while (!progress.isOver || waits.length > 0) {
      const wait = waits.shift();
      if (wait) yield wait;
      else await new Promise<void>((resolve) => (progress.wake = resolve));
    }
    isLeft = false;
  } finally {
    if (isLeft) left.abort();
  }
  return await work;
}

/** A failure says which attempt it was. */
async function numbered<Result>(
  number: number,
  attempt: (number: number) => Promise<Result>,
): Promise<Result> {
  try {
    return await attempt(number);
  } catch (error) {
    throw error instanceof ModelError ? error.with({ attempt: number }) : error;
  }
}

/** Whether the same request may succeed; `count` is how often it failed. */
function isWorthIt(error: Error, count: number): error is ModelError {
  // Without a status it was never sent: its time would run out while it waits for its turn.
  if (error instanceof ModelError && error.code === "rate-limit" && error.status === undefined)
    return false;
  // What may have been run and billed already is tried once more at the most.
  return error instanceof ModelError && error.retryable && !(isAmbiguous(error) && count > 1);
}

interface Failure {
  readonly error: ModelError;
  readonly count: number;
  readonly heldMs: number | undefined;
}

/** Waits before the next attempt; false when the signal says that there must be none. */
async function waited(
  { error, count, heldMs }: Failure,
  signal: AbortSignal,
  report: (wait: RetryEvent) => void,
): Promise<boolean> {
  const delayMs = heldMs ?? error.retryAfterMs ?? backoff(count);
  report({ type: "retry", attempt: error.attempt ?? count, delayMs, error });
  if (heldMs !== undefined) return !signal.aborted;
  // An abort ends the wait early; of the run's own signal `pRetry` then throws the reason.
  await sleep(delayMs, undefined, { signal }).catch(() => {});
  return !signal.aborted;
}

/** Half a second, doubled each time up to eight, less up to a quarter so that runs that failed together do not return together. */
function backoff(attempt: number): number {
  const whole = Math.min(8_000, 500 * 2 ** (attempt - 1));
  return Math.round(whole * (1 - Math.random() / 4));
}
