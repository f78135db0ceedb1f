import type { Usage } from "@pawl/core";

import { estimateUsage } from "../wire/amounts.ts";
import { cohereHints, cohereKey, cohereURL, missingCohereKey } from "../cohere-server.ts";
import { listOf, numberOf, objectOf } from "../wire/json.ts";
import type { JsonReply } from "../wire/json-call.ts";
import { batchedEmbeddings } from "./batched-embeddings.ts";
import type { EmbeddingModel, EmbeddingPurpose } from "./embedding-model.ts";
import { checkChoice, type EmbeddingOptions, readEmbeddingOptions } from "./embedding-options.ts";

/** How to reach an embedding model of Cohere; all of it has defaults. */
export interface CohereEmbeddingOptions extends EmbeddingOptions {
  /**
   * What is done with a text that is longer than the model can take in: its end is dropped, its start, or it is refused.
   *
   * @defaultValue `"end"`, by Cohere's own default
   */
  readonly truncate?: "end" | "start" | "none" | undefined;
}

/** https://docs.cohere.com/reference/embed: at most 96 texts. */
const limits = { usual: 96, most: 96 };

/** https://docs.cohere.com/docs/models (2026-08). */
const ownDimensions: ReadonlyMap<string, number> = new Map([
  ["embed-v4.0", 1_536],
  ["embed-english-v3.0", 1_024],
  ["embed-multilingual-v3.0", 1_024],
  ["embed-english-light-v3.0", 384],
  ["embed-multilingual-light-v3.0", 384],
]);

const inputTypes: Readonly<Record<EmbeddingPurpose, string>> = {
  document: "search_document",
  query: "search_query",
  classification: "classification",
  clustering: "clustering",
};

const where = "cohereEmbeddings";

/**
 * An embedding model of Cohere. The key is `apiKey`, or the first of `COHERE_API_KEY` and `CO_API_KEY` that is set.
 *
 * @throws TypeError when there is no key, or an option is unknown or wrong.
 */
export function cohereEmbeddings(
  model: string,
  options: CohereEmbeddingOptions = {},
): EmbeddingModel {
  const { truncate, apiKey = cohereKey(), baseURL = cohereURL } = options;
  const setup = readEmbeddingOptions(
    { where, path: "/embed", more: ["truncate"], model, limits, hints: cohereHints },
    { ...options, apiKey, baseURL },
  );
  checkChoice(where, "truncate", { value: truncate, known: ["end", "start", "none"] });
  if (!apiKey) throw missingCohereKey();
  const { dimensions } = setup;
  return batchedEmbeddings(setup, {
    id: model,
    dimensions: ownDimensions.get(model),
    encode: (texts, purpose) => ({
      model,
      input_type: inputTypes[purpose],
      texts,
      embedding_types: ["float"],
      ...(dimensions !== undefined && { output_dimension: dimensions }),
      ...(truncate && { truncate: truncate.toUpperCase() }),
    }),
    embeddingsOf,
    usageOf,
  });
}

/** By kind, of which one was asked for. The first version of the API gave a bare list. */
function embeddingsOf({ body }: JsonReply): readonly unknown[] {
  const { embeddings } = body;
  const { float, base64 } = objectOf(embeddings) ?? {};
  return listOf(float ?? base64 ?? embeddings);
}

function usageOf({ body, requestBytes }: JsonReply): Usage {
  const { billed_units, tokens } = objectOf(body["meta"]) ?? {};
  const inputTokens =
    numberOf(objectOf(billed_units)?.["input_tokens"]) ??
    numberOf(objectOf(tokens)?.["input_tokens"]);
  return inputTokens === undefined
    ? estimateUsage(requestBytes, 0)
    : { inputTokens, outputTokens: 0, totalTokens: inputTokens };
}
