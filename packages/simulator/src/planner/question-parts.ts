import { contentWords, termsOf, wordsOf } from "./words.ts";

/** One thing that a question asks for. */
export interface QuestionPart {
  /** The part as it was written. */
  readonly text: string;
  /** Its content words, as written, in lower case. */
  readonly words: readonly string[];
  /** Its content words without inflection, with those of the part before when it only says "it". */
  readonly terms: readonly string[];
}

/** The things that a question asks for, in order. */
export function questionParts(
  question: string,
  verbs: ReadonlySet<string>,
): readonly QuestionPart[] {
  const pieces = question
    .split(boundaries)
    .flatMap((piece) => splitAtAnd(piece, verbs))
    .map((piece) => piece.replace(/^[\s,;]*(?:(?:and|then|also)\b\s*)*|[\s,;]+$/giu, "").trim())
    .filter((piece) => piece !== "");
  const parts: QuestionPart[] = [];
  for (const text of pieces) {
    if (isOnlyPresentation(text)) continue;
    const before = parts.at(-1);
    const words = contentWords(text);
    // "it" alone means what was spoken of before.
    const isReferring = before !== undefined && pronouns.test(text);
    const terms = [...termsOf(text), ...(isReferring ? before.terms : [])];
    parts.push({ text, words: isReferring ? [...words, ...before.words] : words, terms });
  }
  return parts;
}

/** A part made of a whole text. */
export function wholePart(text: string): QuestionPart {
  return { text: text.trim(), words: contentWords(text), terms: termsOf(text) };
}

/** Ends of sentences, semicolons, and the marks of numbered or dashed lists. */
const boundaries =
  /(?<=[?!])\s+|(?<=[^\d\s.]\.|\d{2}\.)\s+(?=[\p{Lu}\d])|;\s+|\n\s*(?:[-*•]\s+|\(?\d+[.)]\s+)?|^\s*(?:[-*•]\s+|\(?\d+[.)]\s+)/gu;

const pronouns = /\b(?:it|its|they|them|their|this|that one|those|he|she)\b/iu;

const leadingWord =
  /^(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|can|could|will|would|should|please|tell|give|show|find|search|look|read|open|list|calculate|compute|evaluate|add|subtract|multiply|divide|convert|send|pay|transfer|book|ask|get|fetch|check|explain|summari[sz]e|translate|create|delete|remove|cancel|update|set|write|name)$/iu;

function splitAtAnd(piece: string, verbs: ReadonlySet<string>): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  let carried = "";
  for (const match of piece.matchAll(/,?\s+(?:and\s+then|and|then|or\s+else)\s+|,\s+(?=\S)/giu)) {
    const left = piece.slice(start, match.index);
    const right = piece.slice(match.index + match[0].length);
    const [first = ""] = wordsOf(right);
    const isQuoted = (piece.slice(0, match.index).match(/["“”]/gu)?.length ?? 0) % 2 === 1;
    // "if it rains, tell me" is one request.
    if (isQuoted || /^\s*(?:if|when|once|after|before|unless)\b/iu.test(left)) continue;
    const isLed = leadingWord.test(first) || verbs.has(first);
    if (!isLed && !isSameAgain(left, right)) continue;
    parts.push(carried + left);
    carried = isLed ? "" : `${/\S+/u.exec(carried + left)?.[0] ?? ""} `;
    start = match.index + match[0].length;
  }
  return [...parts, carried + piece.slice(start)];
}

/** "pay invoice 7 with $5 and invoice 8 with $6": the verb counts for both. */
function isSameAgain(left: string, right: string): boolean {
  const [noun = "", number = ""] = wordsOf(right);
  const said = wordsOf(left);
  return (
    said.indexOf(noun) > 0 && /\d/u.test(number) && /\d/u.test(said[said.indexOf(noun) + 1] ?? "")
  );
}

/** "and summarise it": about the form of the answer, not about one more thing. */
function isOnlyPresentation(text: string): boolean {
  const words = contentWords(text);
  return words.length === 0
    ? !/\d|\bwho\b/iu.test(text)
    : words.every((word) => presentation.has(word));
}

const presentation: ReadonlySet<string> = new Set(
  `summarise summarize summary explain answer report briefly short shortly describe cite sources source
  quote sentence sentences bullet points citation citations result results`.split(/\s+/u),
);
