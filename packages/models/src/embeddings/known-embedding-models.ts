/** What is known of an embedding model of AI/ML API. */
export interface EmbeddingFacts {
  readonly dimensions?: number | undefined;
  /** The most texts of one request. */
  readonly maxBatch: number;
  /** The most bytes of all texts of one request. */
  readonly maxBytes?: number | undefined;
  /** Whether its schema at AI/ML API has `encoding_format`. */
  readonly isBase64: boolean;
}

/**
 * 2,048 texts, and 300,000 tokens in all of them together: https://platform.openai.com/docs/api-reference/embeddings. A token
 * is a byte at the least, so as many bytes are never too many tokens.
 */
const openai = { maxBatch: 2_048, maxBytes: 300_000, isBase64: true };

/** Ten texts: https://www.alibabacloud.com/help/en/model-studio/text-embedding-synchronous-api (2026-03). */
const qwen = { dimensions: 1_024, maxBatch: 10, isBase64: false };

/** Names without what stands before the last slash. Schemas: docs/api-references/embedding-models of aimlapi/api-docs. */
const known: Readonly<Record<string, EmbeddingFacts>> = {
  "text-embedding-3-small": { ...openai, dimensions: 1_536 },
  "text-embedding-3-large": { ...openai, dimensions: 3_072 },
  "text-embedding-ada-002": { ...openai, dimensions: 1_536 },
  "qwen-text-embedding-v3": qwen,
  "qwen-text-embedding-v4": qwen,
};

/** Of other models nothing is documented; this many texts are within the limits of every vendor that states one but Alibaba. */
const unknown: EmbeddingFacts = { maxBatch: 96, isBase64: false };

/** The facts of a model by its name at AI/ML API. */
export function embeddingFacts(model: unknown): EmbeddingFacts {
  const name = String(model).replace(/^.*\//, "");
  return Object.hasOwn(known, name) ? (known[name] ?? unknown) : unknown;
}
