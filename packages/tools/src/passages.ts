/** A piece of a text that is read as one: a paragraph, or part of a long one, under its headings. */
export interface Passage {
  /** The Markdown headings above, outermost first, each with its marks. */
  readonly headings: readonly string[];
  /** Where the first of `lines` stands, from 1. */
  readonly line: number;
  readonly lines: readonly string[];
}

/** Splits a text at blank lines, at the headings of a Markdown text, and where a paragraph gets too long to show. */
export function* passagesOf(text: string, isMarkdown: boolean): Generator<Passage, void> {
  let headings: readonly string[] = [];
  let lines: string[] = [];
  let size = 0;
  let number = 0;
  let isBare = false;
  for (const raw of text.split("\n")) {
    const line = raw.trimEnd();
    const level = isMarkdown ? levelOf(line) : 0;
    const isFull = lines.length >= maxLines || size + line.length > maxSize;
    if (lines.length > 0 && (level > 0 || isFull || line === "")) {
      yield { headings, line: number - lines.length + 1, lines };
      [lines, size] = [[], 0];
    }
    number += 1;
    if (level > 0) {
      const isLeft = isBare && level <= levelOf(headings.at(-1) ?? "");
      if (isLeft) yield bare(headings, number);
      headings = [...headings.filter((above) => levelOf(above) < level), line];
      isBare = true;
    } else if (line !== "") {
      lines.push(line);
      size += line.length;
      isBare = false;
    }
  }
  if (lines.length > 0) yield { headings, line: number - lines.length + 1, lines };
  else if (isBare) yield bare(headings, number + 1);
}

const maxLines = 30;
const maxSize = 1500;

/** A heading with nothing below it, so that it is found at all. */
function bare(headings: readonly string[], next: number): Passage {
  return { headings: headings.slice(0, -1), line: next - 1, lines: headings.slice(-1) };
}

function levelOf(line: string): number {
  return /^(#{1,6})\s/.exec(line)?.[1]?.length ?? 0;
}
