import type { Ticket } from "./ticket.ts";

/** The requests that left lately and were not refused, in the order in which they left. */
export class SentLog {
  readonly #tickets: Ticket[] = [];
  /** What comes before is no longer of interest. */
  #first = 0;
  /** What comes before is answered, or presumed to be let in. */
  #settled = 0;
  #open = 0;

  /** How many left a moment ago and may still be refused. */
  get open(): number {
    return this.#open;
  }

  get last(): Ticket | undefined {
    return this.#tickets.at(-1);
  }

  /** The one that left `count` requests ago. */
  ago(count: number): Ticket | undefined {
    const at = this.#tickets.length - count;
    return at < this.#first ? undefined : this.#tickets[at];
  }

  add(ticket: Ticket, forgetBefore: number): void {
    this.#tickets.push(ticket);
    this.#open += 1;
    for (let old = this.#tickets[this.#first]; old && old.sentAt < forgetBefore;) {
      if (old.state === "sent") this.#let(old);
      old = this.#tickets[++this.#first];
    }
    if (this.#first > 256 && this.#first * 2 > this.#tickets.length) {
      this.#tickets.splice(0, this.#first);
      this.#settled = Math.max(0, this.#settled - this.#first);
      this.#first = 0;
    }
  }

  /** Notes that one was answered. */
  answered(ticket: Ticket): void {
    if (ticket.state === "sent") this.#open -= 1;
    ticket.state = "answered";
  }

  /** Takes out one that was refused: it counts for nothing. */
  refused(ticket: Ticket): void {
    if (ticket.state === "sent") this.#open -= 1;
    ticket.state = "refused";
    const at = this.#tickets.lastIndexOf(ticket);
    if (at < 0) return;
    this.#tickets.splice(at, 1);
    if (at < this.#first) this.#first -= 1;
    if (at < this.#settled) this.#settled -= 1;
  }

  /** Those that are presumed to be let in from now on. */
  presume(now: number, patienceMs: number): readonly Ticket[] {
    const presumed: Ticket[] = [];
    for (; this.#settled < this.#tickets.length; this.#settled += 1) {
      const ticket = this.#tickets[this.#settled];
      if (ticket?.state !== "sent") continue;
      if (ticket.sentAt + patienceMs > now) break;
      this.#let(ticket);
      presumed.push(ticket);
    }
    return presumed;
  }

  /** When the next one will be presumed to be let in; never when all are answered. */
  presumedAt(patienceMs: number): number {
    const ticket = this.#tickets[this.#settled];
    return ticket?.state === "sent" ? ticket.sentAt + patienceMs : Number.POSITIVE_INFINITY;
  }

  /** Those that the server counted after one time and that left until another. */
  between(countedAfter: number, sentUntil: number): readonly Ticket[] {
    return this.#tickets
      .slice(this.#first)
      .filter((ticket) => ticket.countedAt > countedAfter && ticket.sentAt <= sentUntil);
  }

  #let(ticket: Ticket): void {
    ticket.state = "presumed";
    this.#open -= 1;
  }
}
