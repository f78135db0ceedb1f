import type { ModelCapabilities } from "@pawl/core";

/** What is known of a model at one server, as data. */
export interface ModelFacts {
  /** The server's name for the model. */
  readonly id: string;
  /**
   * Other names by which the server knows it.
   *
   * @defaultValue none
   */
  readonly aliases?: readonly string[] | undefined;
  /** What it can do; `tools` and `toolChoice` by the server's own protocol. */
  readonly capabilities: ModelCapabilities;
  /**
   * What the server charges.
   *
   * @defaultValue not known
   */
  readonly price?: ModelPrice | undefined;
  /**
   * Whether it is on its way out, or gone.
   *
   * @defaultValue it is not, as far as is known
   */
  readonly deprecation?: ModelDeprecation | undefined;
}

/** What a model costs, in US dollars for a million tokens. */
export interface ModelPrice {
  readonly inputUsd: number;
  readonly outputUsd: number;
  /**
   * For input that the server had in its cache.
   *
   * @defaultValue the price of any other input
   */
  readonly cachedInputUsd?: number | undefined;
}

/** The end of a model. Dates are `YYYY-MM-DD`. */
export interface ModelDeprecation {
  /** `deprecated` is served until its shutdown, `superseded` leads to another model, `withdrawn` is gone. */
  readonly status: "deprecated" | "superseded" | "withdrawn";
  /** When it was announced, where that is known. */
  readonly deprecatedAt?: string | undefined;
  /** When requests begin, or began, to fail, where that is known. */
  readonly shutdownAt?: string | undefined;
  /** The id of the model to use in its place, if there is one. */
  readonly replacement?: string | undefined;
}

/** The models of one server, to be looked up by any of their names. */
export interface Catalogue {
  readonly models: readonly ModelFacts[];
  /** The model of that id; of that alias when there is none. */
  readonly find: (idOrAlias: string) => ModelFacts | undefined;
}

/** A catalogue of these models; of two with one id the first counts. */
export function catalogue(models: readonly ModelFacts[]): Catalogue {
  const byName = new Map<string, ModelFacts>();
  // An id is stronger than an alias: gateways let an old id live on as the alias of its successor.
  const ids = models.map((facts) => [facts.id, facts] as const);
  const aliases = models.flatMap((facts) =>
    (facts.aliases ?? []).map((alias) => [alias, facts] as const),
  );
  for (const [name, facts] of [...ids, ...aliases]) if (!byName.has(name)) byName.set(name, facts);
  return { models, find: (idOrAlias) => byName.get(idOrAlias) };
}
