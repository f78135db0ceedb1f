import { checkOptions } from "@pawl/core";

/**
 * How fast requests may be made. All models of one address and key share it, in the whole process; where they set different
 * limits, all of them hold. What the server allows is found out besides: from its headers, and from what it refuses.
 */
export interface Pace {
  /**
   * The most requests of any minute, at least 1. Up to a second's worth of them leave at once.
   *
   * @defaultValue no limit but the server's
   */
  readonly requestsPerMinute?: number | undefined;
  /**
   * The most tokens of about a minute, at least 1: of requests by an estimate until the server has counted them.
   *
   * @defaultValue no limit but the server's
   */
  readonly tokensPerMinute?: number | undefined;
  /**
   * The most requests at once, until the ends of their answers; a whole number of at least 1.
   *
   * @defaultValue no limit but the server's
   */
  readonly concurrency?: number | undefined;
}

/** Limits of a user, checked. */
export type Limits = Pace;

const names = ["requestsPerMinute", "tokensPerMinute", "concurrency"] as const;

/** Undefined when requests are not to be paced at all. @throws TypeError for an unknown name, or a number that is no limit. */
export function readPace(where: string, pace: Pace | false = {}): Limits | undefined {
  if (pace === false) return undefined;
  if (typeof pace !== "object" || pace === null)
    throw new TypeError(
      `${where}: "pace" must be an object of limits such as { requestsPerMinute: 60 }, or false for no pacing, got ${String(pace)}.`,
    );
  checkOptions(`${where}: "pace"`, pace, names);
  for (const name of names) {
    const value = pace[name];
    if (value === undefined) continue;
    const isWhole = name !== "concurrency" || Number.isInteger(value);
    if (typeof value !== "number" || !(value >= 1 && value < Number.POSITIVE_INFINITY) || !isWhole)
      throw new TypeError(
        `${where}: "pace.${name}" must be a ${name === "concurrency" ? "whole " : ""}number of at least 1, got ${String(value)}; leave it out for no limit.`,
      );
  }
  return pace;
}
