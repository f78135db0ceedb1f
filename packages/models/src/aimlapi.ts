import type { Model } from "@pawl/core";

import { aimlapiHints, aimlapiKey, aimlapiURL, missingAimlapiKey } from "./aimlapi-server.ts";
import { answerTokens, assumedCapabilities } from "./catalogue/assumed.ts";
import type { Catalogue } from "./catalogue/catalogue.ts";
import { checkCatalogue } from "./catalogue/check-catalogue.ts";
import { knownModels } from "./catalogue/known-models.ts";
import { modelHint } from "./catalogue/model-hint.ts";
import { chatModel } from "./chat-completions/chat-model.ts";
import { type ChatCompletionsOptions, readChatOptions } from "./chat-completions/chat-options.ts";
import { checkGivenOptions } from "./wire/checked-fields.ts";

/** How to reach AI/ML API; all of it has defaults. */
export interface AimlapiOptions extends Omit<ChatCompletionsOptions, "model" | "baseURL"> {
  /**
   * Where the server is.
   *
   * @defaultValue `AIMLAPI_INFERENCE_URL`, or `"https://api.aimlapi.com/v1"`
   */
  readonly baseURL?: string | undefined;
  /**
   * What is known of the models: their capabilities, sizes, prices and successors; see `fetchCatalogue`.
   *
   * @defaultValue `knownModels.aimlapi`
   */
  readonly catalogue?: Catalogue | undefined;
}

/**
 * A model of AI/ML API. The key is `apiKey`, or the first of `AIMLAPI_API_KEY`, `AIML_API_KEY` and `AIMLAPI_KEY` that is
 * set. `maxTokens` is what the catalogue says that the model can write unless said otherwise, 4,000 for a model that it does
 * not know: the provider's own default of 512 cuts tool calls.
 *
 * @throws TypeError when there is no key, or an option is unknown or wrong.
 */
export function aimlapi(model: string, options: AimlapiOptions = {}): Model {
  checkGivenOptions("aimlapi", options);
  const { catalogue = knownModels.aimlapi, ...rest } = options;
  checkCatalogue("aimlapi", catalogue);
  const facts = catalogue.find(model);
  const apiKey = rest.apiKey ?? aimlapiKey();
  const { maxTokens = answerTokens(facts), baseURL = aimlapiURL() } = rest;
  // A misspelt option is named first: it may well be the key.
  const setup = readChatOptions("aimlapi", { ...rest, maxTokens, baseURL, apiKey, model }, [
    "catalogue",
  ]);
  if (!apiKey) throw missingAimlapiKey();
  return chatModel(setup, {
    hints: { ...aimlapiHints, modelHint: modelHint(facts?.deprecation, aimlapiHints.modelHint) },
    capabilities: facts?.capabilities ?? assumedCapabilities,
    price: facts?.price,
  });
}
