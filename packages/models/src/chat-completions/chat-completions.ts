import type { Model } from "@pawl/core";

import { answerTokens } from "../catalogue/assumed.ts";
import { knownModels } from "../catalogue/known-models.ts";
import { chatModel } from "./chat-model.ts";
import { type ChatCompletionsOptions, readChatOptions } from "./chat-options.ts";

/**
 * A model behind any server that speaks chat completions.
 *
 * @throws TypeError for an option that is unknown or wrong.
 */
export function chatCompletions(options: ChatCompletionsOptions): Model {
  const setup = readChatOptions("chatCompletions", options);
  const { maxTokens = answerTokensOf(setup) } = setup;
  return chatModel(
    { ...setup, maxTokens },
    {
      hints: {
        keyHint: 'Check "apiKey".',
        modelHint:
          'Check "model" (GET /models lists them), and "baseURL", which mostly ends in /v1.',
      },
      capabilities: { tools: true },
    },
  );
}

/** How much the model can write, where its name or what was said of it tells; of any other only its server knows. */
function answerTokensOf({
  model,
  capabilities,
}: ReturnType<typeof readChatOptions>): number | undefined {
  const known = knownModels.aimlapi.find(model);
  if (!known && capabilities.maxOutputTokens === undefined) return undefined;
  return answerTokens({
    id: model,
    capabilities: { tools: true, ...known?.capabilities, ...capabilities },
  });
}
