import { aimlapiHints, aimlapiKey, aimlapiURL, missingAimlapiKey } from "../aimlapi-server.ts";
import { unusableAnswer } from "../batches/unusable-answer.ts";
import { readUsage, readUsd, usdOf } from "../chat-completions/usage.ts";
import { estimateUsage } from "../wire/amounts.ts";
import { listOf, numberOf, objectOf } from "../wire/json.ts";
import type { JsonReply } from "../wire/json-call.ts";
import { headerOf } from "../wire/response-error.ts";
import { batchedEmbeddings } from "./batched-embeddings.ts";
import type { EmbeddingModel } from "./embedding-model.ts";
import { checkChoice, type EmbeddingOptions, readEmbeddingOptions } from "./embedding-options.ts";
import { embeddingFacts } from "./known-embedding-models.ts";

/** How to reach an embedding model of AI/ML API; all of it has defaults. */
export interface AimlapiEmbeddingOptions extends EmbeddingOptions {
  /**
   * How vectors travel. Base64 has less than half the bytes of written numbers, and is asked for only where the model's schema
   * has it. Both are understood whatever was asked for.
   *
   * @defaultValue `"base64"` for OpenAI's models, `"float"` for all others
   */
  readonly encoding?: "float" | "base64" | undefined;
}

const where = "aimlapiEmbeddings";

/**
 * An embedding model of AI/ML API. Key and address are found as `aimlapi` finds them.
 *
 * @throws TypeError when there is no key, or an option is unknown or wrong.
 */
export function aimlapiEmbeddings(
  model: string,
  options: AimlapiEmbeddingOptions = {},
): EmbeddingModel {
  const facts = embeddingFacts(model);
  const { encoding = facts.isBase64 ? "base64" : "float" } = options;
  const apiKey = options.apiKey ?? aimlapiKey();
  const limits = { usual: facts.maxBatch, most: 2_048 };
  const path = "/embeddings";
  const setup = readEmbeddingOptions(
    { where, path, more: ["encoding"], model, limits, hints: aimlapiHints },
    { ...options, apiKey, baseURL: options.baseURL ?? aimlapiURL() },
  );
  checkChoice(where, "encoding", { value: encoding, known: ["float", "base64"] });
  if (!apiKey) throw missingAimlapiKey();
  const { dimensions } = setup;
  return batchedEmbeddings(setup, {
    id: model,
    dimensions: facts.dimensions,
    maxBytes: facts.maxBytes,
    // The schemas are closed and know no purpose (docs/api-references/embedding-models of aimlapi/api-docs).
    encode: (input) => ({
      model,
      input,
      ...(encoding === "base64" && { encoding_format: encoding }),
      ...(dimensions !== undefined && { dimensions }),
    }),
    embeddingsOf: inOrder,
    usageOf,
  });
}

/** The vectors by the indexes that came with them; in the order of the answer where none came. */
function inOrder({ body }: JsonReply): readonly unknown[] {
  const rows = listOf(body["data"]).map((row) => objectOf(row) ?? {});
  const ordered = Array.from<unknown>({ length: rows.length });
  const filled = new Set<number>();
  for (const [position, row] of rows.entries()) {
    const index = numberOf(row["index"] ?? position) ?? -1;
    if (!(index in ordered) || filled.has(index))
      throw unusableAnswer(`it holds two vectors for text ${index}, or none was asked for`);
    filled.add(index);
    ordered[index] = row["embedding"];
  }
  return ordered;
}

function usageOf({ head, body, requestBytes }: JsonReply): ReturnType<typeof estimateUsage> {
  const counted = readUsage(body["usage"]) ?? estimateUsage(requestBytes, 0);
  const usd =
    readUsd(body["meta"]) ??
    usdOf(headerOf(head, "x-aimlapi-usd-spent"), headerOf(head, "x-aimlapi-credits-used"));
  return usd === undefined ? counted : { ...counted, usd };
}
