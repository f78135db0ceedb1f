import { unusableAnswer } from "../batches/unusable-answer.ts";

/**
 * What a server sent as vectors of so many texts: lists of numbers, or 32-bit floats of the lowest byte first in base64.
 *
 * @throws ModelError when they are too few or too many, or are no vectors.
 */
export function readVectors(
  embeddings: readonly unknown[],
  count: number,
): readonly Float32Array[] {
  if (embeddings.length !== count)
    throw unusableAnswer(`it holds ${embeddings.length} vectors for ${count} texts`);
  return embeddings.map(readVector);
}

/** @throws ModelError unless all vectors have as many numbers as were asked for, or as the first one. */
export function checkLengths(
  vectors: readonly Float32Array[],
  dimensions: number | undefined = vectors[0]?.length,
): void {
  const other = vectors.find(({ length }) => length !== dimensions);
  if (other)
    throw unusableAnswer(
      `it holds a vector of ${other.length} numbers where ${dimensions} were expected`,
    );
}

function readVector(value: unknown): Float32Array {
  const vector = typeof value === "string" ? decoded(value) : listed(value);
  if (!vector || vector.length === 0) throw unusableAnswer("it holds what is no vector");
  return vector;
}

function listed(value: unknown): Float32Array | undefined {
  // `every` takes `null` for no number, where the array would take it for 0.
  return Array.isArray(value) && value.every((each) => Number.isFinite(each))
    ? Float32Array.from(value as number[])
    : undefined;
}

function decoded(text: string): Float32Array | undefined {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length % 4 !== 0) return undefined;
  // A small buffer lies somewhere in a shared one, where no vector can begin at any byte.
  const vector = new Float32Array(bytes.length / 4);
  Buffer.from(vector.buffer).set(bytes);
  return vector.every((each) => Number.isFinite(each)) ? vector : undefined;
}
