import { ModelError, type Model, type ModelRequest } from "@pawl/core";

/** A model whose answers arrive in just these pieces; an error in place of an answer's last piece breaks it off. */
export function inPieces(
  ...answers: readonly (readonly (string | ModelError)[])[]
): Model & { readonly requests: ModelRequest[] } {
  const requests: ModelRequest[] = [];
  return {
    id: "in-pieces",
    capabilities: { tools: true },
    requests,
    async *respond(request) {
      const pieces = answers[requests.length] ?? [];
      requests.push(request);
      for (const piece of pieces) {
        if (typeof piece !== "string") throw piece;
        yield { type: "text-delta", text: piece };
      }
      const usage = { inputTokens: 1, outputTokens: 1, totalTokens: 2 };
      return { role: "assistant", content: pieces.join(""), finishReason: "stop", usage };
    },
  };
}

/** A failure in the middle of an answer that may pass. */
export const cut: ModelError = new ModelError("It broke off.", {
  code: "incomplete",
  retryable: true,
});
