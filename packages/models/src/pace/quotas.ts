import type { Reported } from "./rate-headers.ts";
import type { Ticket } from "./ticket.ts";

/** Nothing waits longer than this for what headers say; a refusal says it more exactly. */
const longestMs = 60_000;

/** A limit that renews sooner is kept by counting what was sent: windows move, and their ends are told in whole seconds. */
const shortMs = 2_000;

/** One limit as the server's headers tell of it. */
interface Quota {
  readonly kind: Reported["kind"];
  readonly limit: number | undefined;
  left: number;
  readonly used: number;
  /** When the request left that this was said to. */
  readonly sentAt: number;
  readonly saidAt: number;
  readonly resetMs: number;
  readonly resetAt: number;
  /** Milliseconds for one more, of a bucket that fills all the time. */
  readonly refillMs: number | undefined;
}

/** What a server's headers say is left: what it is going to refuse need not be sent. */
export class Quotas {
  readonly #quotas = new Map<string, Quota>();

  /** Takes in what an answer said; since it was asked for, more have left, which it could not count. */
  take(reported: readonly Reported[], ticket: Ticket, sent: Ticket["order"]): void {
    const now = performance.now();
    for (const report of reported) {
      const { name, kind, left, resetMs } = report;
      const before = this.#quotas.get(name);
      // An answer that was overtaken tells of what has passed.
      if (resetMs === undefined || (before && before.sentAt > ticket.sentAt)) continue;
      const which = kind === "tokens" ? 1 : 0;
      this.#quotas.set(name, {
        kind,
        limit: report.limit,
        left: left - (sent[which] - ticket.order[which]),
        used: report.limit === undefined ? 0 : report.limit - left,
        sentAt: ticket.sentAt,
        saidAt: now,
        resetMs,
        ...resetOf(report, before, now),
      });
    }
  }

  /** How many requests may leave for all that was said; undefined when nothing was. */
  get room(): number | undefined {
    let room: number | undefined;
    for (const { kind, left } of this.#quotas.values())
      if (kind === "requests") room = Math.min(room ?? left, left);
    return room;
  }

  /** A limit of requests that is used up and renews soon: how many there are in its period. */
  get short(): { readonly requests: number; readonly periodMs: number } | undefined {
    for (const { kind, left, limit, resetMs } of this.#quotas.values())
      if (kind === "requests" && left < 1 && limit !== undefined && resetMs <= shortMs)
        return { requests: limit, periodMs: resetMs };
    return undefined;
  }

  /** When a request of so many tokens may leave. Limits of requests that renew within `knownMs` are known better already. */
  startAt(now: number, tokens: number, knownMs: number): number {
    let at = 0;
    for (const quota of this.#quotas.values())
      if (quota.kind === "tokens" || quota.resetMs > knownMs)
        at = Math.max(at, enoughAt(quota, tokens, now));
    return at;
  }

  sent(ticket: Ticket): void {
    for (const quota of this.#quotas.values())
      quota.left -= quota.kind === "tokens" ? ticket.tokens : 1;
  }

  /** Forgets what is no longer so; true when requests had to wait for that. */
  forget(now: number): boolean {
    let hadToWait = false;
    for (const [name, quota] of this.#quotas) {
      if (quota.resetAt > now) continue;
      this.#quotas.delete(name);
      hadToWait ||= quota.left < 1;
    }
    return hadToWait;
  }
}

/** A bucket takes the longer to fill the more was taken; the end of a window stays where it is. */
function resetOf(
  { limit, left, resetMs = 0 }: Reported,
  before: Quota | undefined,
  now: number,
): Pick<Quota, "resetAt" | "refillMs"> {
  const resetAt = now + resetMs;
  const used = limit === undefined ? 0 : limit - left;
  if (!before || used <= 0) return { resetAt, refillMs: undefined };
  const isBucket =
    used > before.used ? resetMs > before.resetMs + 1 : before.refillMs !== undefined;
  if (isBucket) return { resetAt, refillMs: resetMs / used };
  // Whole seconds are rounded up: of all that was said of the end of one window, the earliest is the nearest.
  const isSame = used >= before.used && before.resetAt > now;
  return { resetAt: isSame ? Math.min(resetAt, before.resetAt) : resetAt, refillMs: undefined };
}

function enoughAt(
  { kind, limit, left, saidAt, resetAt, refillMs }: Quota,
  tokens: number,
  now: number,
): number {
  const cost = kind === "tokens" ? Math.min(tokens, limit ?? tokens) : 1;
  if (left >= cost || resetAt - saidAt > longestMs) return 0;
  if (refillMs === undefined) return resetAt;
  const filledAt = saidAt + (cost - left) * refillMs;
  return filledAt <= now ? 0 : Math.min(resetAt, filledAt);
}
