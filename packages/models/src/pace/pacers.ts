import type { Limits } from "./pace.ts";
import { Pacer } from "./pacer.ts";

/** Which pacer an endpoint's requests go by. */
export interface Pacing {
  /** The address and the key. Never shown. */
  readonly key: string;
  readonly limits: Limits;
  /** The limits as a text; empty when there are none. */
  readonly name: string;
}

/** What nobody has used for so long has nothing to remember. */
const idleMs = 120_000;

const pacers = new Map<string, Pacer>();

/** The limits of a user for one address and key. */
export function pacingOf(key: string, limits: Limits): Pacing {
  const { requestsPerMinute = 0, tokensPerMinute = 0, concurrency = 0 } = limits;
  const isSet = requestsPerMinute + tokensPerMinute + concurrency > 0;
  const name = isSet ? [requestsPerMinute, tokensPerMinute, concurrency].join("/") : "";
  return { key, limits, name };
}

/** The one pacer of the process for an address and key. */
export function pacerFor({ key, limits, name }: Pacing): Pacer {
  let pacer = pacers.get(key);
  if (!pacer) {
    forgetIdle();
    pacer = new Pacer();
    pacers.set(key, pacer);
  }
  if (name !== "") pacer.restrict(name, limits);
  return pacer;
}

/** Looked after when one is added: so the map grows with what is in use, and needs no timer. */
function forgetIdle(): void {
  const now = performance.now();
  for (const [key, pacer] of pacers)
    if (pacer.isIdle && now - pacer.usedAt > idleMs) pacers.delete(key);
}
