import type { ReplyHead } from "./exchange.ts";
import { numberOf } from "./json.ts";

/** Longer waits are not honoured: a run that sleeps for an hour inside a request helps nobody. */
const longestMs = 60_000;

/**
 * Milliseconds a server asks to wait: `retry-after-ms`, or `retry-after` in seconds (fractions too) or as a date (RFC 9110
 * §10.2.3). Undefined when it asks for nothing, for the past, or for more than a minute.
 */
export function retryAfterMs(headers: ReplyHead["headers"]): number | undefined {
  const exact = numberOf(first(headers["retry-after-ms"]));
  const after = first(headers["retry-after"]);
  const seconds = numberOf(after);
  const date = after === undefined ? Number.NaN : Date.parse(after);
  const asked = exact ?? (seconds === undefined ? date - Date.now() : seconds * 1000);
  return asked >= 0 && asked <= longestMs ? asked : undefined;
}

/** What stands between a server and us may add the header that is there already. */
function first(value: ReplyHead["headers"][string]): string | undefined {
  return typeof value === "object" ? value[0] : value;
}
