import type { Citation } from "@pawl/core";

import { listOf, numberOf, objectOf, textOf } from "../wire/json.ts";

/** The `url_citation` annotations of an answer, while it arrives. */
export class UrlCitations {
  readonly #citations: Omit<Citation, "text">[] = [];

  get isEmpty(): boolean {
    return this.#citations.length === 0;
  }

  take(annotations: unknown): void {
    for (const annotation of listOf(annotations)) {
      const { start_index, end_index, title, url } =
        objectOf(objectOf(annotation)?.["url_citation"]) ?? {};
      const start = numberOf(start_index) ?? 0;
      // One without an end is about all that is said.
      const end = numberOf(end_index) ?? Number.POSITIVE_INFINITY;
      const address = textOf(url);
      if (address)
        this.#citations.push({
          start,
          end,
          sources: [{ id: address, title: textOf(title), url: address }],
        });
    }
  }

  /** Each with what it quotes: only the whole text can be quoted from, since a citation may come before what it is about. */
  of(text: string): Citation[] {
    return this.#citations.map((citation) => {
      const end = Math.min(citation.end, text.length);
      return { ...citation, end, text: text.slice(citation.start, end) };
    });
  }
}
