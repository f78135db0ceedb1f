/** A wrong value as an error message names it: JSON where it has any, which `NaN` and a BigInt do not; and not at any length. */
export function shown(value: unknown): string {
  const isNumber = typeof value === "number" || typeof value === "bigint";
  const text = isNumber ? String(value) : (JSON.stringify(value) ?? typeof value);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
