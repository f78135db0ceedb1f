/** The runs of each session that has any: the first is at work, the others wait, first come first served. */
const queues = new Map<string, SessionTurn[]>();

/** A run's turn with a session: from the moment it asks for it until it leaves. */
export class SessionTurn {
  readonly #sessionId: string;
  /** The turn of the run that this one was started in, by a tool of it or by its session. */
  #outer: SessionTurn | undefined;
  readonly #begun: PromiseWithResolvers<void> = Promise.withResolvers();
  #hasLeft = false;

  constructor(sessionId: string, outer?: SessionTurn) {
    this.#sessionId = sessionId;
    this.#outer = outer;
    // Work that a run left behind may start a run, and so on for ever: those who have ended are forgotten here.
    this.#outside();
  }

  /**
   * Gets in line; settles when all that came before have left. Whoever has entered must leave, also when it gave up waiting.
   *
   * @throws Error when a run that this one is a part of could only end after it: both would wait for ever.
   */
  enter(): Promise<void> {
    const queue = queues.get(this.#sessionId);
    if (queue) {
      this.#checkFor(queue[0]);
      queue.push(this);
    } else {
      queues.set(this.#sessionId, [this]);
      this.#begun.resolve();
    }
    return this.#begun.promise;
  }

  leave(): void {
    this.#hasLeft = true;
    const queue = queues.get(this.#sessionId) ?? [];
    const index = queue.indexOf(this);
    if (index === -1) return;
    queue.splice(index, 1);
    if (queue.length === 0) queues.delete(this.#sessionId);
    const [next] = queue;
    if (next) next.#begun.resolve();
  }

  /** Two runs may also wait for each other crosswise, each at work in the session that a tool of the other wants. */
  #checkFor(holder: SessionTurn | undefined): void {
    const outer = this.#outside();
    if (outer.size === 0 || !holder) return;
    // A set may grow while it is gone through.
    const blockers = new Set([holder]);
    for (const each of blockers) {
      if (outer.has(each))
        throw new Error(
          "it is in use by a run that cannot end before this one, which was started by a tool of it or by the session itself, and both would wait for ever; these may start runs without a session, or with another one.",
        );
      for (const next of each.#waitsFor()) blockers.add(next);
    }
  }

  /** The turns, with this session or others, of the runs that this one is a part of and that have not ended. */
  #outside(): ReadonlySet<SessionTurn> {
    const turns = new Set<SessionTurn>();
    for (let each = this.#nextOutside(); each; each = each.#nextOutside()) turns.add(each);
    return turns;
  }

  #nextOutside(): SessionTurn | undefined {
    let outer = this.#outer;
    while (outer && outer.#hasLeft) outer = outer.#outer;
    this.#outer = outer;
    return outer;
  }

  /** The runs behind which runs stand that this one's tools have started. */
  *#waitsFor(): Generator<SessionTurn> {
    for (const [first, ...waiting] of queues.values())
      if (first && waiting.some((each) => each.#outside().has(this))) yield first;
  }
}

/** How many sessions have runs at work or waiting. */
export function busySessions(): number {
  return queues.size;
}
