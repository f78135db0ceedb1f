import type { Model, ModelCapabilities } from "@pawl/core";

import type { ModelPrice } from "../catalogue/catalogue.ts";
import { promptedTools } from "../prompted/prompted-tools.ts";
import { salvagedCalls } from "../prompted/salvaged-calls.ts";
import { askedOf, type Hints } from "../wire/endpoint.ts";
import { wireModel } from "../wire/wire-model.ts";
import { Answer } from "./answer.ts";
import { capabilitiesOf } from "./capabilities.ts";
import type { ChatSetup } from "./chat-options.ts";
import { Encoder } from "./encode.ts";
import { failedGeneration } from "./failed-generation.ts";
import { formatOf } from "./response-format.ts";

/** What is known of a model, and of the vendor that serves it. */
export interface Known {
  readonly hints: Hints;
  readonly capabilities: ModelCapabilities;
  /** What the vendor charges, where that is known, to price what it does not bill itself. */
  readonly price?: ModelPrice | undefined;
}

/** A model that is asked over chat completions. */
export function chatModel(setup: ChatSetup, known: Known): Model {
  const capabilities = capabilitiesOf(known.capabilities, setup.capabilities);
  const { toolMode, responseFormat } = setup;
  if (toolMode === "native" || (toolMode === "auto" && capabilities.tools)) {
    const native = nativeModel(setup, { ...known, capabilities });
    return setup.isToolTextSalvaged ? salvagedCalls(native) : native;
  }
  // Told in words, tools are no longer seen in the request, so what is asked for only without them is decided before that.
  const bare = { ...setup, responseFormat: undefined };
  const prompted = promptedTools(nativeModel(bare, { ...known, capabilities }));
  return {
    ...prompted,
    respond: (request) =>
      prompted.respond({ ...request, responseFormat: formatOf(request, responseFormat) }),
  };
}

/** A model with tools by the server's own protocol. */
function nativeModel(setup: ChatSetup, { hints, capabilities, price }: Known): Model {
  const { endpoint, model, hasCumulativeText: isCumulative } = setup;
  const asked = askedOf(endpoint, model, hints);
  const encoder = new Encoder(setup, capabilities);
  return wireModel({
    id: model,
    capabilities,
    endpoint,
    asked,
    encode: (request) => {
      const { body, names, callIds } = encoder.encode(request);
      const { isWatched } = request;
      return {
        body,
        answer: new Answer({ asked, names, callIds, isWatched, isCumulative, price }),
        rescue: (status, refusal) => failedGeneration(status, refusal, names),
      };
    },
  });
}
