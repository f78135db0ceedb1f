import type { AssistantMessage, Model, ModelEvent, ModelRequest, ToolCall } from "@pawl/core";

/** An answer that is said in pieces. */
export interface Shredded {
  readonly content?: string;
  readonly reasoning?: string;
  readonly refusal?: string;
  readonly toolCalls?: readonly ToolCall[];
  readonly citations?: AssistantMessage["citations"];
  /** Thrown after everything was said. */
  readonly error?: Error;
}

const usage = { inputTokens: 1, outputTokens: 1, totalTokens: 2 };

/** A model whose answers come in pieces of `size()` characters, everything at once, one channel after another. */
export function inShreds(answers: readonly Shredded[], size: () => number = () => 1) {
  const requests: ModelRequest[] = [];
  const model: Model = {
    id: "shreds",
    capabilities: { tools: true },
    async *respond(request): AsyncGenerator<ModelEvent, AssistantMessage> {
      const { error, content = "", ...rest } = answers[requests.length] ?? {};
      requests.push({ ...request, messages: [...request.messages] });
      yield* woven([
        pieces(rest.reasoning, size).map((text) => ({ type: "reasoning-delta", text })),
        pieces(content, size).map((text) => ({ type: "text-delta", text })),
      ]);
      for (const { id, name, input } of rest.toolCalls ?? []) {
        yield { type: "tool-input-start", callId: id, toolName: name };
        for (const text of pieces(JSON.stringify(input), size))
          yield { type: "tool-input-delta", callId: id, text };
        yield { type: "tool-input-end", callId: id };
      }
      if (error) throw error;
      return { role: "assistant", content, usage, ...rest };
    },
  };
  return { model, requests };
}

function pieces(text = "", size: () => number): string[] {
  const result: string[] = [];
  for (let at = 0; at < text.length; at += result.at(-1)?.length ?? 1)
    result.push(text.slice(at, at + size()));
  return result;
}

function* woven(channels: readonly ModelEvent[][]): Generator<ModelEvent> {
  const longest = Math.max(...channels.map(({ length }) => length));
  for (let i = 0; i < longest; i++)
    for (const channel of channels) if (channel[i]) yield channel[i] as ModelEvent;
}
