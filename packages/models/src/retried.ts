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
  attempt: (number: number) => Promise<Result>,
  { maxRetries, signal }: RetryRules,
): AsyncGenerator<RetryEvent, Result> {
  const waits: RetryEvent[] = [];
  let wake: (() => void) | undefined;
  const shouldRetry = async ({
    error,
    attemptNumber,
  }: {
    error: Error;
    attemptNumber: number;
  }): Promise<boolean> => {
    if (!(error instanceof ModelError) || !error.retryable) return false;
    // What may have been run and billed already is tried once more at the most.
    if (isAmbiguous(error) && attemptNumber > 1) return false;
    const delayMs = error.retryAfterMs ?? backoff(attemptNumber);
    waits.push({ type: "retry", attempt: attemptNumber, delayMs, error });
    wake?.();
    // An abort ends the wait early; `pRetry` then throws the signal's own reason.
    await sleep(delayMs, undefined, { signal }).catch(() => {});
    return true;
  };
  // `minTimeout: 0`: the wait is made above, where the server's own word is known.
  const work = pRetry(attempt, { retries: maxRetries, minTimeout: 0, shouldRetry, signal });
  const end = { isReached: false };
  const reach = (): void => {
    end.isReached = true;
    wake?.();
  };
  work.then(reach, reach);
  for (;;) {
    const wait = waits.shift();
    if (wait) yield wait;
    else if (end.isReached) return await work;
    else await new Promise<void>((resolve) => (wake = resolve));
  }
}

/** Half a second, doubled each time up to eight, less up to a quarter so that runs that failed together do not return together. */
function backoff(attempt: number): number {
  const whole = Math.min(8_000, 500 * 2 ** (attempt - 1));
  return Math.round(whole * (1 - Math.random() / 4));
}
