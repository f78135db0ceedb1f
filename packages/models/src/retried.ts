import { setTimeout as sleep } from "node:timers/promises";

import { ModelError, type RetryEvent } from "@pawl/core";
import pRetry from "p-retry";

import { isAmbiguous } from "./network-error.ts";

/** How attempts at one request follow each other. */
export interface RetryRules {
  /** Attempts after the first. */
  readonly maxRetries: number;
  readonly signal: AbortSignal;
}

/**
 * The one retry layer. Runs `attempt` until it succeeds, fails for good, or has failed once too often, and reports each
 * wait as it begins. An attempt ends where the first visible output begins: what a reader has seen is never asked again.
 */
export async function* retried<Result>(
  attempt: (number: number, signal: AbortSignal) => Promise<Result>,
  rules: RetryRules,
): AsyncGenerator<RetryEvent, Result> {
  // A reader that leaves at a wait wants no further attempt, nor the one that may be under way. The first one has no wait
  // before it, and by far the most requests have no other.
  let later: Leaving | undefined;
  const waits: RetryEvent[] = [];
  const progress = { isOver: false, wake: (): void => {} };
  const report = (wait: RetryEvent): void => {
    waits.push(wait);
    progress.wake();
  };
  // `minTimeout: 0`: the wait is made in `shouldRetry`, where the server's own word is known.
  const work = pRetry((number) => attempt(number, later?.signal ?? rules.signal), {
    retries: rules.maxRetries,
    minTimeout: 0,
    shouldRetry: (failure) => waitAfter(failure, (later ??= leaving(rules.signal)).signal, report),
    signal: rules.signal,
  });
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
    if (isLeft) later?.leave();
  }
  return await work;
}

/** A signal that follows another one, and can be fired by the reader's leaving. */
interface Leaving {
  readonly signal: AbortSignal;
  leave(): void;
}

function leaving(signal: AbortSignal): Leaving {
  const left = new AbortController();
  return { signal: AbortSignal.any([signal, left.signal]), leave: () => left.abort() };
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
