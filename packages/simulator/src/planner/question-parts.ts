import { meaningOf, type Intent, type Meaning } from "./intent.ts";
import { contentWords, termsOf, wordsOf } from "./words.ts";

/** One thing that a question asks for. */
export interface QuestionPart {
  /** The part as it was written. */
  readonly text: string;
  /** Its content words, as written, in lower case. */
  readonly words: readonly string[];
  /** Its content words without inflection, with those of the part before when it only says "it". */
  readonly terms: readonly string[];
  /** Whether it orders something, only asks or tells, or forbids. */
  readonly intent: Intent;
}

/** The things that a question asks for, in order. */
export function questionParts(
  question: string,
  verbs: ReadonlySet<string>,
): readonly QuestionPart[] {
  const parts: QuestionPart[] = [];
  let before: Meaning = { intent: "order", carries: false };
  for (const piece of question.split(boundaries)) {
    for (const text of splitAtAnd(piece, verbs).map(trimmed)) {
      if (text === "") continue;
      const own = meaningOf(text);
      // "Do not wipe the disk and restart": a ban or a doubt holds for what is joined to it.
      const isJoined =
        before.carries && own.intent === "order" && !/^(?:but|instead)\b/iu.test(text);
      before = isJoined ? { intent: "remark", carries: true } : own;
      if (!isOnlyPresentation(text)) parts.push(partOf(text, before.intent, parts.at(-1)));
    }
    if (/[.?!]\s*$/u.test(piece)) before = { intent: "order", carries: false };
  }
  return parts;
}

function trimmed(piece: string): string {
  return piece.replace(/^[\s,;]*(?:(?:and|then|also)\b\s*)*|[\s,;]+$/giu, "").trim();
}

function partOf(text: string, intent: Intent, before: QuestionPart | undefined): QuestionPart {
  const words = contentWords(text);
  // "it" alone means what was spoken of before.
  if (before === undefined || !pronouns.test(text))
    return { text, words, terms: termsOf(text), intent };
  const terms = [...termsOf(text), ...before.terms];
  return { text, words: [...words, ...before.words], terms, intent };
}

/** A part made of a whole text. */
export function wholePart(text: string): QuestionPart {
  return partOf(text.trim(), meaningOf(text).intent, undefined);
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
  for (const match of piece.matchAll(
    /,?\s+(?:and\s+then|and|then|or\s+else|(?=but\s))\s*|,\s+(?=\S)/giu,
  )) {
    const left = piece.slice(start, match.index);
    const right = piece.slice(match.index + match[0].length);
    const [first = ""] = wordsOf(right);
    const isQuoted = (piece.slice(0, match.index).match(/["“”]/gu)?.length ?? 0) % 2 === 1;
    if (isQuoted || belongs({ left, link: match[0], right })) continue;
    const isLed = first === "but" || leadingWord.test(first) || verbs.has(first);
    const shared = isLed ? "" : sharedStart(carried + left, right);
    if (shared === undefined) continue;
    parts.push(carried + left);
    carried = shared;
    start = match.index + match[0].length;
  }
  return [...parts, carried + piece.slice(start)];
}

/** Whether what follows a link such as ", and" is still the same request. */
function belongs({
  left,
  link,
  right,
}: Readonly<Record<"left" | "link" | "right", string>>): boolean {
  // "if it rains, tell me" is one request.
  if (/^\s*(?:if|when|once|after|before|unless)\b/iu.test(left)) return true;
  // "between 2025-01-01 and 2025-03-01" names one stretch.
  if (/and/iu.test(link) && /\bbetween\s+\S+(?:\s\S+){0,3}$/iu.test(left)) return true;
  return /then/iu.test(link) && nextStep.test(right);
}

/** "10 divided by 4, then add 3" is one sum. */
const nextStep =
  /^(?:multiply|divide)\s+(?:(?:it|that|the result)\s+)?by\b|^(?:add|subtract)\s+[\d.,]+\s*(?:$|[?!,]|then\b)/iu;

/** What both sides of an "and" begin with, though it is written once; undefined when they are one request. */
function sharedStart(left: string, right: string): string | undefined {
  if (isSameAgain(left, right)) return `${/\S+/u.exec(left)?.[0] ?? ""} `;
  // "pay invoices 7 over $5 and 8 over $6"
  const [, link] = right.match(/^#?\d[\w-]*\s+(over|for|with|at|to)\s+\S*\d/iu) ?? [];
  const [, start, same] = left.match(/^(.*?\p{L}\s+)#?\d[\w-]*\s+(\p{L}+)\s/iu) ?? [];
  return link !== undefined && link === same ? start : undefined;
}

/** "pay invoice 7 with $5 and invoice 8 with $6": the verb counts for both. */
function isSameAgain(left: string, right: string): boolean {
  const [noun = "", number = ""] = wordsOf(right);
  const said = wordsOf(left);
  return (
    /\p{L}/u.test(noun) &&
    said.indexOf(noun) > 0 &&
    /\d/u.test(number) &&
    /\d/u.test(said[said.indexOf(noun) + 1] ?? "")
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
