/** How many works run at a time, and what ends them. */
export interface Lanes {
  readonly limit: number;
  readonly signal: AbortSignal;
}

/**
 * The results of all works, in their order, or the first failure. A failure ends the works that are under way and begins no
 * other one; it is thrown when all of them have ended.
 */
export async function allOrNone<Result>(
  works: ReadonlyArray<(signal: AbortSignal) => Promise<Result>>,
  { limit, signal: given }: Lanes,
): Promise<readonly Result[]> {
  const [only] = works;
  if (only && works.length === 1) return [await only(given)];
  const failure = new AbortController();
  const signal = AbortSignal.any([given, failure.signal]);
  const results: Result[] = [];
  // One iterator for all lanes: each takes the next work that nobody has taken.
  const waiting = works.entries();
  const lane = async (): Promise<void> => {
    // After a failure the signal ends whatever would begin.
    for (const [index, work] of waiting) results[index] = await work(signal);
  };
  const lanes = Array.from({ length: Math.min(limit, works.length) }, lane);
  for (const each of lanes) each.catch((error: unknown) => failure.abort(error));
  await Promise.allSettled(lanes);
  failure.signal.throwIfAborted();
  return results;
}
