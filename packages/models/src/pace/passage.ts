import { ModelError } from "@pawl/core";

import type { ReplyHead } from "../wire/exchange.ts";
import type { Pacer, Patience } from "./pacer.ts";
import { newTicket, type Ticket } from "./ticket.ts";

/** So often a request may be refused while others are let in. */
const mostShared = 8;

/** About four bytes a token. */
const bytesPerToken = 4;

/** The way of one request past its pacer, attempt by attempt. Without a pacer every way is free. */
export class Passage {
  readonly #pacer: Pacer | undefined;
  readonly #run: object;
  #refusals = 0;
  /** The attempt that is under way. */
  #ticket: Ticket | undefined;
  #heldMs: number | undefined;
  /** How many requests the pacer had let in when this one first left, or was refused last. */
  #letIn: number | undefined;
  #isShared = false;

  constructor(pacer: Pacer | undefined, run: object) {
    this.#pacer = pacer;
    this.#run = run;
  }

  /** About how long the pacer will hold back the next attempt; undefined when the last failure was nothing to it. */
  get heldMs(): number | undefined {
    return this.#heldMs;
  }

  /** Whether the last failure was a refusal while others were let in: it was not this request's turn, and no failure of it. */
  get isShared(): boolean {
    return this.#isShared;
  }

  /** Begins an attempt: at once (undefined), or when it is its turn. @throws ModelError when that would be too late. */
  enter(bytes: number, patience: Patience): Promise<void> | undefined {
    if (!this.#pacer) return undefined;
    this.#letIn ??= this.#pacer.letIn;
    const ticket = newTicket(this.#run, Math.ceil(bytes / bytesPerToken), this.#refusals);
    const turn = this.#pacer.enter(ticket, patience);
    if (!turn) {
      this.#ticket = ticket;
      return undefined;
    }
    return turn.then(() => {
      this.#ticket = ticket;
    });
  }

  /** The answer begins. */
  answered(head: ReplyHead): void {
    if (this.#ticket) this.#pacer?.answered(this.#ticket, head);
  }

  /** The attempt has failed. */
  failed(error: unknown): void {
    this.#heldMs = undefined;
    this.#isShared = false;
    if (this.#ticket && this.#pacer && error instanceof ModelError) {
      const { code, status, retryAfterMs } = error;
      if (code === "rate-limit") {
        this.#refusals += 1;
        const { letIn } = this.#pacer;
        this.#isShared = letIn > (this.#letIn ?? letIn) && this.#refusals <= mostShared;
        this.#letIn = letIn;
        this.#heldMs = this.#pacer.refused(this.#ticket, retryAfterMs);
      } else if (status === 503 && retryAfterMs !== undefined)
        this.#heldMs = this.#pacer.rest(this.#ticket, retryAfterMs);
    }
    this.ended();
  }

  /** The answer has ended, and cost so many tokens where that is known. */
  ended(tokens?: number): void {
    if (this.#ticket) this.#pacer?.ended(this.#ticket, tokens);
    this.#ticket = undefined;
  }
}
