import type { Ticket } from "./ticket.ts";

/** How many may be open at once at first: a single agent never has that many. */
const firstWidth = 4;
/** Twice what a limit of ten lets in, when its windows change in between: up to here there is no evidence. */
const evidence = 20;
/** A request without an answer counts as borne after this time: slow servers refuse slowly, too. */
const proofMs = 450;

/** How many requests may be open at once while no limit is known: more with each that the server has borne. */
export class Width {
  #count = firstWidth;
  #borne = 0;
  /** Presumed to be let in, in the order in which they left. */
  readonly #presumed = new Set<Ticket>();

  get count(): number {
    return this.#count;
  }

  /** Begins again with few. */
  narrow(): void {
    this.#borne = 0;
    this.#count = firstWidth;
  }

  /** The server has said how many more it will take. */
  widen(count: number): void {
    this.#count = Math.max(this.#count, count);
  }

  /** One was let in while the width was in use. */
  bear(): void {
    this.#borne += 1;
    if (this.#borne > evidence) this.#count += 2;
  }

  /** One is presumed to be let in; that counts once it is certain. */
  presume(ticket: Ticket): void {
    this.#presumed.add(ticket);
  }

  /** The answer to one has come, or will never. */
  settle(ticket: Ticket, isLetIn: boolean): void {
    if (this.#presumed.delete(ticket) && isLetIn) this.bear();
  }

  /** Counts those that have been without an answer for long. */
  ripen(now: number): void {
    for (const ticket of this.#presumed) {
      if (ticket.sentAt + proofMs > now) return;
      this.settle(ticket, true);
    }
  }
}
