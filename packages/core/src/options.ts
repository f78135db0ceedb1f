/**
 * Refuses options that nobody reads: a misspelt limit must not be a limit that silently is not there.
 *
 * @throws TypeError naming the unknown option and the nearest known one.
 */
export function checkOptions(where: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw new TypeError(
      `${where} takes an object of options, got ${options === null ? "null" : Array.isArray(options) ? "a list" : typeof options}.`,
    );
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const near = known.find((each) => distance(each.toLowerCase(), name.toLowerCase()) <= 2);
    throw new TypeError(
      `${where}: unknown option "${name}". ${near ? `Did you mean "${near}"?` : `Known options: ${known.join(", ")}.`}`,
    );
  }
}

/** Levenshtein distance, one row at a time. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next[j] = Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1);
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
