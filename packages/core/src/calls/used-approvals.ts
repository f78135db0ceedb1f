/** How many are remembered; the oldest are forgotten first. */
const most = 10_000;

/**
 * The approvals that calls of an agent have run with. An approval is good for one call: a state that is resumed twice, by a
 * double click or two workers, must not pay twice. Within one process only; nothing else is shared by two processes here.
 */
export class UsedApprovals {
  readonly #used = new Set<string>();

  has(runId: string, callId: string): boolean {
    return this.#used.has(`${runId} ${callId}`);
  }

  /** False when it was used before. */
  use(runId: string, callId: string): boolean {
    if (this.has(runId, callId)) return false;
    this.#used.add(`${runId} ${callId}`);
    const [oldest] = this.#used;
    if (this.#used.size > most && oldest) this.#used.delete(oldest);
    return true;
  }

  /** It was not used after all: its call did not begin. */
  giveBack(runId: string, callId: string): void {
    this.#used.delete(`${runId} ${callId}`);
  }
}
