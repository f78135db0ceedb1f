import { randomUUID } from "node:crypto";

import { checkOptions } from "@pawl/core";

import { allOrNone } from "../batches/all-or-none.ts";
import {
  batchOptionNames,
  type BatchOptions,
  checkCount,
  readBatching,
} from "../batches/batch-options.ts";
import { type Batch, batchesOf, checkTexts } from "../batches/batches.ts";
import { unusableAnswer } from "../batches/unusable-answer.ts";
import { cohereHints, cohereKey, cohereURL, missingCohereKey } from "../cohere-server.ts";
import { askedOf, checkModel, readEndpoint } from "../wire/endpoint.ts";
import { listOf, numberOf, objectOf } from "../wire/json.ts";
import { jsonCall, type JsonReply } from "../wire/json-call.ts";
import type { RankedDocument, Ranking, Reranker, RerankRequest, RerankUsage } from "./reranker.ts";

/** How to reach a reranker of Cohere; all of it has defaults. */
export interface CohereRerankerOptions extends BatchOptions {
  /**
   * Where the server is; `/rerank` is added to it.
   *
   * @defaultValue `"https://api.cohere.com/v2"`
   */
  readonly baseURL?: string | undefined;
  /**
   * The most tokens of a document that are looked at, at least 1; what is longer is cut.
   *
   * @defaultValue 4,096, by Cohere's own default
   */
  readonly maxTokensPerDocument?: number | undefined;
}

/** Advised in https://docs.cohere.com/reference/rerank, and the most by https://docs.cohere.com/docs/reranking-best-practices. */
const limits = { usual: 1_000, most: 10_000 };

const where = "cohereReranker";

/**
 * A reranker of Cohere. The key is `apiKey`, or the first of `COHERE_API_KEY` and `CO_API_KEY` that is set. Each document is
 * scored by itself, so a list longer than `maxBatch` is split, and its parts are merged by their scores.
 *
 * @throws TypeError when there is no key, or an option is unknown or wrong.
 */
export function cohereReranker(model: string, options: CohereRerankerOptions = {}): Reranker {
  const { maxTokensPerDocument, apiKey = cohereKey(), baseURL = cohereURL } = options;
  const more = [...batchOptionNames, "maxTokensPerDocument"];
  const endpoint = readEndpoint({ where, path: "/rerank", more }, { ...options, apiKey, baseURL });
  checkModel(where, model);
  checkCount(where, "maxTokensPerDocument", { value: maxTokensPerDocument });
  const { maxBatch, concurrency } = readBatching(where, options, limits);
  if (!apiKey) throw missingCohereKey();
  const server = { endpoint, asked: askedOf(endpoint, model, cohereHints) };
  return {
    id: model,
    async rerank(request, rest = {}) {
      checkRequest(request);
      checkOptions("rerank", rest, ["signal"]);
      const { signal = new AbortController().signal } = rest;
      const { query, documents, topN } = request;
      const run = { id: `rerank-${randomUUID()}` };
      const work = ({ start, texts }: Batch) => {
        const top_n = topN === undefined ? undefined : Math.min(topN, texts.length);
        const body = {
          model,
          query,
          documents: texts,
          top_n,
          max_tokens_per_doc: maxTokensPerDocument,
        };
        return async (both: AbortSignal): Promise<Ranking> => {
          const requestId = `${run.id}.${start}`;
          const reply = await jsonCall(server, { body, requestId, run, signal: both });
          const ranked = resultsOf(reply, texts.length, top_n ?? texts.length);
          const results = ranked.map(({ index, score }) => ({ index: start + index, score }));
          return { results, usage: usageOf(reply) };
        };
      };
      const works = batchesOf(documents, { maxBatch }).map(work);
      return merged(await allOrNone(works, { limit: concurrency, signal }), topN);
    },
  };
}

function checkRequest(request: RerankRequest): void {
  checkOptions("rerank", request, ["query", "documents", "topN"]);
  const { query, documents, topN } = request;
  if (typeof query !== "string" || query === "")
    throw new TypeError('rerank: "query" must be a text with something in it.');
  checkTexts("rerank", "documents", documents);
  checkCount("rerank", "topN", { value: topN });
}

/** @throws ModelError when a document is missing, unknown or there twice. */
function resultsOf(
  { body }: JsonReply,
  documents: number,
  wanted: number,
): readonly RankedDocument[] {
  const results = listOf(body["results"]).map((row) => {
    const fields = objectOf(row) ?? {};
    return { index: numberOf(fields["index"]) ?? -1, score: numberOf(fields["relevance_score"]) };
  });
  const seen = new Set<number>();
  const ranked = results.map(({ index, score }) => {
    const isNew = Number.isInteger(index) && index >= 0 && index < documents && !seen.has(index);
    if (!isNew)
      throw unusableAnswer(`it ranks document ${index} of ${documents}, or ranks it twice`);
    if (score === undefined) throw unusableAnswer(`it has no score for document ${index}`);
    seen.add(index);
    return { index, score };
  });
  if (ranked.length !== wanted)
    throw unusableAnswer(`it ranks ${ranked.length} documents of ${wanted}`);
  return ranked;
}

function usageOf({ body }: JsonReply): RerankUsage | undefined {
  const units = objectOf(objectOf(body["meta"])?.["billed_units"])?.["search_units"];
  const searchUnits = numberOf(units);
  return searchUnits === undefined ? undefined : { searchUnits };
}

function merged(parts: readonly Ranking[], topN: number | undefined): Ranking {
  const results = parts
    .flatMap((part) => part.results)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, topN);
  const counted = parts.flatMap(({ usage }) => usage ?? []);
  if (counted.length < parts.length || parts.length === 0) return { results };
  return {
    results,
    usage: { searchUnits: counted.reduce((sum, { searchUnits }) => sum + searchUnits, 0) },
  };
}
