import type { Model } from "@pawl/core";

import { chatModel } from "./chat-model.ts";
import { type ChatCompletionsOptions, readChatOptions } from "./chat-options.ts";

/** How to reach AI/ML API; all of it has defaults. */
export interface AimlapiOptions extends Omit<ChatCompletionsOptions, "model" | "baseURL"> {
  /**
   * Where the server is.
   *
   * @defaultValue `"https://api.aimlapi.com/v1"`
   */
  readonly baseURL?: string | undefined;
}

const publicURL = "https://api.aimlapi.com/v1";
const keyNames = ["AIMLAPI_API_KEY", "AIML_API_KEY", "AIMLAPI_KEY"];

/** Models that AI/ML API no longer serves, and what takes their place (Cohere's deprecations page, 2025-09-15). */
const successors: Readonly<Record<string, string>> = {
  "cohere/command-r-plus": "cohere/command-r-plus-08-2024",
  "cohere/command-r": "cohere/command-r-08-2024",
};

/**
 * A model of AI/ML API, at https://api.aimlapi.com/v1 or where `AIMLAPI_INFERENCE_URL` says. The key is `apiKey`, or the
 * first of `AIMLAPI_API_KEY`, `AIML_API_KEY` and `AIMLAPI_KEY` that is set. `maxTokens` is 4,000 unless said otherwise, the most that Command R+ writes: the
 * provider's own default of 512 cuts tool calls.
 *
 * @throws TypeError when there is no key, or an option is unknown or wrong.
 */
export function aimlapi(model: string, options: AimlapiOptions = {}): Model {
  const apiKey = options.apiKey ?? keyNames.map((name) => process.env[name]).find(Boolean);
  const successor = successors[model];
  const { maxTokens = 4_000, baseURL = process.env["AIMLAPI_INFERENCE_URL"] || publicURL } =
    options;
  // A misspelt option is named first: it may well be the key.
  const setup = readChatOptions("aimlapi", { ...options, maxTokens, baseURL, apiKey, model });
  if (!apiKey) throw missingKey();
  return chatModel(setup, {
    keyHint: `Check ${keyNames[0]}, or make a new key at https://aimlapi.com/app/keys.`,
    modelHint: successor
      ? `It was withdrawn; use "${successor}".`
      : "See https://docs.aimlapi.com/api-references/model-database for the models it serves.",
  });
}

/** The sentence is all there is to know: the frames of a call stack would only bury it. */
function missingKey(): TypeError {
  const error = new TypeError(
    `There is no key for AI/ML API: set ${keyNames[0]} (make one at https://aimlapi.com/app/keys) or pass { apiKey }; ` +
      `to try Pawl without a key, run one of its examples, such as "npx pnpm@12 demo" in the repository.`,
  );
  error.stack = `${error.name}: ${error.message}`;
  return error;
}
