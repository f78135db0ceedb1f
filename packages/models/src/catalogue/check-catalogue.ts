import type { Catalogue } from "./catalogue.ts";

/** @throws TypeError when it is none; `where` is the function that the user called. */
export function checkCatalogue(where: string, catalogue: unknown): void {
  const { find, models } = Object(catalogue) as Partial<Catalogue>;
  // A list of models has a `find` too.
  if (typeof find !== "function" || !Array.isArray(models))
    throw new TypeError(
      `${where}: "catalogue" must be a catalogue of models, such as "knownModels.${where}" or what "catalogue([…])" gives.`,
    );
}
