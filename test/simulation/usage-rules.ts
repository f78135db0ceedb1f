import type { RunResult } from "@pawl/core";

import type { World } from "./world.ts";

/**
 * What is wrong with what a run says it used, and with what it was allowed to use. When something was ended from outside, not
 * all that was used is known.
 */
export function usageProblems(world: World, result: RunResult): string[] {
  const isKnown = !world.isInterrupted;
  const { answers, budget, starts, stated } = world;
  const { totalTokens } = result.usage;
  const used: readonly (readonly [string, number, number | undefined])[] = [
    ["tokens by its own count", totalTokens, budget.tokens],
    // A subagent's call that is left open is not counted until it goes on, so only what it did is compared.
    ["tool calls", starts, budget.toolCalls],
    ...(isKnown
      ? ([
          ["tokens", stated.totalTokens, budget.tokens],
          ["steps", answers, budget.steps],
        ] as const)
      : []),
  ];
  const over = used
    .filter(([, amount, limit]) => limit !== undefined && amount > limit)
    .map(([what, amount, limit]) => `it used ${amount} of ${limit} ${what}`);
  const isMiscounted =
    isKnown && result.status === "completed" && totalTokens !== stated.totalTokens;
  if (isMiscounted)
    over.push(`it says ${totalTokens} tokens, its models and tools ${stated.totalTokens}`);
  if (isKnown && result.status === "completed") over.push(...leftProblems(world, result));
  return over;
}

/** A call that a person agreed to has run, or was refused for a reason of its own. */
function leftProblems({ approved, begun, runId }: World, { messages }: RunResult): string[] {
  const refused = /^Not executed: (this call is not allowed|The policy|It cannot be said)/;
  return messages.flatMap((message) => {
    if (message.role !== "tool" || refused.test(message.content)) return [];
    const key = `${runId}:${message.callId}`;
    return approved.has(key) && !begun.has(key) ? [`${key} was agreed to and never ran`] : [];
  });
}
