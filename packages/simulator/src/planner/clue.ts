import type { Parameter } from "./parameter.ts";

/** The words that arguments are looked for in, and what of them has been used up. */
export interface Clue {
  /** What the user said. */
  readonly text: string;
  /** Values that already went to a parameter; one mention fills one parameter. */
  readonly used: Set<string>;
  /** The words of the tool's name: "invoice" in `get_invoice` tells what its `id` is an id of. */
  readonly toolWords: readonly string[];
  /** The names of all parameters, as words: where one is spoken of, the value of another ends. */
  readonly labels: readonly string[];
  /** How many required parameters share a type, by type. */
  readonly siblings: Readonly<Record<string, number>>;
}

/** A clue nobody has used yet. */
export function clue(
  text: string,
  toolWords: readonly string[],
  parameters: readonly Parameter[],
): Clue {
  const siblings: Record<string, number> = {};
  for (const { type, isRequired } of parameters) {
    if (isRequired) siblings[type] = (siblings[type] ?? 0) + 1;
  }
  const labels = parameters.map(({ words }) => words.join(" "));
  return { text, used: new Set(), toolWords, labels, siblings };
}

/** The first of some candidates that no parameter has used, marked as used. */
export function take(candidates: readonly string[], { used }: Clue): string | undefined {
  const free = candidates.find((candidate) => !used.has(candidate));
  if (free !== undefined) used.add(free);
  return free;
}
