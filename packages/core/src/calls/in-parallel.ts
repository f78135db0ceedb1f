import { Bell } from "../bell.ts";

/**
 * Runs `works` side by side, started in order. Yields their events as they come and returns their results in the order of the
 * works. A work is asked for its next event only when the last one was taken, so a slow watcher slows the works and fills no
 * buffer.
 */
export async function* inParallel<Event, Result>(
  works: ReadonlyArray<AsyncGenerator<Event, Result>>,
): AsyncGenerator<Event, Result[]> {
  const results: Result[] = [];
  const running = new Set(works);
  const arrived: Arrival<Event, Result>[] = [];
  const bell = new Bell();
  let finished = 0;

  const pull = (index: number, work: AsyncGenerator<Event, Result>): void => {
    const arrive = (next: IteratorResult<Event, Result> | undefined, error?: unknown): void => {
      arrived.push({ index, work, next, error });
      bell.ring();
    };
    work.next().then(arrive, (error: unknown) => arrive(undefined, error));
  };
  try {
    for (const [index, work] of works.entries()) pull(index, work);
    while (finished < works.length) {
      if (arrived.length === 0) await bell.wait();
      for (const { index, work, next, error } of arrived.splice(0)) {
        if (!next) throw error;
        if (next.done) {
          results[index] = next.value;
          finished++;
          running.delete(work);
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
