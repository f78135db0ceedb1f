import type { FinishReason } from "@pawl/core";

/** The words of the protocol. */
const known: ReadonlySet<string> = new Set(["stop", "tool_calls", "length", "content_filter"]);

/** The words that servers have for an answer that ran into a limit of tokens, in lower case. */
const lengths: ReadonlySet<string> = new Set([
  "length",
  "max_tokens",
  "max_output_tokens",
  "model_length",
  "incomplete",
]);

/** Those for an answer that a filter ended; the last four are Gemini's (librefang/librefang#3450). */
const filters: ReadonlySet<string> = new Set([
  "content_filter",
  "sensitive",
  "safety",
  "recitation",
  "blocklist",
  "prohibited_content",
]);

/** Those for an answer that was not finished for a reason of the server's, such as DeepSeek's `insufficient_system_resource`. */
const interruptions: ReadonlySet<string> = new Set([
  "error",
  "insufficient_system_resource",
  "network_error",
  "timeout",
  "abort",
  "aborted",
  "cancelled",
  "canceled",
  "user_cancel",
]);

/** A server's word for the end of an answer; words of its own mean what there is: calls, or none. */
export function finishReason(word: string | undefined, hasCalls: boolean): FinishReason {
  const plain = word?.toLowerCase() ?? "";
  if (lengths.has(plain)) return "length";
  if (filters.has(plain)) return "content-filter";
  // Servers say `stop` with calls (vllm-project/vllm#9209) and `tool_calls` without any (vllm-project/vllm#53256).
  return hasCalls ? "tool-calls" : "stop";
}

/** Why no call of an answer that ended so may be run; undefined when they may. */
export function cutBy(word: string | undefined): string | undefined {
  return cutOf(finishReason(word, true));
}

/** The same for an answer that is known by what its end means. */
export function cutOf(reason: FinishReason | undefined): string | undefined {
  if (reason === "length") return "the answer was cut at its output limit";
  if (reason === "content-filter") return "the provider's filter ended the answer";
  return undefined;
}

/** Whether a word says that the answer is no whole one, and that another attempt may give one. */
export function isInterruption(word: string): boolean {
  return interruptions.has(word.toLowerCase());
}

/** Whether a server's word for the end of an answer is one of the protocol, or none was said. */
export function isKnownFinish(word: string | undefined): boolean {
  return word === undefined || known.has(word);
}
