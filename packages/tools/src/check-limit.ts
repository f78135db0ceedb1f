/**
 * Refuses a limit that limits nothing: `option` is named as its user writes it, such as `readFile: "maxBytes"`.
 *
 * @throws TypeError when `value` is no whole number of `least` or more.
 */
export function checkLimit(option: string, value: unknown, least = 1): void {
  if (Number.isSafeInteger(value) && Number(value) >= least) return;
  throw new TypeError(
    `${option} must be a whole number of ${least} or more, got ${String(value)}.`,
  );
}
