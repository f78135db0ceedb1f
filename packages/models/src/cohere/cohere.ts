import type { Model } from "@pawl/core";

import { modelHint } from "../catalogue/model-hint.ts";
import { cohereHints, cohereKey, missingCohereKey } from "../cohere-server.ts";
import { checkGivenOptions } from "../wire/checked-fields.ts";
import { askedOf } from "../wire/endpoint.ts";
import { wireModel } from "../wire/wire-model.ts";
import { CohereAnswer } from "./cohere-answer.ts";
import { CohereEncoder } from "./cohere-encode.ts";
import type { CohereOptions } from "./cohere-options.ts";
import { readCohereOptions } from "./cohere-setup.ts";

/**
 * A model of Cohere over its own API, version 2, which gives what chat completions have no words for: documents, citations,
 * plans and strict tools. The key is `apiKey`, or the first of `COHERE_API_KEY` and `CO_API_KEY` that is set.
 *
 * @throws TypeError when there is no key, or an option is unknown or wrong.
 */
export function cohere(model: string, options: CohereOptions = {}): Model {
  checkGivenOptions("cohere", options);
  const apiKey = options.apiKey ?? cohereKey();
  // A misspelt option is named first: it may well be the key.
  const setup = readCohereOptions(model, { ...options, apiKey });
  if (!apiKey) throw missingCohereKey();
  const { capabilities, deprecation, price } = setup.facts;
  const hint = modelHint(deprecation, cohereHints.modelHint);
  const asked = askedOf(setup.endpoint, model, { ...cohereHints, modelHint: hint });
  const encoder = new CohereEncoder(setup);
  return wireModel({
    id: model,
    capabilities,
    endpoint: setup.endpoint,
    asked,
    encode: (request) => {
      const { body, names, callIds } = encoder.encode(request);
      const { isWatched } = request;
      return { body, answer: new CohereAnswer({ asked, names, callIds, isWatched, price }) };
    },
  });
}
