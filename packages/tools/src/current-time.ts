import { checkOptions, tool, type Tool } from "@pawl/core";
import { z } from "zod";

/** How {@link currentTime} tells the time. */
export interface CurrentTimeOptions {
  /**
   * The clock: called once a call, for tests and for runs that live in another time.
   *
   * @defaultValue the computer's clock
   */
  readonly now?: (() => Date) | undefined;
}

/** What {@link currentTime} is asked. */
export interface CurrentTimeInput {
  readonly timeZone?: string | undefined;
}

/** One moment, as machines and as people in one time zone write it. */
export interface CurrentTime {
  /** In UTC: `2026-03-01T23:30:00.000Z`. */
  readonly iso: string;
  readonly timeZone: string;
  /** In `timeZone`: `Monday, 2026-03-02 00:30:00 GMT+01:00`. */
  readonly local: string;
}

/**
 * A tool that tells the date, weekday and time in any time zone.
 *
 * @throws TypeError when an option is unknown or `now` is no function.
 */
export function currentTime(
  options: CurrentTimeOptions = {},
): Tool<"current_time", CurrentTimeInput, CurrentTime, unknown> {
  checkOptions("currentTime", options, ["now"]);
  const { now = () => new Date() } = options;
  if (typeof now !== "function")
    throw new TypeError('currentTime: "now" must be a function that returns a Date.');
  return tool({
    name: "current_time",
    description: "Tells the current date, weekday and time, in UTC or in a given time zone.",
    inputSchema: z.object({
      timeZone: z
        .string()
        .max(100)
        .optional()
        .describe('IANA name such as "Europe/Berlin". Default: "UTC".'),
    }),
    effect: "read",
    execute: ({ timeZone = "UTC" }) => timeIn(timeZone, now()),
  });
}

function timeIn(timeZone: string, moment: Date): CurrentTime {
  const format = formatFor(timeZone);
  // Built from parts because the punctuation of ready-made formats changes from one Node to the next.
  const parts = Object.fromEntries(
    format.formatToParts(moment).map(({ type, value }) => [type, value]),
  ) as Readonly<Record<Intl.DateTimeFormatPartTypes, string>>;
  const { weekday, year, month, day, hour, minute, second, timeZoneName } = parts;
  // Some versions of ICU leave out an offset of nothing.
  const offset = timeZoneName === "GMT" ? "GMT+00:00" : timeZoneName;
  return {
    iso: moment.toISOString(),
    timeZone: format.resolvedOptions().timeZone,
    local: `${weekday}, ${year}-${month}-${day} ${hour}:${minute}:${second} ${offset}`,
  };
}

function formatFor(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
      weekday: "long",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
      timeZoneName: "longOffset",
    });
  } catch (cause) {
    throw new Error(
      `"${timeZone}" is no known time zone: use an IANA name such as "Europe/Berlin" or "America/New_York", or "UTC".`,
      { cause },
    );
  }
}
