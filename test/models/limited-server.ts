import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

import { hello, type Reply, send } from "./server.ts";

/** How a server counts. */
export type Counting = "fixed window" | "sliding log" | "token bucket" | "spaced";

/** Whether a request is within the limit, and what of the limit is left. */
interface Verdict {
  readonly isWithin: boolean;
  readonly left: number;
  /** Milliseconds until there is more. */
  readonly resetMs: number;
}

/** A server with a limit, and what it has done. */
export interface Limited {
  readonly reply: Reply;
  /** Can be changed while it serves. */
  limit: number;
  /** How many requests it has refused. */
  refusals: number;
  /** When it let requests in, by `performance.now()`. */
  readonly letIn: number[];
  /** The bodies that it let in, in order. */
  readonly bodies: string[];
}

/** What decides how a server with a limit answers. */
export interface LimitedOptions {
  readonly counting: Counting;
  readonly limit: number;
  /** @defaultValue 1,000 */
  readonly periodMs?: number;
  /** Headers of refusals. */
  readonly refusal?: (verdict: Verdict) => Record<string, string>;
  /** Headers of all answers. */
  readonly every?: (verdict: Verdict, limit: number) => Record<string, string>;
  /** How long an answer takes. */
  readonly answerMs?: () => number;
}

/** Answers by a limit as real servers do. */
export function limited(options: LimitedOptions): Limited {
  const { counting, periodMs = 1_000, answerMs = () => 5, refusal, every } = options;
  const count = counters[counting](periodMs);
  const state: Limited = {
    limit: options.limit,
    refusals: 0,
    letIn: [],
    bodies: [],
    reply: async (response: ServerResponse, _attempt, { body }) => {
      const verdict = count(performance.now(), state.limit);
      if (verdict.isWithin) {
        state.letIn.push(performance.now());
        state.bodies.push(body);
      } else state.refusals += 1;
      await sleep(answerMs());
      const headers = every?.(verdict, state.limit) ?? {};
      if (verdict.isWithin) send(response, hello, { headers });
      else send(response, refused, { status: 429, headers: { ...headers, ...refusal?.(verdict) } });
    },
  };
  return state;
}

const refused = { error: { message: "Too many requests", type: "requests", code: "rate_limit" } };

const counters: Readonly<
  Record<Counting, (periodMs: number) => (now: number, limit: number) => Verdict>
> = {
  "fixed window": (periodMs) => {
    let window = -1;
    let count = 0;
    return (now, limit) => {
      const resetMs = periodMs - (now % periodMs);
      if (Math.floor(now / periodMs) !== window) [window, count] = [Math.floor(now / periodMs), 0];
      if (count >= limit) return { isWithin: false, left: 0, resetMs };
      count += 1;
      return { isWithin: true, left: limit - count, resetMs };
    };
  },
  "sliding log": (periodMs) => {
    const log: number[] = [];
    return (now, limit) => {
      while (log[0] !== undefined && log[0] <= now - periodMs) log.shift();
      const isWithin = log.length < limit;
      if (isWithin) log.push(now);
      return { isWithin, left: limit - log.length, resetMs: (log[0] ?? now) + periodMs - now };
    };
  },
  "token bucket": (periodMs) => bucket(periodMs),
  /** Three at once and the rest in turn, as nginx's `limit_req` with `burst=2 nodelay`. */
  spaced: (periodMs) => bucket(periodMs, 3),
};

function bucket(
  periodMs: number,
  most = Number.POSITIVE_INFINITY,
): (now: number, limit: number) => Verdict {
  let level = Number.POSITIVE_INFINITY;
  let at = 0;
  return (now, limit) => {
    level = Math.min(limit, most, level + ((now - at) * limit) / periodMs);
    at = now;
    const isWithin = level >= 1;
    if (isWithin) level -= 1;
    return {
      isWithin,
      left: Math.floor(level),
      resetMs: isWithin ? ((limit - level) * periodMs) / limit : ((1 - level) * periodMs) / limit,
    };
  };
}
