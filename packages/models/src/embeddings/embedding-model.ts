import type { Usage } from "@pawl/core";

/** A model that turns texts into vectors, near to each other where the texts mean the same. */
export interface EmbeddingModel {
  /** The provider's name for the model. */
  readonly id: string;
  /** How many numbers a vector has, where that is known before the first answer. */
  readonly dimensions?: number | undefined;
  /** The most texts of one request. Longer lists are split, so nobody has to. */
  readonly maxBatch: number;
  /**
   * The vectors of texts, in their order; all of them, or an error. An empty list asks nobody.
   *
   * @throws TypeError for a text that is empty or none, ModelError for everything that is the provider's fault, and the
   * reason of `signal` when that is aborted.
   */
  embed(texts: readonly string[], options?: EmbedOptions): Promise<Embeddings>;
}

/** What vectors are made for. Models that are told put a question near to its answers. */
export type EmbeddingPurpose = "document" | "query" | "classification" | "clustering";

/** How one list of texts is embedded. */
export interface EmbedOptions {
  /**
   * What the vectors are for. Only told to models that know a difference, which those of AI/ML API do not.
   *
   * @defaultValue `"document"`
   */
  readonly purpose?: EmbeddingPurpose | undefined;
  /**
   * Ends the requests, with its own reason.
   *
   * @defaultValue none
   */
  readonly signal?: AbortSignal | undefined;
}

/** The vectors of a list of texts. */
export interface Embeddings {
  /** One for each text, in the order of the texts, all of one length. */
  readonly vectors: readonly Float32Array[];
  /** What all requests consumed together. */
  readonly usage: Usage;
}
