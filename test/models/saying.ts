import type { AssistantMessage, Model, ModelRequest } from "@pawl/core";

/** A model that says a text in these pieces, whatever it is asked, and remembers what that was. */
export function saying(
  pieces: readonly string[],
  fields: Partial<AssistantMessage> = {},
): Model & { readonly requests: readonly ModelRequest[] } {
  const requests: ModelRequest[] = [];
  return {
    id: "saying",
    capabilities: { tools: false },
    requests,
    async *respond(request) {
      requests.push(request);
      for (const text of pieces) yield { type: "text-delta", text };
      const content = pieces.join("");
      return { role: "assistant", content, finishReason: "stop", ...fields };
    },
  };
}
