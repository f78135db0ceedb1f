import {
  type Batching,
  type BatchLimits,
  batchOptionNames,
  type BatchOptions,
  checkCount,
  readBatching,
} from "../batches/batch-options.ts";
import { askedOf, checkModel, type Hints, readEndpoint } from "../wire/endpoint.ts";
import type { JsonServer } from "../wire/json-call.ts";

/** How to reach an embedding model, and what it is to make; all of it has defaults. */
export interface EmbeddingOptions extends BatchOptions {
  /**
   * Where the server is; the path of the request is added to it.
   *
   * @defaultValue the provider's public address
   */
  readonly baseURL?: string | undefined;
  /**
   * How many numbers a vector is to have, at least 1. Not every model gives a choice.
   *
   * @defaultValue the model's own
   */
  readonly dimensions?: number | undefined;
}

/** Checked options. */
export interface EmbeddingSetup extends Batching {
  readonly server: JsonServer;
  readonly dimensions: number | undefined;
}

/** Where the options come from, and what is known of the server. */
export interface EmbeddingCaller {
  readonly where: string;
  readonly path: string;
  /** The options that only this provider has. */
  readonly more: readonly string[];
  readonly model: string;
  readonly limits: BatchLimits;
  readonly hints: Hints;
}

/** @throws TypeError for an option that is unknown or wrong. */
export function readEmbeddingOptions(
  { where, path, more, model, limits, hints }: EmbeddingCaller,
  options: EmbeddingOptions & { readonly baseURL: string },
): EmbeddingSetup {
  const known = [...batchOptionNames, "dimensions", ...more];
  const endpoint = readEndpoint({ where, path, more: known }, options);
  checkModel(where, model);
  const { dimensions } = options;
  checkCount(where, "dimensions", { value: dimensions });
  return {
    ...readBatching(where, options, limits),
    server: { endpoint, asked: askedOf(endpoint, model, hints) },
    dimensions,
  };
}

/** @throws TypeError unless the value is undefined or one of those. */
export function checkChoice(
  where: string,
  name: string,
  { value, known }: { readonly value: unknown; readonly known: readonly string[] },
): void {
  if (value === undefined || known.some((each) => each === value)) return;
  const words = known.map((each) => `"${each}"`).join(" or ");
  throw new TypeError(`${where}: "${name}" must be ${words}, got ${JSON.stringify(value)}.`);
}
