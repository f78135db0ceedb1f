/** @throws TypeError unless the value is a list of texts with something in each. */
export function checkTexts(where: string, name: string, texts: unknown): void {
  if (!Array.isArray(texts)) throw new TypeError(`${where}: "${name}" must be a list of texts.`);
  for (const [index, text] of texts.entries())
    if (typeof text !== "string" || text === "")
      throw new TypeError(
        `${where}: "${name}[${index}]" must be a text with something in it, got ${text === "" ? "an empty one" : typeof text}; leave it out of the list.`,
      );
}

/** Where a batch begins in the whole list, and what is in it. */
export interface Batch {
  readonly start: number;
  readonly texts: readonly string[];
}

/** How much one request may hold. */
export interface BatchSize {
  readonly maxBatch: number;
  /**
   * The most bytes of all texts together. A single text may have more: the server decides on it.
   *
   * @defaultValue no limit
   */
  readonly maxBytes?: number | undefined;
}

/** A list in pieces that each fit one request. */
export function batchesOf(
  texts: readonly string[],
  { maxBatch, maxBytes = Infinity }: BatchSize,
): readonly Batch[] {
  const batches: Batch[] = [];
  let start = 0;
  let bytes = 0;
  const cut = (end: number): void => {
    if (end > start) batches.push({ start, texts: texts.slice(start, end) });
    start = end;
    bytes = 0;
  };
  for (const [index, text] of texts.entries()) {
    const size = maxBytes === Infinity ? 0 : Buffer.byteLength(text);
    if (index - start === maxBatch || bytes + size > maxBytes) cut(index);
    bytes += size;
  }
  cut(texts.length);
  return batches;
}
