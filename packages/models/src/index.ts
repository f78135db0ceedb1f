export { aimlapi } from "./aimlapi.ts";
export type { AimlapiOptions } from "./aimlapi.ts";
export { catalogue } from "./catalogue/catalogue.ts";
export type { Catalogue, ModelDeprecation, ModelFacts, ModelPrice } from "./catalogue/catalogue.ts";
export { fetchCatalogue } from "./catalogue/fetch-catalogue.ts";
export type { FetchCatalogueOptions } from "./catalogue/fetch-catalogue.ts";
export { knownModels } from "./catalogue/known-models.ts";
export { chatCompletions } from "./chat-completions/chat-completions.ts";
export type { Attribution } from "./chat-completions/attribution.ts";
export type { ChatCompletionsOptions, Quirks } from "./chat-completions/chat-options.ts";
export type { Extra } from "./chat-completions/extra.ts";
export { cohere } from "./cohere/cohere.ts";
export type { CohereDocument, CohereOptions } from "./cohere/cohere-options.ts";
export { cached } from "./combinators/cached.ts";
export type { AnswerStore } from "./combinators/cached.ts";
export { fallback } from "./combinators/fallback.ts";
export type { FallbackOptions } from "./combinators/fallback.ts";
export { recorded } from "./combinators/recorded.ts";
export { replayed } from "./combinators/replayed.ts";
export { aimlapiEmbeddings } from "./embeddings/aimlapi-embeddings.ts";
export type { AimlapiEmbeddingOptions } from "./embeddings/aimlapi-embeddings.ts";
export { cohereEmbeddings } from "./embeddings/cohere-embeddings.ts";
export type { CohereEmbeddingOptions } from "./embeddings/cohere-embeddings.ts";
export type {
  EmbeddingModel,
  EmbeddingPurpose,
  Embeddings,
  EmbedOptions,
} from "./embeddings/embedding-model.ts";
export type { Pace } from "./pace/pace.ts";
export { promptedTools } from "./prompted/prompted-tools.ts";
export { cohereReranker } from "./rerank/cohere-reranker.ts";
export type { CohereRerankerOptions } from "./rerank/cohere-reranker.ts";
export type {
  RankedDocument,
  Ranking,
  Reranker,
  RerankOptions,
  RerankRequest,
  RerankUsage,
} from "./rerank/reranker.ts";
export type { Timeouts } from "./wire/timeouts.ts";
