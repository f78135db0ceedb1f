import { assumedCapabilities } from "./assumed.ts";
import { type Catalogue, catalogue, type ModelFacts } from "./catalogue.ts";
import type { NamedDeprecation } from "./read-models.ts";

/** What there is to be merged, the strongest word first. */
export interface Sources {
  /** The models that the server lists. */
  readonly served: readonly ModelFacts[];
  /** The models that it says are on their way out, or gone. */
  readonly retired: readonly NamedDeprecation[];
  /** What was known before. */
  readonly known: Catalogue;
}

/**
 * The models of all sources, each once. A name that leads to a model that is served is no model of its own, even where the
 * feed says that it was folded into that one.
 */
export function mergedModels({ served, retired, known }: Sources): readonly ModelFacts[] {
  const ends = new Map(retired.map((entry) => [entry.id, entry.deprecation]));
  const living = served.map((facts) => {
    const deprecation = ends.get(facts.id);
    return deprecation ? { ...facts, deprecation } : facts;
  });
  const byName = catalogue(living);
  const gone = retired
    .filter(({ id }) => !byName.find(id))
    .map(({ id, aliases, deprecation }): ModelFacts => {
      const {
        capabilities = assumedCapabilities,
        price,
        deprecation: before,
      } = known.find(id) ?? {};
      const end = {
        status: deprecation.status,
        deprecatedAt: deprecation.deprecatedAt ?? before?.deprecatedAt,
        shutdownAt: deprecation.shutdownAt ?? before?.shutdownAt,
        replacement: deprecation.replacement ?? before?.replacement,
      };
      return { id, aliases, capabilities, ...(price && { price }), deprecation: end };
    });
  const named = catalogue([...living, ...gone]);
  return [...living, ...gone, ...known.models.filter(({ id }) => !named.find(id))];
}
