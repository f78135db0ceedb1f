import { isJsonObject, parseJson } from "../json.ts";

/** One sentence of a text, with the heading it stands under. */
export interface Sentence {
  readonly text: string;
  readonly heading: string;
  /** Whether it stands in a fenced block, where it is code and says nothing by itself. */
  readonly isCode?: boolean | undefined;
}

/** The sentences of a result: JSON is read as `name: value`, Markdown marks are stripped, headings are no sentences. */
export function sentencesOf(text: string): readonly Sentence[] {
  const json = parseJson(text);
  if (typeof json === "object" && json !== null) return sentencesOfJson(json);
  return sentencesOfMarkdown(typeof json === "string" ? json : text);
}

/** A short value in one line: JSON as `name: value; …`, text as it is. */
export function inOneLine(text: string): string {
  const json = parseJson(text);
  const line = json === undefined ? linesAsOne(text) : flat(json);
  return line.replace(/\s+/gu, " ").trim();
}

/** Whether a line is a command or a piece of a program, which answers less than prose does. */
export function isCodeLike(text: string): boolean {
  return command.test(text) || (text.match(/[{}]|=>|\(\)|\s===?\s|\w\(["'\w]/gu)?.length ?? 0) > 2;
}

const command =
  /^\s*(?:\$|(?:npm|npx|pnpm|yarn|bun|node|git|cd|curl|pip|cargo|docker|sudo|import|export|const|let|var|return)\s)|[{};]\s*$|=>/u;

/** The named values of a JSON result, nested names joined by spaces. */
export function namedValues(
  value: unknown,
  name: string = "",
): readonly (readonly [string, unknown])[] {
  if (Array.isArray(value)) return value.flatMap((item) => namedValues(item, name));
  if (!isJsonObject(value)) return [[name, value]];
  return Object.entries(value).flatMap(([key, inner]) =>
    namedValues(inner, `${name} ${key}`.trim()),
  );
}

function linesAsOne(text: string): string {
  const lines = text.trim().split(/\s*\n\s*/u);
  if (lines.length < 2) return text;
  if (lines.every((line) => line.length < 100 && !/\s/u.test(line))) return lines.join(", ");
  return sentencesOfMarkdown(text)
    .map((sentence) => sentence.text)
    .join(" ");
}

function flat(value: unknown): string {
  if (Array.isArray(value)) return value.map(flat).join(value.some(isJsonObject) ? " | " : ", ");
  if (!isJsonObject(value)) return typeof value === "string" ? value : JSON.stringify(value);
  return Object.entries(value)
    .map(([name, inner]) => `${name}: ${flat(inner)}`)
    .join("; ");
}

function sentencesOfJson(value: object): readonly Sentence[] {
  const items = Array.isArray(value) ? value : [value];
  const sentences: Sentence[] = [];
  for (const item of items) {
    if (!isJsonObject(item)) {
      sentences.push(...sentencesOfMarkdown(flat(item)));
      continue;
    }
    const short = Object.entries(item).filter(([, inner]) => !isLong(inner));
    if (short.length > 0) sentences.push({ text: flat(Object.fromEntries(short)), heading: "" });
    for (const [, inner] of Object.entries(item).filter(([, one]) => isLong(one))) {
      sentences.push(...sentencesOf(typeof inner === "string" ? inner : JSON.stringify(inner)));
    }
  }
  return sentences;
}

function isLong(value: unknown): boolean {
  return typeof value === "string"
    ? value.length > 80 || value.includes("\n")
    : typeof value === "object" && value !== null;
}

function sentencesOfMarkdown(text: string): readonly Sentence[] {
  const sentences: Sentence[] = [];
  let heading = "";
  for (const { text: block, isCode } of blocksOf(text)) {
    const title = isCode ? undefined : block.match(/^#{1,6}\s+(.+?)\s*#*$/u)?.[1];
    if (title !== undefined) {
      heading = stripped(title);
      continue;
    }
    for (const sentence of stripped(block).split(sentenceEnd)) {
      if (/[\p{L}\p{N}]/u.test(sentence))
        sentences.push({ text: sentence.trim(), heading, isCode });
    }
  }
  return sentences;
}

const sentenceEnd = /(?<=[.!?]["”')]?)\s+(?=[\p{Lu}\p{N}"“'(])/u;

interface Block {
  readonly text: string;
  readonly isCode: boolean;
}

/** Paragraphs, whose lines belong together, and headings, list items and table rows, which stand alone. */
function blocksOf(text: string): readonly Block[] {
  const blocks: Block[] = [];
  let isOpen = false;
  let isCode = false;
  for (const line of text.replace(/^---\n[^]*?\n---\n/u, "").split(/\r?\n/u)) {
    const isFence = /^\s*(?:```|~~~)/u.test(line);
    const isAlone = isCode || /^\s*(?:#{1,6}\s|[-*+•]\s|\d+[.)]\s|\||>)/u.test(line);
    const isRule = isFence || /^[\s|:=*_-]*$/u.test(line);
    if (isRule) isOpen = false;
    else if (isOpen && !isAlone) {
      blocks.push({ text: `${blocks.pop()?.text ?? ""} ${line.trim()}`, isCode });
    } else blocks.push({ text: line.trim(), isCode });
    if (!isRule) isOpen = !/^\s*#|^\s*\|/u.test(line);
    if (isFence) isCode = !isCode;
  }
  return blocks;
}

function stripped(text: string): string {
  return text
    .replace(/^\s*(?:[-*+•>]\s+|\d+[.)]\s+)+(?:\[[ x]\]\s+)?/u, "")
    .replace(/^\||\|$/gu, "")
    .replace(/\s*\|\s*/gu, " — ")
    .replace(/!?\[([^\]]*)\]\([^)]*\)/gu, "$1")
    .replace(/(\*\*|__|`|~~)(.+?)\1/gu, "$2")
    .replace(/(?<!\w)[*_]([^*_]+)[*_](?!\w)/gu, "$1")
    .replace(/<[^>]+>/gu, "")
    .trim();
}
