/** One attempt at a request, as far as its pace goes. */
export interface Ticket {
  /** Whose request it is: turns go round by this. Forgotten when it leaves: what is known of it outlives its run. */
  run: object | undefined;
  /** About how many tokens it will cost. */
  readonly tokens: number;
  /** How often the same request was refused before. */
  readonly refusals: number;
  /** By `performance.now()`; set when it leaves. */
  sentAt: number;
  /** When the server counted it, as far as can be told from here. */
  countedAt: number;
  /** How many requests had left with it, and how many tokens. */
  order: readonly [requests: number, tokens: number];
  /** `presumed`: no answer yet, but a refusal would have come by now. */
  state: "waiting" | "sent" | "presumed" | "answered" | "refused";
}

/** A ticket that has not left yet. */
export function newTicket(run: object, tokens: number, refusals: number): Ticket {
  return { run, tokens, refusals, sentAt: 0, countedAt: 0, order: [0, 0], state: "waiting" };
}
