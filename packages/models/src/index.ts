export { aimlapi } from "./aimlapi.ts";
export type { AimlapiOptions } from "./aimlapi.ts";
export { chatCompletions } from "./chat-completions.ts";
export type { ChatCompletionsOptions } from "./chat-options.ts";
export type { Timeouts } from "./timeouts.ts";
