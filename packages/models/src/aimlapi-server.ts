import type { Hints } from "./wire/endpoint.ts";

const publicURL = "https://api.aimlapi.com/v1";
const keyNames = ["AIMLAPI_API_KEY", "AIML_API_KEY", "AIMLAPI_KEY"];

/** Where AI/ML API is when nobody says otherwise. */
export function aimlapiURL(): string {
  return process.env["AIMLAPI_INFERENCE_URL"] || publicURL;
}

/** The key for AI/ML API in the environment, if there is one. */
export function aimlapiKey(): string | undefined {
  return keyNames.map((name) => process.env[name]).find(Boolean);
}

/** What to do about a key that AI/ML API refuses, or a model that it does not serve. */
export const aimlapiHints: Hints = {
  keyHint: `Check ${keyNames[0]}, or make a new key at https://aimlapi.com/app/keys.`,
  modelHint: "See https://docs.aimlapi.com/api-references/model-database for the models it serves.",
};

/** The sentence is all there is to know: the frames of a call stack would only bury it. */
export function missingAimlapiKey(): TypeError {
  const error = new TypeError(
    `There is no key for AI/ML API: set ${keyNames[0]} (make one at https://aimlapi.com/app/keys) or pass { apiKey }; ` +
      `to try Pawl without a key, run one of its examples, such as "npx pnpm@12 demo" in the repository.`,
  );
  error.stack = `${error.name}: ${error.message}`;
  return error;
}
