/**
 * A name in letters, digits, `.`, `-` and `_` alone. No two names become one, and none has a colon left in it: `_` is doubled, or
 * stands before four digits of hex.
 */
export function escapedName(name: string): string {
  return name.replace(/[^A-Za-z0-9.-]/g, (c) =>
    c === "_" ? "__" : `_${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
