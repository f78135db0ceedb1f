import type { ModelDeprecation } from "./catalogue.ts";

/** What to do when a model is not served: use what took its place, where that is known. */
export function modelHint(deprecation: ModelDeprecation | undefined, otherwise: string): string {
  if (!deprecation?.replacement) return otherwise;
  const { status, replacement } = deprecation;
  return status === "withdrawn"
    ? `It was withdrawn; use "${replacement}".`
    : `It is on its way out; use "${replacement}".`;
}
