import type { QuestionPart } from "./question-parts.ts";
import type { ToolProfile } from "./tool-profile.ts";
import { isStopWord, termOf, termsOf } from "./words.ts";

/** A tool that a part of the question seems to be about. */
export interface ToolMatch {
  readonly tool: ToolProfile;
  /** How much of it the part speaks of: 3 is one word of its name. */
  readonly score: number;
}

/** A word of the name is a match; so are two of the description. */
const matchThreshold = 2;

/** The tools that a part speaks of, best first. */
export function matchTools(
  part: QuestionPart,
  tools: readonly ToolProfile[],
): readonly ToolMatch[] {
  const vocabularies = tools.map(vocabularyOf);
  const scored = tools.map((tool, index) => {
    const hits = part.terms.map((term): [string, number] => [
      term,
      vocabularies[index]?.get(term) ?? 0,
    ]);
    const score = hits.reduce((sum, [, weight]) => sum + weight, 0);
    // A word that every tool has tells none of them apart.
    const rank = hits.reduce(
      (sum, [term, weight]) => sum + weight / sharers(term, vocabularies),
      0,
    );
    return { tool, score, rank };
  });
  return scored
    .filter(({ score }) => score >= matchThreshold)
    .toSorted((a, b) => b.rank - a.rank || b.score - a.score)
    .map(({ tool, score }) => ({ tool, score }));
}

function vocabularyOf(tool: ToolProfile): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  const add = (terms: readonly string[], weight: number): void => {
    for (const term of terms) weights.set(term, Math.max(weights.get(term) ?? 0, weight));
  };
  add(tool.words.filter(isTelling).map(termOf), 3);
  for (const { schema, words, description } of tool.parameters) {
    const choices = schema["enum"];
    if (Array.isArray(choices)) add(termsOf(choices.map(String).join(" ")), 2);
    add(words.filter(isTelling).map(termOf), 1.5);
    add(termsOf(description), 0.5);
  }
  add(termsOf(tool.description), 1);
  return weights;
}

function isTelling(word: string): boolean {
  return word.length > 1 && !isStopWord(word) && !genericVerbs.has(word);
}

function sharers(term: string, all: readonly ReadonlyMap<string, number>[]): number {
  return Math.max(1, all.filter((vocabulary) => (vocabulary.get(term) ?? 0) >= 1).length) ** 0.5;
}

const genericVerbs: ReadonlySet<string> = new Set(
  `get set run make execute call fetch read open list search find lookup query tool function api id name
  value input text type data by`.split(/\s+/u),
);
