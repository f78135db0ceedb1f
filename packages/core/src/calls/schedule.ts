/** What a call works on while it runs. Claims on one resource exclude each other, unless both are shared. */
export interface Claim {
  readonly resources: readonly string[];
  /** Whether the call changes them; one that only looks shares them with others that only look. */
  readonly isExclusive: boolean;
}

/** A call's place in the schedule of its answer. */
export interface Place {
  readonly schedule: Schedule;
  readonly index: number;
}

/**
 * Which of the calls of one answer may start. A call waits for a free place and, where it claims resources, for every earlier
 * call that claims one of them too: what touches the same thing happens in the order in which the model asked for it.
 */
export class Schedule {
  readonly #limit: number;
  readonly #calls: Entry[];
  #running = 0;
  #waiting = 0;
  /** All calls before this one are over. */
  #first = 0;

  /** Of each call whether it may claim anything, in call order; `limit` of them run at once. All are being prepared at first. */
  constructor(mayClaim: readonly boolean[], limit: number) {
    this.#limit = limit;
    this.#calls = mayClaim.map((each) => ({ phase: "preparing", mayClaim: each }));
  }

  /**
   * The call is prepared and wants to run: undefined when it may start at once, else a promise of its turn. Places are given
   * in call order, also to calls that are not prepared yet; a call that waits for a resource takes none.
   */
  enter(index: number, claim?: Claim): Promise<void> | undefined {
    const entry = this.#calls[index];
    if (entry?.phase !== "preparing") return undefined;
    entry.phase = "waiting";
    if (claim && claim.resources.length > 0) entry.claim = claim;
    this.#waiting++;
    this.#startAll();
    if (this.#calls[index]?.phase === "running") return undefined;
    return new Promise((resolve) => {
      entry.begin = resolve;
    });
  }

  /** The call is over, or will never run: denied, invalid, waiting for a person. Idempotent. */
  leave(index: number): void {
    const entry = this.#calls[index];
    if (!entry || entry.phase === "over") return;
    if (entry.phase === "running") this.#running--;
    if (entry.phase === "waiting") this.#waiting--;
    entry.phase = "over";
    entry.begin = undefined;
    while (this.#calls[this.#first]?.phase === "over") this.#first++;
    if (this.#waiting > 0) this.#startAll();
  }

  #startAll(): void {
    let preparing = 0;
    let isAnyUnknown = false;
    const claimed = new Claimed();
    for (let i = this.#first; i < this.#calls.length; i++) {
      // Places are counted with the earlier calls that may still want one, so none is left for this call or any after it.
      if (this.#running + preparing >= this.#limit) return;
      const entry = this.#calls[i] as Entry;
      if (entry.phase === "preparing") {
        preparing++;
        isAnyUnknown ||= entry.mayClaim;
      } else if (entry.phase !== "over") {
        const { claim } = entry;
        const isBlocked = claim && (isAnyUnknown || claimed.excludes(claim));
        if (entry.phase === "waiting" && !isBlocked) this.#start(entry);
        if (claim) claimed.add(claim);
      }
    }
  }

  #start(entry: Entry): void {
    entry.phase = "running";
    this.#running++;
    this.#waiting--;
    entry.begin?.();
    entry.begin = undefined;
  }
}

interface Entry {
  readonly mayClaim: boolean;
  phase: "preparing" | "waiting" | "running" | "over";
  claim?: Claim | undefined;
  begin?: (() => void) | undefined;
}

/** What the unfinished calls before a call claim. */
class Claimed {
  readonly #shared = new Set<string>();
  readonly #exclusive = new Set<string>();

  add({ resources, isExclusive }: Claim): void {
    for (const each of resources) (isExclusive ? this.#exclusive : this.#shared).add(each);
  }

  excludes({ resources, isExclusive }: Claim): boolean {
    return resources.some(
      (each) => this.#exclusive.has(each) || (isExclusive && this.#shared.has(each)),
    );
  }
}
