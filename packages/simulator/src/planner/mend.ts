import type { PlannedCall, ToolResult } from "./conversation.ts";
import { wordsOf } from "./words.ts";

/** The failed call with one argument changed to a value that its error names, when that is what the user meant. */
export function mend({ call, text, outcome }: ToolResult, said: string): PlannedCall | undefined {
  if (outcome !== "failed") return undefined;
  const candidates = namedIn(text);
  for (const [name, value] of Object.entries(call.input)) {
    if (typeof value !== "string" || value === said) continue;
    const better = candidates
      .filter((candidate) => candidate !== value)
      .map((candidate) => ({ candidate, likeness: likeness(candidate, value, said) }))
      .toSorted((a, b) => b.likeness - a.likeness)
      // A tool's text is not to be trusted: only a value like what the user said is taken from it.
      .find((one) => one.likeness >= leastLikeness);
    if (better !== undefined)
      return { ...call, input: { ...call.input, [name]: better.candidate } };
  }
  return undefined;
}

const leastLikeness = 0.5;

function namedIn(text: string): readonly string[] {
  const [, list = ""] = text.match(offer) ?? [];
  const quoted = [...list.matchAll(/"([^"]{1,60})"|'([^']{1,60})'|`([^`]{1,60})`/gu)];
  if (quoted.length > 0) return quoted.map((match) => match.slice(1).find(Boolean) ?? "");
  return list
    .split(/,|\||\bor\b|\band\b|\n/u)
    .map((item) => item.replace(/^[\s[(-]+|[\s\]).?!]+$/gu, ""))
    .filter((item) => /^[\w./@: -]{1,60}$/u.test(item) && wordsOf(item).length <= 5);
}

const offer =
  /(?:did you mean|valid|allowed|known|available|expected|supported|one of|must be|choose|options?|try|existing|possible)\b(?:[^:"'`\n]{0,60}?:|\s+(?:one of|values are|are|is|be))?\s*([^]{1,2000})/iu;

function likeness(candidate: string, value: string, said: string): number {
  const [a, b] = [candidate.toLowerCase(), value.toLowerCase()];
  if (a.includes(b) || b.includes(a)) return 0.9;
  if (wordsOf(said).join(" ").includes(wordsOf(candidate).join(" "))) return 0.8;
  return pairs(a).length === 0 ? 0 : dice(pairs(a), pairs(b));
}

function pairs(text: string): readonly string[] {
  return Array.from({ length: Math.max(0, text.length - 1) }, (_, at) => text.slice(at, at + 2));
}

/** Dice's coefficient: the share of letter pairs that two words have in common. */
function dice(a: readonly string[], b: readonly string[]): number {
  const shared = a.filter((pair) => b.includes(pair)).length;
  return (2 * shared) / (a.length + b.length);
}
