import { inspect } from "node:util";

import { beginOf, endOf, unescaped } from "./unescaped.ts";

/** A stretch of a text that has to go: where it begins, and where it ends (excluded). */
export type Span = readonly [start: number, end: number];

/** What is found in a text that may go on. */
export interface Scan {
  /** In order, none overlapping another. */
  readonly spans: readonly Span[];
  /** Where begins what could turn out to be a part of a secret. */
  readonly holdFrom: number;
  /** Where the characters begin, where escapes were read. */
  readonly starts: Uint32Array | undefined;
}

/** What stands in place of a secret. */
export const marker = "[redacted]";

/** How much of the end of a text is held back for patterns that can match blanks, in characters. */
export const tailLength = 256;

/** The length of the shortest secret: a shorter one would be found everywhere. */
const leastLength = 4;

/** Escapes inside escapes, as in JSON text that is an argument of a call; deeper ones are not read. */
const deepest = 2;

/** What must not be seen: texts, and patterns of texts. Finds them also where they are written with JSON escapes. */
export class Secrets {
  readonly values: readonly string[];
  readonly patterns: readonly RegExp[];
  /** Where a pattern cannot match across, so that what comes before is settled; undefined when some can match blanks. */
  readonly boundary: RegExp | undefined;
  /** Whether a number can be a secret, or a part of one. */
  readonly isNumeric: boolean;

  /** @throws TypeError when a secret is neither a text of at least 4 characters nor a pattern. */
  constructor(given: readonly (string | RegExp)[]) {
    if (!Array.isArray(given))
      throw new TypeError(
        'Agent: "redact" must be a list of texts and patterns, such as [apiKey, /sk-\\w+/].',
      );
    for (const each of given as readonly unknown[]) checkSecret(each);
    const values = given.filter((each) => typeof each === "string");
    // Also as they are written, so that a backslash before one cannot make its first letter a part of an escape.
    this.values = [
      ...new Set(values.flatMap((each) => [each, written(each), written(written(each))])),
    ];
    this.patterns = given
      .filter((each) => typeof each !== "string")
      .map(
        (each) => new RegExp(each.source, each.flags.includes("g") ? each.flags : `${each.flags}g`),
      );
    this.boundary = this.patterns.every(isAsciiWord)
      ? /[^\u0021-\u007e]/
      : this.patterns.every(isWord)
        ? /\s/
        : undefined;
    this.isNumeric =
      this.patterns.length > 0 || this.values.some((each) => /^[\d.e+-]+$/i.test(each));
  }

  /** Where the secrets are; with `isOpen`, also what could become one when the text goes on. */
  scan(text: string, isOpen: boolean): Scan {
    const found: Span[] = [];
    let holdFrom = text.length;
    let level = text;
    let starts: Uint32Array | undefined;
    for (let depth = 0; ; depth++) {
      const place = (index: number): number => (starts ? (starts[index] ?? text.length) : index);
      const spans = this.#spansIn(level);
      for (const [start, end] of spans) found.push([place(start), place(end)]);
      if (isOpen) holdFrom = Math.min(holdFrom, place(this.#openIn(level, spans)));
      const deeper = depth < deepest ? unescaped(level) : undefined;
      if (!deeper) break;
      level = isOpen ? deeper.text.slice(0, deeper.settled) : deeper.text;
      starts = starts ? deeper.starts.map(place) : deeper.starts;
    }
    // An escape goes as a whole, so that what was JSON remains JSON, and what is held back can be read from its beginning.
    const read = starts;
    if (!read) return { spans: merged(found), holdFrom, starts };
    const spans = merged(found.map((span) => widened(span, read)));
    return { spans, holdFrom: beginOf(holdFrom, read), starts };
  }

  /** Where the last words of a text that broke off could be a good part of a secret; its length when they are none. */
  brokenFrom(text: string): number {
    const open = Math.min(text.length, ...this.values.map((value) => openPart(value, text)));
    return text.length - open < leastLength ? text.length : open;
  }

  /** Where the secrets are that are texts, written as they are. */
  valuesIn(text: string): readonly Span[] {
    return merged(this.#valueSpansIn(text));
  }

  #spansIn(text: string): Span[] {
    const spans = this.#valueSpansIn(text);
    for (const pattern of this.patterns) {
      for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
        const { 0: found, index } = match;
        const end = index + found.length;
        // Where nothing was matched, the pattern would stay for ever; half of a character is no place to go on from either.
        if (found === "") pattern.lastIndex += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
        else if (!isInMarker(text, index, end)) spans.push([index, end]);
      }
    }
    return spans;
  }

  #valueSpansIn(text: string): Span[] {
    const spans: Span[] = [];
    for (const value of this.values)
      for (let at = text.indexOf(value); at !== -1; at = text.indexOf(value, at + 1))
        spans.push([at, at + value.length]);
    return spans;
  }

  /** Where the end of a text begins that could be the beginning of a secret. */
  #openIn(text: string, spans: readonly Span[]): number {
    const byValue = this.values.map((value) => openPart(value, text));
    const open = Math.min(text.length, ...byValue);
    if (this.patterns.length === 0) return open;
    const tail = this.boundary ? text.length : tailFrom(text);
    // What reaches into what is held back may match otherwise when more is known.
    return spans
      .toSorted(([, a], [, b]) => b - a)
      .reduce(
        (from, [start, end]) => (end > from ? Math.min(start, from) : from),
        Math.min(open, tail, this.#wordFrom(text)),
      );
  }

  /** Where the last word begins, as far as a pattern ends with its word. */
  #wordFrom(text: string): number {
    const { boundary } = this;
    const isEnd = boundary ? (character: string) => boundary.test(character) : isBlank;
    let from = text.length;
    while (from > 0 && !isEnd(text.charAt(from - 1))) from--;
    return from;
  }
}

/** Between two characters, not in the middle of one that takes two units. */
function tailFrom(text: string): number {
  const from = Math.max(0, text.length - tailLength);
  return (text.codePointAt(from - 1) ?? 0) > 0xffff ? from - 1 : from;
}

/** What is redacted may be looked at again, and must not change any more. */
function isInMarker(text: string, start: number, end: number): boolean {
  if (end - start > marker.length) return false;
  const from = Math.max(0, end - marker.length);
  const at = text.slice(from, start + marker.length).indexOf(marker);
  return at !== -1 && from + at <= start;
}

function isBlank(character: string): boolean {
  return /\s/.test(character);
}

function written(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function checkSecret(secret: unknown): void {
  if (secret instanceof RegExp) {
    if (secret.sticky)
      throw new TypeError(
        `Agent: "redact": the pattern ${String(secret)} must not be sticky: take the flag "y" away.`,
      );
    return;
  }
  if (typeof secret !== "string")
    throw new TypeError(
      `Agent: "redact" takes texts and patterns, got ${inspect(secret, { depth: 0 })}.`,
    );
  // The text itself is not shown: it may be a part of a secret.
  if (secret.length < leastLength)
    throw new TypeError(
      'Agent: "redact": a secret needs at least 4 characters, or it would be found everywhere.',
    );
  if (marker.includes(secret))
    throw new TypeError(
      `Agent: "redact": a secret cannot be a part of "${marker}", which stands in its place.`,
    );
}

/** Whether a pattern can match nothing but visible ASCII; when in doubt, it can. */
function isAsciiWord({ source, flags }: RegExp): boolean {
  const isFolding = flags.includes("i") && /[uv]/.test(flags);
  return !isFolding && /^[!-~]*$/.test(source) && isNarrow(source);
}

/** Whether a pattern cannot match a blank; when in doubt, it can. */
function isWord({ source }: RegExp): boolean {
  const isVisible = !/\s/.test(source);
  return (
    isVisible &&
    isNarrow(source.replaceAll(/\[\^(?:[^\\\]]|\\.)*?\\s(?:[^\\\]]|\\.)*?\]|\\S/g, "x"))
  );
}

/** Whether a pattern has nothing in it that stands for more characters than are written there, but words and digits. */
function isNarrow(source: string): boolean {
  const escapes = source.match(/\\[^]/g) ?? [];
  const rest = source.replaceAll(/\\[^]/g, "");
  return (
    escapes.every((each) => /[^a-zA-Z0-9]|[wdbB]/.test(each.charAt(1))) && !/\.|\[\^/.test(rest)
  );
}

/** The longest end of a text that is a beginning of `value`, by where it begins. */
function openPart(value: string, text: string): number {
  const first = value.charAt(0);
  let at = text.indexOf(first, Math.max(0, text.length - value.length + 1));
  while (at !== -1 && !value.startsWith(text.slice(at))) at = text.indexOf(first, at + 1);
  return at === -1 ? text.length : at;
}

function widened([start, end]: Span, starts: Uint32Array): Span {
  return [beginOf(start, starts), endOf(end, starts)];
}

function merged(spans: readonly Span[]): readonly Span[] {
  if (spans.length < 2) return spans;
  const inOrder = spans.toSorted(([a], [b]) => a - b);
  const result: Span[] = [];
  for (const span of inOrder) {
    const last = result.at(-1);
    if (last && span[0] < last[1])
      result[result.length - 1] = [last[0], Math.max(last[1], span[1])];
    else result.push(span);
  }
  return result;
}
