import { beginOf, endOf } from "./unescaped.ts";
import { marker, type Scan, type Secrets, tailLength } from "./secrets.ts";

/** How much may be held back before it is looked at less often, in characters. */
const patience = 4096;

/**
 * A text that arrives in pieces, with its secrets redacted. Gives out each piece as far as it is settled, and holds back what
 * could be the beginning of a secret: of texts exactly that; of patterns that match no blank the word that is being written;
 * of other patterns the last 256 characters, or more while they match.
 */
export class RedactedStream {
  readonly #secrets: Secrets;
  /** What is not settled, and for patterns some of what comes before it. */
  #text = "";
  /** Up to where the text is told, as it is or by a marker. */
  #told = 0;
  #isMarked = false;
  /** The length at which it is looked at again. */
  #next = 0;

  constructor(secrets: Secrets) {
    this.#secrets = secrets;
  }

  /** What can be shown now that `piece` has arrived. */
  push(piece: string): string {
    this.#text += piece;
    const { boundary, patterns } = this.#secrets;
    if (patterns.length > 0 && boundary && !boundary.test(piece)) return "";
    if (this.#text.length < this.#next) return "";
    const scan = this.#secrets.scan(this.#text, true);
    const { holdFrom, starts } = scan;
    const shown = this.#tell(scan, holdFrom);
    // A pattern may look back at what comes before its match.
    const from = Math.min(holdFrom, this.#told) - (patterns.length > 0 ? tailLength : 0);
    this.#forget(starts && from > 0 ? beginOf(from, starts) : from);
    const held = this.#text.length;
    // Looked at anew with each piece, a long one would take the square of its length.
    this.#next = held > patience ? held * 2 : 0;
    return shown;
  }

  /** The rest, now that nothing follows. */
  end(): string {
    const scan = this.#secrets.scan(this.#text, false);
    const shown = this.#tell(scan, this.#text.length);
    this.#forget(this.#text.length);
    return shown;
  }

  #tell({ spans, starts }: Scan, to: number): string {
    let shown = "";
    // A marker may stand for the beginning of an escape whose end has only now arrived.
    if (this.#isMarked && starts) this.#told = endOf(this.#told, starts);
    for (const [start, end] of spans) {
      if (end <= this.#told) continue;
      if (start >= to) break;
      // A secret that overlaps the one before goes with it.
      const isPart = this.#isMarked && start < this.#told;
      if (!isPart) shown += this.#text.slice(this.#told, Math.max(this.#told, start)) + marker;
      this.#told = end;
      this.#isMarked = true;
    }
    if (to > this.#told) {
      shown += this.#text.slice(this.#told, to);
      this.#told = to;
      this.#isMarked = false;
    }
    return shown;
  }

  #forget(upTo: number): void {
    if (upTo <= 0) return;
    this.#text = this.#text.slice(upTo);
    this.#told -= upTo;
  }
}
