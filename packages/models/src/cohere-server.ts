import type { Hints } from "./wire/endpoint.ts";

/** Where Cohere's own API is, in its second version. */
export const cohereURL = "https://api.cohere.com/v2";

const keyNames = ["COHERE_API_KEY", "CO_API_KEY"];

/** The key for Cohere in the environment, if there is one; `CO_API_KEY` is the name that Cohere's own SDKs read. */
export function cohereKey(): string | undefined {
  return keyNames.map((name) => process.env[name]).find(Boolean);
}

/** What to do about a key that Cohere refuses, or a model that it does not serve. */
export const cohereHints: Hints = {
  keyHint: `Check ${keyNames[0]}, or make a new key at https://dashboard.cohere.com/api-keys.`,
  modelHint: "See https://docs.cohere.com/docs/models for the models it serves.",
};

/** The sentence is all there is to know: the frames of a call stack would only bury it. */
export function missingCohereKey(): TypeError {
  const error = new TypeError(
    `There is no key for Cohere: set ${keyNames[0]} (make one at https://dashboard.cohere.com/api-keys) or pass { apiKey }.`,
  );
  error.stack = `${error.name}: ${error.message}`;
  return error;
}
