import { Bell } from "./bell.ts";

/**
 * Runs `works` side by side, `limit` at a time, started in order. Yields their events as they come and returns their results
 * in the order of the works. A work is asked for its next event only when the last one was taken, so a slow watcher slows
 * the works and fills no buffer.
 */
export async function* inParallel<Event, Result>(
  works: ReadonlyArray<() => AsyncGenerator<Event, Result>>,
  limit: number,
): AsyncGenerator<Event, Result[]> {
  const [only] = works;
  if (only && works.length === 1) return [yield* only()];
  const results: Result[] = [];
  const running = new Set<AsyncGenerator<Event, Result>>();
  const arrived: Arrival<Event, Result>[] = [];
  const bell = new Bell();
  let started = 0;
  let finished = 0;

  const pull = (index: number, work: AsyncGenerator<Event, Result>): void => {
    const arrive = (next: IteratorResult<Event, Result> | undefined, error?: unknown): void => {
      arrived.push({ index, work, next, error });
      bell.ring();
    };
    work.next().then(arrive, (error: unknown) => arrive(undefined, error));
  };
  const startNext = (): void => {
    const work = works[started]?.();
    if (!work) return;
    running.add(work);
    pull(started++, work);
  };

  try {
    while (started < works.length && running.size < limit) startNext();
    while (finished < works.length) {
      if (arrived.length === 0) await bell.wait();
      for (const { index, work, next, error } of arrived.splice(0)) {
        if (!next) throw error;
        if (next.done) {
          results[index] = next.value;
          finished++;
          running.delete(work);
          startNext();
        } else {
          yield next.value;
          pull(index, work);
        }
      }
    }
    return results;
  } finally {
    for (const work of running) work.return(undefined as Result).catch(() => {});
  }
}

interface Arrival<Event, Result> {
  readonly index: number;
  readonly work: AsyncGenerator<Event, Result>;
  readonly next: IteratorResult<Event, Result> | undefined;
  readonly error: unknown;
}
