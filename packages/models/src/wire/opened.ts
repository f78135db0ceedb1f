import type { Passage } from "../pace/passage.ts";
import type { ByteSource } from "./byte-source.ts";
import { Exchange, type ReplyHead, type WireRequest } from "./exchange.ts";
import { inflated } from "./inflated.ts";
import type { AllTimeouts } from "./timeouts.ts";

/** One attempt at a request: when it may go, how long it may take, and what ends it. */
export interface Attempt {
  readonly passage: Passage;
  readonly timeouts: AllTimeouts;
  readonly signal: AbortSignal;
}

/** An answer of which the first lines have arrived. */
export interface Opened {
  readonly head: ReplyHead;
  /** What follows them; whoever opened it ends it. */
  readonly source: ByteSource;
}

/** Sends a request in its turn; settles with the head of the answer, whatever its status. */
export async function opened(
  { passage, timeouts, signal }: Attempt,
  request: WireRequest,
): Promise<Opened> {
  const { totalMs } = timeouts;
  const turn = passage.enter(request.body?.length ?? 0, { signal, totalMs });
  const exchange = Exchange.begin(
    request,
    signal,
    turn ? await leftAfter(turn, timeouts) : timeouts,
  );
  try {
    const head = await exchange.head;
    passage.answered(head);
    const isCoded = head.headers["content-encoding"] !== undefined;
    return { head, source: isCoded ? await inflated(exchange, head) : exchange };
  } catch (error) {
    exchange.close();
    throw error;
  }
}

/** What a wait leaves of the time of an attempt. */
async function leftAfter(turn: Promise<void>, timeouts: AllTimeouts): Promise<AllTimeouts> {
  const start = performance.now();
  await turn;
  return { ...timeouts, totalMs: Math.max(1, timeouts.totalMs - (performance.now() - start)) };
}
