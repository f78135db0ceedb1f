import type { EndpointOptions } from "../wire/endpoint.ts";

/** How long lists are sent: in batches, some of them side by side. */
export interface BatchOptions extends Omit<EndpointOptions, "baseURL"> {
  /**
   * The most items of one request, at least 1. Longer lists are split.
   *
   * @defaultValue the most that is documented for the model
   */
  readonly maxBatch?: number | undefined;
  /**
   * How many requests of one list are under way at a time, 1 to 64.
   *
   * @defaultValue 4
   */
  readonly concurrency?: number | undefined;
}

/** The names of the options that an endpoint does not know. */
export const batchOptionNames: readonly string[] = ["maxBatch", "concurrency"];

/** Checked options. */
export interface Batching {
  readonly maxBatch: number;
  readonly concurrency: number;
}

/** The most items of one request: what to take unless told otherwise, and what the server refuses to exceed. */
export interface BatchLimits {
  readonly usual: number;
  readonly most: number;
}

/** @throws TypeError for a number out of range. */
export function readBatching(
  where: string,
  { maxBatch, concurrency = 4 }: BatchOptions,
  { usual, most }: BatchLimits,
): Batching {
  const batch = maxBatch ?? usual;
  checkCount(where, "maxBatch", { value: batch, most });
  checkCount(where, "concurrency", { value: concurrency, most: 64 });
  return { maxBatch: batch, concurrency };
}

/** A number to be checked. */
interface Count {
  readonly value: number | undefined;
  readonly most?: number | undefined;
}

/** @throws TypeError unless the value is a whole number from 1 to `most`; undefined is left to others. */
export function checkCount(where: string, name: string, { value, most }: Count): void {
  if (value === undefined) return;
  if (Number.isSafeInteger(value) && value >= 1 && value <= (most ?? Infinity)) return;
  const range = most === undefined ? "of at least 1" : `from 1 to ${most}`;
  throw new TypeError(`${where}: "${name}" must be a whole number ${range}, got ${String(value)}.`);
}
