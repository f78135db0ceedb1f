import { setTimeout as sleep } from "node:timers/promises";

import { ModelError, type RetryEvent } from "@pawl/core";

import { isAmbiguous } from "./network-error.ts";

/** How attempts at one request follow each other. */
export interface RetryRules {
  /** Attempts after the first. */
  readonly maxRetries: number;
  readonly signal: AbortSignal;
}

/** One attempt, numbered from 1. */
export type Attempt<Result> = (number: number, signal: AbortSignal) => Promise<Result>;

/**
 * The one retry layer. Runs `attempt` until it succeeds, fails for good, or has failed once too often, and reports each
 * wait as it begins. An attempt ends where the first visible output begins: what a reader has seen is never asked again.
 */
export async function* retried<Result>(
  attempt: Attempt<Result>,
  rules: RetryRules,
): AsyncGenerator<RetryEvent, Result> {
  try {
    return await attempt(1, rules.signal);
  } catch (error) {
    if (rules.maxRetries === 0 || !(error instanceof ModelError)) throw error;
    return yield* again(attempt, rules, error);
  }
}

/** The attempts after one that failed. By far the most requests have none, so what makes them is loaded here. */
async function* again<Result>(
  attempt: Attempt<Result>,
  { maxRetries, signal: given }: RetryRules,
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
    (number) => (number === 1 ? Promise.reject(first) : attempt(number, signal)),
    {
      retries: maxRetries,
      minTimeout: 0,
      shouldRetry: (failure) => waitAfter(failure, signal, report),
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

interface Failure {
  readonly error: Error;
  readonly attemptNumber: number;
}

/** Whether another attempt may follow a failure; says so after the wait before it. */
async function waitAfter(
  { error, attemptNumber }: Failure,
  signal: AbortSignal,
  report: (wait: RetryEvent) => void,
): Promise<boolean> {
  if (!(error instanceof ModelError) || !error.retryable) return false;
  // What may have been run and billed already is tried once more at the most.
  if (isAmbiguous(error) && attemptNumber > 1) return false;
  const delayMs = error.retryAfterMs ?? backoff(attemptNumber);
  report({ type: "retry", attempt: attemptNumber, delayMs, error });
  // An abort ends the wait early; of the run's own signal `pRetry` then throws the reason.
  await sleep(delayMs, undefined, { signal }).catch(() => {});
  return !signal.aborted;
}

/** Half a second, doubled each time up to eight, less up to a quarter so that runs that failed together do not return together. */
function backoff(attempt: number): number {
  const whole = Math.min(8_000, 500 * 2 ** (attempt - 1));
  return Math.round(whole * (1 - Math.random() / 4));
}
