import type { Citation, CitationSource } from "@pawl/core";

import { type JsonObject, listOf, numberOf, objectOf, textOf } from "../wire/json.ts";

/** A block of text in an answer. */
export interface TextBlock {
  /** Its number among all blocks of the answer. */
  readonly index: number;
  /** Where it begins in the whole text. */
  readonly start: number;
  text: string;
}

/** The citations of an answer, kept until its text is whole: they come along with it, or after it. */
export class CohereCitations {
  readonly #cited: JsonObject[] = [];

  get count(): number {
    return this.#cited.length;
  }

  /** Takes in one or several citations; `kind` is what they are about, where that stands beside them. */
  take(citations: unknown, kind?: unknown): void {
    for (const each of Array.isArray(citations) ? citations : [citations]) {
      const cited = objectOf(each);
      const type = textOf(cited?.["type"]) ?? textOf(kind) ?? "TEXT_CONTENT";
      // Plans and thinking are cited too, and are no part of the text.
      if (cited && type === "TEXT_CONTENT") this.#cited.push(cited);
    }
  }

  /** The citations as spans of the text that the blocks make together. */
  of(blocks: readonly TextBlock[]): Citation[] {
    const whole = blocks.map(({ text }) => text).join("");
    return this.#cited.flatMap((cited) => {
      const span = spanOf(cited, blocks);
      if (!span) return [];
      const sources = listOf(cited["sources"]).flatMap(sourceOf);
      return [{ ...span, text: whole.slice(span.start, span.end), sources }];
    });
  }
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Where a citation is. Its offsets count the characters of its block, and a character is one however many units JavaScript has
 * for it. It quotes what it is about, which decides where the offsets allow for another reading.
 */
function spanOf(cited: JsonObject, blocks: readonly TextBlock[]): Span | undefined {
  const { start, end, text, content_index } = cited;
  const from = numberOf(start) ?? 0;
  const index = numberOf(content_index);
  const named = blocks.filter((block) => block.index === index);
  const readings = (named.length > 0 ? named : blocks).flatMap((block) => {
    const to = numberOf(end) ?? block.text.length;
    const inUnits = { start: unitsBefore(from, block.text), end: unitsBefore(to, block.text) };
    return [inUnits, { start: from, end: Math.min(to, block.text.length) }].map((span) => ({
      block,
      span,
    }));
  });
  const reading =
    readings.find(({ block, span }) => block.text.slice(span.start, span.end) === text) ??
    readings[0];
  if (!reading || reading.span.start >= reading.span.end) return undefined;
  const { block, span } = reading;
  return { start: block.start + span.start, end: block.start + span.end };
}

/** How many UTF-16 units the first `count` characters of a text have. */
function unitsBefore(count: number, text: string): number {
  let units = 0;
  for (let seen = 0; seen < count && units < text.length; seen++)
    units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
  return units;
}

/** A document, or what a tool gave: `<call id>:<number of the document>`. */
function sourceOf(value: unknown): CitationSource[] {
  const source = objectOf(value) ?? {};
  const document = objectOf(source["document"]) ?? objectOf(source["tool_output"]) ?? {};
  const id = textOf(source["id"]) ?? textOf(document["id"]);
  if (id === undefined) return [];
  const title = textOf(document["title"]);
  const url = textOf(document["url"]);
  return [{ id, ...(title && { title }), ...(url && { url }) }];
}
