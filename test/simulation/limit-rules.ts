import type { RunResult } from "@pawl/core";

import type { AgentPlan } from "./plan.ts";

/** What is wrong with how far a run went. After a handoff other limits may hold, so such agents are left out. */
export function limitProblems(
  { peer, stopsAfter }: AgentPlan,
  { messages, steps }: RunResult,
  maxSteps: number,
): string[] {
  const problems: string[] = [];
  const answers = messages.filter(({ role }) => role === "assistant").length;
  if (answers > maxSteps) problems.push(`it took ${answers} of ${maxSteps} steps`);
  // It is only asked after steps with calls.
  const wentOn = steps
    .slice(0, -1)
    .findIndex(({ message }, i) => i + 1 >= stopsAfter && message.toolCalls?.length);
  if (!peer && wentOn !== -1) problems.push(`it went on after step ${wentOn + 1} of ${stopsAfter}`);
  return problems;
}
