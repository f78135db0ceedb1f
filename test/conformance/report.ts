/** One line of a report. */
export interface Line {
  readonly id: string;
  readonly rule: string;
  readonly outcome: "pass" | "fail" | "not supported";
  /** Why, or what was seen. */
  readonly details: readonly string[];
  readonly ms: number;
}

/** A report as a table with a sum below it. */
export function table(lines: readonly Line[]): string {
  const width = Math.max(2, ...lines.map(({ id }) => id.length));
  const rows = lines.flatMap(({ id, rule, outcome, details, ms }) => [
    `${id.padEnd(width)}  ${outcome.padEnd(13)}  ${String(Math.round(ms)).padStart(6)}  ${rule}`,
    ...details.map((detail) => `${" ".repeat(width + 25)}${detail}`),
  ]);
  const head = `${"id".padEnd(width)}  ${"outcome".padEnd(13)}  ${"ms".padStart(6)}  rule`;
  return [head, ...rows, summary(lines)].join("\n");
}

/** A report for programs. */
export function document(lines: readonly Line[]): string {
  return JSON.stringify({ ...counts(lines), lines }, null, 2);
}

function summary(lines: readonly Line[]): string {
  const { passed, failed, notSupported } = counts(lines);
  const lack = notSupported > 0 ? `, ${notSupported} not supported` : "";
  return `${lines.length} run: ${passed} passed, ${failed} failed${lack}.`;
}

function counts(lines: readonly Line[]) {
  const count = (wanted: Line["outcome"]): number =>
    lines.filter(({ outcome }) => outcome === wanted).length;
  return {
    passed: count("pass"),
    failed: count("fail"),
    notSupported: count("not supported"),
  };
}
