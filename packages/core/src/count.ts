import { shown } from "./shown.ts";

/** From which number to which a limit may go; both included. */
interface Range {
  readonly least?: number;
  readonly most?: number;
}

/** @throws TypeError when a limit is no whole number, or out of range. */
export function checkCount(
  where: string,
  [option, value]: readonly [string, number],
  { least = 1, most = Number.POSITIVE_INFINITY }: Range = {},
): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const range =
    most === Number.POSITIVE_INFINITY ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new TypeError(
    `${where}: "${option}" must be a whole number ${range}, got ${shown(value)}.`,
  );
}
