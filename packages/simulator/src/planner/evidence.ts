import type { ToolResult } from "./conversation.ts";
import { hitLabel, hitsIn } from "./hits.ts";
import { namesIn } from "./mentions.ts";
import type { QuestionPart } from "./question-parts.ts";
import { isCodeLike, sentencesOf, type Sentence } from "./sentences.ts";
import type { ToolProfile } from "./tool-profile.ts";
import { termsOf, wordsOf } from "./words.ts";

/** A sentence from a result that bears on a part of the question. */
export interface Evidence {
  readonly text: string;
  /** Where it was read: a path, url or id, or the tool with its arguments. */
  readonly source: string;
  /** How much of the question's words it covers, from 0 to 1, rare words weighing more. */
  readonly coverage: number;
  /** The terms of the question that it holds. */
  readonly covers: readonly string[];
}

// Below this a sentence shares words with the question by accident.
const leastCoverage = 0.34;

/** The sentences that bear on a part of the question, best first. */
export function findEvidence(
  part: QuestionPart,
  results: readonly ToolResult[],
  tools: readonly ToolProfile[],
): readonly Evidence[] {
  return ranked(part, results, tools).filter(({ coverage }) => coverage >= leastCoverage);
}

/** The sentence that comes nearest, where none bears on the part: with any of its words, else the first one read. */
export function findNearest(
  part: QuestionPart,
  results: readonly ToolResult[],
  tools: readonly ToolProfile[],
): Evidence | undefined {
  const isListed = ({ call }: ToolResult): boolean =>
    tools.some(({ name, role }) => name === call.name && role.kind === "list");
  const shown = results.filter((result) => !isListed(result));
  const all = ranked(part, shown, tools).filter(({ text }) => wordsOf(text).length > 2);
  const [best] = all;
  if (best === undefined || best.coverage > 0) return best;
  const isRead = ({ call }: ToolResult): boolean =>
    tools.some(({ name, role }) => name === call.name && role.kind === "read");
  const usable = new Map(all.map((one) => [one.text, one]));
  const texts = results.filter(isRead).flatMap(({ text }) => sentencesOf(text));
  return texts.map((one) => usable.get(told(one))).find((one) => one !== undefined) ?? best;
}

function ranked(
  { text: asked, terms }: QuestionPart,
  results: readonly ToolResult[],
  tools: readonly ToolProfile[],
): readonly Evidence[] {
  const all = results
    .filter(({ outcome }) => outcome === "found")
    .flatMap((result) => candidatesIn(result, tools))
    .filter(({ sentence }) => sentence.isCode !== true);
  const prose = all.filter(({ text }) => !isCodeLike(text));
  const candidates = prose.length > 0 ? prose : all;
  const weights = weigh(terms, candidates);
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0) || 1;
  return candidates
    .map((one) => ({ ...one, coverage: covered(one, weights) / total }))
    .map((one) => ({ ...one, rank: rankOf(one, asked) }))
    .toSorted((a, b) => b.rank - a.rank || a.text.length - b.text.length)
    .map(({ sentence, source, coverage, own }) => ({
      text: told(sentence),
      source,
      coverage,
      covers: terms.filter((term) => own.has(term)),
    }));
}

/** Of sentences that cover as much, the one of the right sort goes first. */
function rankOf(
  { text, coverage }: Candidate & { readonly coverage: number },
  asked: string,
): number {
  return coverage + (isOfKind(asked, text) ? 0.2 : 0);
}

/** What to call a result in a list of sources. */
export function sourceOf({ call }: ToolResult, tools: readonly ToolProfile[]): string {
  const role = tools.find(({ name }) => name === call.name)?.role;
  const place = role?.kind === "read" ? call.input[role.main.name] : undefined;
  // A bare number says nothing without the name of the tool.
  return typeof place === "string" && /\D/u.test(place)
    ? place
    : `${call.name}(${JSON.stringify(call.input)})`;
}

/** "Who" is answered by a name, "how many" and "when" by a number. */
function isOfKind(asked: string, text: string): boolean {
  if (/\bwho\b/iu.test(asked)) return namesIn(text).length > 0;
  return (
    /\b(?:how (?:many|much|long|often|old|far)|when|what (?:time|date|year))\b/iu.test(asked) &&
    /\d/u.test(text)
  );
}

interface Candidate {
  readonly sentence: Sentence;
  readonly source: string;
  readonly text: string;
  readonly own: ReadonlySet<string>;
  readonly above: ReadonlySet<string>;
}

function candidatesIn(result: ToolResult, tools: readonly ToolProfile[]): readonly Candidate[] {
  const role = tools.find(({ name }) => name === result.call.name)?.role.kind;
  const hits = role === "search" ? hitsIn(result.text) : [];
  // The mere place of a hit says nothing about what stands there.
  if (hits.length > 0) {
    return hits.flatMap((hit) => sentencesOf(hit.text).map((one) => candidate(one, hitLabel(hit))));
  }
  const source = sourceOf(result, tools);
  return sentencesOf(result.text).map((sentence) => candidate(sentence, source));
}

function candidate(sentence: Sentence, source: string): Candidate {
  const own = new Set(termsOf(sentence.text));
  const above = new Set(termsOf(sentence.heading));
  return { sentence, source, text: sentence.text, own, above };
}

function weigh(
  terms: readonly string[],
  candidates: readonly Candidate[],
): ReadonlyMap<string, number> {
  return new Map(
    terms.map((term) => {
      const holders = candidates.filter(({ own }) => own.has(term)).length;
      return [term, Math.log(1 + (candidates.length + 1) / (holders + 1))];
    }),
  );
}

function covered({ own, above, text }: Candidate, weights: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const [term, weight] of weights) {
    // What stands under a heading is about it.
    if (own.has(term) || above.has(term)) sum += weight;
  }
  // A question found in a document is not its own answer.
  return text.endsWith("?") ? sum / 2 : sum;
}

/** A sentence with its heading, which often names what it speaks of. */
function told({ text, heading }: Sentence): string {
  const names = heading.match(/[\p{L}\p{N}-]{3,}/gu) ?? [];
  const isNamed = names.some((name) => text.toLowerCase().includes(name.toLowerCase()));
  return heading === "" || isNamed ? text : `${heading}: ${text}`;
}
