import type { AssistantMessage, Model } from "@pawl/core";

const usage = { inputTokens: 100, outputTokens: 20, totalTokens: 120 };

/** A model that asks for two calls in each answer, until it has given so many in a run, and remembers nothing. */
export function endlessModel(stepsOfRun: number): Model {
  const given = new WeakMap<object, number>();
  return {
    id: "endless",
    capabilities: { tools: true, contextTokens: 1_000_000 },
    async *respond({ run }) {
      const step = (given.get(run) ?? 0) + 1;
      given.set(run, step);
      yield { type: "text-delta", text: "Going " };
      yield { type: "text-delta", text: "on." };
      const said = { role: "assistant", content: "Going on.", usage } as const;
      if (step >= stepsOfRun) return { ...said, finishReason: "stop" };
      return { ...said, finishReason: "tool-calls", toolCalls: calls(step) };
    },
  };
}

function calls(step: number): AssistantMessage["toolCalls"] {
  return ["look_up", "look_up_later"].map((name, i) => ({
    id: `call_${step}_${i}`,
    name,
    input: { record: step },
  }));
}

/** A model that writes summaries, all of them the same. */
export const summarizer: Model = {
  id: "summarizer",
  capabilities: { tools: false },
  async *respond() {
    yield { type: "text-delta", text: "Summary." };
    const content = `Records were looked up. ${"z".repeat(800)}`;
    return { role: "assistant", content, finishReason: "stop", usage };
  },
};
