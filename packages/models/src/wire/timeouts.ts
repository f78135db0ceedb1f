import { checkOptions } from "@pawl/core";

import { shown } from "./checked-fields.ts";

/** How long each part of an exchange may take, in milliseconds; each 1 to 2,147,483,647. */
export interface Timeouts {
  /**
   * Until the request can be written to a connection.
   *
   * @defaultValue 10,000
   */
  readonly connectMs?: number | undefined;
  /**
   * From the start until the first content of a streamed answer. Heartbeats are no content.
   *
   * @defaultValue 120,000
   */
  readonly firstContentMs?: number | undefined;
  /**
   * Between two pieces of content of a streamed answer. Heartbeats are no content.
   *
   * @defaultValue 60,000
   */
  readonly idleMs?: number | undefined;
  /**
   * For one attempt as a whole.
   *
   * @defaultValue 600,000
   */
  readonly totalMs?: number | undefined;
}

/** Timeouts with the defaults filled in. */
export type AllTimeouts = { readonly [Name in keyof Timeouts]-?: number };

const defaults: AllTimeouts = {
  connectMs: 10_000,
  firstContentMs: 120_000,
  idleMs: 60_000,
  totalMs: 600_000,
};

/** A whole answer comes at once, so only the limit on the whole can be kept. */
export function forWhole(timeouts: AllTimeouts): AllTimeouts {
  return { ...timeouts, firstContentMs: timeouts.totalMs, idleMs: timeouts.totalMs };
}

/** @throws TypeError for an unknown name, or a value that no timer can hold. */
export function readTimeouts(where: string, timeouts: Timeouts = {}): AllTimeouts {
  checkOptions(`${where}: "timeouts"`, timeouts, Object.keys(defaults));
  for (const [name, value] of Object.entries(timeouts))
    if (value !== undefined && !isDuration(value))
      throw new TypeError(
        `${where}: "timeouts.${name}" must be milliseconds, 1 to 2147483647, got ${shown(value)}.`,
      );
  const { connectMs = defaults.connectMs, firstContentMs = defaults.firstContentMs } = timeouts;
  const { idleMs = defaults.idleMs, totalMs = defaults.totalMs } = timeouts;
  return { connectMs, firstContentMs, idleMs, totalMs };
}

/** A text would pass for the number in it, and then be compared and added like a text. */
function isDuration(value: unknown): boolean {
  return typeof value === "number" && value >= 1 && value <= 2_147_483_647;
}
