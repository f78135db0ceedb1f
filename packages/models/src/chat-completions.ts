import type { Model } from "@pawl/core";

import { chatModel } from "./chat-model.ts";
import { type ChatCompletionsOptions, readChatOptions } from "./chat-options.ts";

/**
 * A model behind any server that speaks chat completions.
 *
 * @throws TypeError for an option that is unknown or wrong.
 */
export function chatCompletions(options: ChatCompletionsOptions): Model {
  return chatModel(readChatOptions("chatCompletions", options), {
    keyHint: 'Check "apiKey".',
    modelHint: 'Check "model" (GET /models lists them), and "baseURL", which mostly ends in /v1.',
  });
}
