import type { Passage } from "./passages.ts";
import { searchWordsOf, wordsOf } from "./words.ts";

/** A passage that answers to some of the words, and how well; higher is better, only within one search. */
export interface RankedPassage {
  readonly path: string;
  /** The line with most of the words. */
  readonly line: number;
  readonly text: string;
  readonly score: number;
}

/**
 * Ranks passages by BM25 (https://en.wikipedia.org/wiki/Okapi_BM25) as they come in. It keeps those that have a word of
 * the query and only counts the others.
 */
export class Ranking {
  private readonly words: readonly string[];
  private readonly candidates: Candidate[] = [];
  private readonly passagesWith = new Map<string, number>();
  private passages = 0;
  private totalLength = 0;

  /** @throws Error when the query has no word to look for. */
  constructor(query: string) {
    this.words = searchWordsOf(query);
    if (this.words.length === 0)
      throw new Error("The query has no words: ask with a few words that the text may contain.");
  }

  add(path: string, passage: Passage): void {
    const body = wordsOf(passage.lines.join("\n"));
    this.passages += 1;
    this.totalLength += body.length;
    const title = wordsOf(`${path} ${passage.headings.join(" ")}`);
    const counts = this.counts(body, title);
    if (counts.size === 0) return;
    for (const word of counts.keys())
      this.passagesWith.set(word, (this.passagesWith.get(word) ?? 0) + 1);
    this.candidates.push({ path, passage, counts, length: body.length });
  }

  best(limit: number): readonly RankedPassage[] {
    return this.candidates
      .map((candidate) => ({ candidate, score: this.score(candidate) }))
      .toSorted((a, b) => b.score - a.score || order(a.candidate, b.candidate))
      .slice(0, limit)
      .map(({ candidate, score }) => this.shown(candidate, score));
  }

  /** What stands in the file's name or the heading belongs to the passage too, but is said by every other one below it. */
  private counts(body: readonly string[], title: readonly string[]): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const word of this.words) {
      const count =
        body.filter((each) => each === word).length + (title.includes(word) ? titleWeight : 0);
      if (count > 0) counts.set(word, count);
    }
    return counts;
  }

  private score({ counts, length }: Candidate): number {
    const average = this.totalLength / this.passages || 1;
    let sum = 0;
    for (const [word, count] of counts) {
      const frequency = this.passagesWith.get(word) ?? 0;
      const rarity = Math.log(1 + (this.passages - frequency + 0.5) / (frequency + 0.5));
      sum += (rarity * count * 2.2) / (count + 1.2 * (0.25 + (0.75 * length) / average));
    }
    // Two of the words once are worth more than one of them often.
    return sum * (0.5 + (0.5 * counts.size) / this.words.length);
  }

  private shown({ path, passage, counts }: Candidate, score: number): RankedPassage {
    const found = passage.lines.map(
      (line) => new Set(wordsOf(line).filter((word) => counts.has(word))).size,
    );
    const offset = found.indexOf(Math.max(...found));
    const best = passage.lines[offset] ?? "";
    const text = [...passage.headings, ...passage.lines].join("\n");
    return {
      path,
      line: passage.line + offset,
      text: excerpt(text, text.indexOf(best) + firstWord(best, counts)),
      score: Number(score.toFixed(4)),
    };
  }
}

interface Candidate {
  readonly path: string;
  readonly passage: Passage;
  readonly counts: ReadonlyMap<string, number>;
  readonly length: number;
}

const titleWeight = 1;
const maxText = 1800;

function order(a: Candidate, b: Candidate): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return a.passage.line - b.passage.line;
}

function firstWord(line: string, words: ReadonlyMap<string, number>): number {
  for (const { 0: written, index } of line.matchAll(/[\p{L}\p{N}]+/gu))
    if (wordsOf(written).some((word) => words.has(word))) return index;
  return 0;
}

/** Only a file with very long lines, such as minified code, needs this. */
function excerpt(text: string, around: number): string {
  if (text.length <= maxText) return text;
  const start = Math.max(0, Math.min(around - maxText / 2, text.length - maxText));
  return `${start > 0 ? "…" : ""}${text.slice(start, start + maxText)}…`.toWellFormed();
}
