import { randomUUID } from "node:crypto";

import { checkOptions, type Usage } from "@pawl/core";

import { allOrNone } from "../batches/all-or-none.ts";
import { type Batch, batchesOf, checkTexts } from "../batches/batches.ts";
import { jsonCall, type JsonReply } from "../wire/json-call.ts";
import type {
  EmbeddingModel,
  EmbeddingPurpose,
  Embeddings,
  EmbedOptions,
} from "./embedding-model.ts";
import { checkChoice, type EmbeddingSetup } from "./embedding-options.ts";
import { checkLengths, readVectors } from "./vectors.ts";

/** How an API writes a request for vectors, and what its answer says. */
export interface EmbeddingApi {
  readonly id: string;
  /** The vectors' length, where the model's own is known and nothing else was asked for. */
  readonly dimensions: number | undefined;
  readonly maxBytes?: number | undefined;
  readonly encode: (texts: readonly string[], purpose: EmbeddingPurpose) => object;
  /** The vectors in the order of the texts, as they came. */
  readonly embeddingsOf: (reply: JsonReply) => readonly unknown[];
  readonly usageOf: (reply: JsonReply) => Usage;
}

/** An embedding model behind an HTTP API: long lists in batches, put together again when all have come. */
export function batchedEmbeddings(setup: EmbeddingSetup, api: EmbeddingApi): EmbeddingModel {
  const { server, maxBatch, concurrency, dimensions } = setup;
  const { id, maxBytes } = api;
  return {
    id,
    dimensions: dimensions ?? api.dimensions,
    maxBatch,
    async embed(texts, options = {}) {
      checkTexts("embed", "texts", texts);
      const { purpose, signal } = readEmbedOptions(options);
      const run = { id: `embed-${randomUUID()}` };
      const work = ({ start, texts: some }: Batch) => {
        const body = api.encode(some, purpose);
        const requestId = `${run.id}.${start}`;
        return async (both: AbortSignal): Promise<Embeddings> => {
          const reply = await jsonCall(server, { body, requestId, run, signal: both });
          const vectors = readVectors(api.embeddingsOf(reply), some.length);
          return { vectors, usage: api.usageOf(reply) };
        };
      };
      const works = batchesOf(texts, { maxBatch, maxBytes }).map(work);
      const parts = await allOrNone(works, { limit: concurrency, signal });
      const vectors = parts.flatMap((part) => part.vectors);
      checkLengths(vectors, dimensions);
      return { vectors, usage: sum(parts.map(({ usage }) => usage)) };
    },
  };
}

const purposes: readonly EmbeddingPurpose[] = ["document", "query", "classification", "clustering"];

function readEmbedOptions(options: EmbedOptions): {
  readonly purpose: EmbeddingPurpose;
  readonly signal: AbortSignal;
} {
  checkOptions("embed", options, ["purpose", "signal"]);
  const { purpose = "document", signal = new AbortController().signal } = options;
  checkChoice("embed", "purpose", { value: purpose, known: purposes });
  return { purpose, signal };
}

/** The bill is only known when every part of it is. */
function sum(parts: readonly Usage[]): Usage {
  const total = (count: (usage: Usage) => number): number =>
    parts.reduce((before, usage) => before + count(usage), 0);
  const isBilled = parts.length > 0 && parts.every(({ usd }) => usd !== undefined);
  return {
    inputTokens: total(({ inputTokens }) => inputTokens),
    outputTokens: total(({ outputTokens }) => outputTokens),
    totalTokens: total(({ totalTokens }) => totalTokens),
    ...(isBilled && { usd: total(({ usd = 0 }) => usd) }),
    ...(parts.some(({ isEstimated }) => isEstimated) && { isEstimated: true }),
  };
}
