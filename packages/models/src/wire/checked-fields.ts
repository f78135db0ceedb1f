import { checkOptions } from "@pawl/core";

/** An option that is a number: what it is called on the wire, and from where to where it goes. */
export interface NumberField {
  readonly wire: string;
  readonly min: number;
  readonly max?: number;
  readonly isWhole?: boolean;
}

/**
 * Those of the options that are numbers and were given, by their names on the wire.
 *
 * @throws TypeError for one that is out of range; `where` is the function that the user called.
 */
export function numberFields<Fields extends Readonly<Record<string, NumberField>>>(
  where: string,
  options: { readonly [Name in keyof Fields]?: unknown },
  fields: Fields,
): Record<string, unknown> {
  const written: Record<string, unknown> = {};
  for (const [name, field] of Object.entries<NumberField>(fields)) {
    const value = options[name];
    if (value === undefined) continue;
    if (!isWithin(value, field))
      throw new TypeError(`${where}: "${name}" must be ${wordsOf(field)}, got ${shown(value)}.`);
    written[field.wire] = value;
  }
  return written;
}

/** @throws TypeError for options that are no object, before anything is taken out of them. */
export function checkGivenOptions(where: string, options: unknown): void {
  checkOptions(where, options, Object.keys(Object(options)));
}

/** @throws TypeError for a value that is given and neither true nor false. */
export function checkSwitch(where: string, name: string, value: unknown): void {
  if (value !== undefined && typeof value !== "boolean")
    throw new TypeError(`${where}: "${name}" must be true or false, got ${JSON.stringify(value)}.`);
}

/** A wrong value for an error; `NaN` and its like are no JSON. */
export function shown(value: unknown): string {
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}

function isWithin(value: unknown, { min, max = Infinity, isWhole }: NumberField): boolean {
  const isFit = isWhole ? Number.isSafeInteger(value) : Number.isFinite(value);
  return isFit && (value as number) >= min && (value as number) <= max;
}

function wordsOf({ min, max, isWhole }: NumberField): string {
  return `a ${isWhole ? "whole " : ""}number ${max === undefined ? `of at least ${min}` : `from ${min} to ${max}`}`;
}
