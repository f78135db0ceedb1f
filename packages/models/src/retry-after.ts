import type { ReplyHead } from "./exchange.ts";
import { numberOf } from "./json.ts";

/** Longer waits are not honoured: a run that sleeps for an hour inside a request helps nobody. */
const longestMs = 60_000;

/**
 * Milliseconds a server asks to wait: `retry-after-ms`, or `retry-after` in seconds (fractions too) or as a date (RFC 9110
 * §10.2.3). Undefined when it asks for nothing, for the past, or for more than a minute.
 */
export function retryAfterMs(headers: ReplyHead["headers"]): number | undefined {
  const exact = numberOf(headers["retry-after-ms"]);
  const seconds = numberOf(headers["retry-after"]);
  const date =
    typeof headers["retry-after"] === "string" ? Date.parse(headers["retry-after"]) : Number.NaN;
  const asked = exact ?? (seconds === undefined ? date - Date.now() : seconds * 1000);
  return asked >= 0 && asked <= longestMs ? asked : undefined;
}
