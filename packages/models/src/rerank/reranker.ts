/** A model that says how well documents fit a question. */
export interface Reranker {
  /** The provider's name for the model. */
  readonly id: string;
  /**
   * The documents that fit best, the best one first; all of them, or an error. An empty list asks nobody.
   *
   * @throws TypeError for a text that is empty or none, ModelError for everything that is the provider's fault, and the
   * reason of `signal` when that is aborted.
   */
  rerank(request: RerankRequest, options?: RerankOptions): Promise<Ranking>;
}

/** A question, and what may answer it. */
export interface RerankRequest {
  readonly query: string;
  readonly documents: readonly string[];
  /**
   * How many documents to return, at least 1.
   *
   * @defaultValue all of them
   */
  readonly topN?: number | undefined;
}

/** How one ranking is made. */
export interface RerankOptions {
  /**
   * Ends the requests, with its own reason.
   *
   * @defaultValue none
   */
  readonly signal?: AbortSignal | undefined;
}

/** Documents in the order of how well they fit. */
export interface Ranking {
  readonly results: readonly RankedDocument[];
  /** What all requests consumed together, where the provider says so. */
  readonly usage?: RerankUsage | undefined;
}

/** A document's place in a ranking. */
export interface RankedDocument {
  /** Where the document is in the list that was given. */
  readonly index: number;
  /** How well it fits, 0 to 1. Scores of one model for one question can be compared; those for two questions cannot. */
  readonly score: number;
}

/** What a ranking consumed. */
export interface RerankUsage {
  /** What the provider bills: one question with up to 100 documents is one at Cohere. */
  readonly searchUnits: number;
}
