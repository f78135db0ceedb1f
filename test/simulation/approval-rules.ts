import { isDeepStrictEqual } from "node:util";

import type { AssistantMessage, RunResult } from "@pawl/core";

/** What is wrong with what a run waits for. */
export function approvalProblems(result: RunResult): string[] {
  const { messages, state, status } = result;
  const asked = result.status === "paused" ? result.approvals.map(({ callId }) => callId) : [];
  const problems: string[] = [];
  if (status === "paused" && asked.length === 0) problems.push("it waits for nothing");
  if (new Set(asked).size < asked.length) problems.push(`it asks twice: ${asked.join(", ")}`);
  if (!isDeepStrictEqual(asked, [...state.waiting]))
    problems.push(`it asks for ${asked.join(", ")}, its state for ${state.waiting.join(", ")}`);
  const last = messages.findLast(({ role }) => role === "assistant") as
    | AssistantMessage
    | undefined;
  const calls = (last?.toolCalls ?? []).map(({ id }) => id);
  const waiting = new Set(asked.map((callId) => callId.split("/")[0] ?? ""));
  for (const id of waiting)
    if (!calls.includes(id)) problems.push(`it asks for ${id}, which is no call`);
  const answered = new Set(messages.map((each) => (each.role === "tool" ? each.callId : "")));
  // Others may wait for a larger budget.
  const open = status === "paused" && !state.budget ? calls.filter((id) => !answered.has(id)) : [];
  for (const id of open) if (!waiting.has(id)) problems.push(`${id} waits for nothing`);
  return problems;
}
