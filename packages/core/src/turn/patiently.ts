import { ModelError } from "../errors.ts";
import { abandon, Interrupted, Scope, TimeOver } from "../scope.ts";

/** What a patient reader reads: made with the signal that is aborted when patience ends. */
type Begin<Value, Result> = (signal: AbortSignal) => AsyncGenerator<Value, Result>;

/**
 * The values of a source, as long as each comes within `idleMs` of being asked for: the time in which the reader is busy with
 * the last one does not count. Without `idleMs` there is no such limit.
 *
 * @throws ModelError with the code `timeout` when one does not.
 */
export function patiently<Value, Result>(
  parent: Scope,
  idleMs: number | undefined,
  begin: Begin<Value, Result>,
): AsyncGenerator<Value, Result> {
  return idleMs === undefined ? begin(parent.signal) : inTime(parent, idleMs, begin);
}

async function* inTime<Value, Result>(
  parent: Scope,
  idleMs: number,
  begin: Begin<Value, Result>,
): AsyncGenerator<Value, Result> {
  const own = new Scope(parent).open();
  let isOver = false;
  let source: AsyncGenerator<Value, Result> | undefined;
  try {
    source = begin(own.signal);
    for (;;) {
      const next = await within(idleMs, source.next());
      if (next.done) {
        isOver = true;
        return next.value;
      }
      yield next.value;
    }
  } catch (error) {
    isOver = !(error instanceof Interrupted);
    if (isOver) throw error;
    // A source that waits for its socket hears of nothing else.
    own.abort(new TimeOver(idleMs));
    const message = `The model said nothing for ${idleMs} ms.`;
    throw new ModelError(message, { code: "timeout", retryable: true });
  } finally {
    own.close();
    // Not awaited: its clean-up may hang on the very thing that was given up.
    if (!isOver && source) void abandon(source);
  }
}

async function within<Value>(ms: number, work: Promise<Value>): Promise<Value> {
  const patience = new Scope(undefined, { ms }).open();
  try {
    return await patience.race(work);
  } finally {
    patience.close();
  }
}
