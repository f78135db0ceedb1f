import type { AgentSetup } from "./agent-setup.ts";
import { readBudget } from "./budget/budget-limits.ts";
import { checkMessage } from "./check-message.ts";
import { checkOptions } from "./options.ts";
import { speakerNamed } from "./handoff/hand-over.ts";
import { isViewState } from "./context/view-state.ts";
import type { Usage } from "./message.ts";
import { shown } from "./shown.ts";
import type { Decision, RunState } from "./result.ts";
import type { UsedApprovals } from "./calls/used-approvals.ts";

/** @throws TypeError for a state that is damaged, of another version, or not of this agent. */
export function checkState(setup: AgentSetup, state: RunState): void {
  const { version, agent, budget, messages, speaker, steering } = Object(state) as RunState;
  if (version !== 1)
    throw new TypeError(
      `resume: this is no run state of version 1 (its version is ${shown(version)}). Pass result.state, or what JSON.parse gives of it.`,
    );
  if (agent !== setup.name)
    throw new TypeError(
      `resume: the state is of agent ${shown(agent)}, this one is "${setup.name}". Resume it with the agent that began it.`,
    );
  if (!isWhole(Object(state) as RunState))
    throw new TypeError(
      "resume: the state is damaged: messages, start, waiting, runId or records are not what they were.",
    );
  readBudget("resume: the state is damaged", budget);
  for (const [index, each] of [...messages, ...(steering ?? [])].entries())
    checkMessage(`resume: the state is damaged: message ${index}`, each);
  if (speaker !== undefined && !speakerNamed(setup, speaker))
    throw new TypeError(
      `resume: the run was handed over to agent ${shown(speaker)}, and no handoff of "${setup.name}" leads to it any more.`,
    );
}

function isSpent(spent: RunState["spent"]): boolean {
  if (spent === undefined) return true;
  const { usage, steps, toolCalls, ms, open = {} } = Object(spent) as NonNullable<typeof spent>;
  const { inputTokens, outputTokens, totalTokens } = Object(usage) as Usage;
  if (typeof open !== "object" || open === null) return false;
  const counts = [steps, toolCalls, ms, inputTokens, outputTokens, totalTokens];
  return (
    counts.every(Number.isFinite) &&
    Object.values(open).every((each) => each !== undefined && isSpent(each))
  );
}

/** @throws TypeError for a decision on a call that waits for none, or that was approved before. */
export function checkDecisions(
  { runId, waiting }: RunState,
  decisions: readonly Decision[],
  approvals: UsedApprovals,
): void {
  if (!Array.isArray(decisions))
    throw new TypeError('resume: "decisions" must be a list of { callId, approve }.');
  const seen = new Set<string>();
  for (const each of decisions as readonly Decision[]) {
    const { callId, approve, input, reason } = Object(each) as Decision;
    const problem = !waiting.includes(callId)
      ? `no call "${callId}" waits for a decision (it may have been decided before). Waiting: ${waiting.join(", ") || "none"}.`
      : seen.has(callId)
        ? `there are two decisions on call "${callId}".`
        : typeof approve !== "boolean"
          ? `the decision on call "${callId}" needs "approve": true or false.`
          : reason !== undefined && typeof reason !== "string"
            ? `the decision on call "${callId}" has a "reason" that is no text.`
            : input !== undefined && !isArguments(input)
              ? `the decision on call "${callId}" has an "input" that is no object of arguments in plain JSON.`
              : approve && approvals.has(runId, callId)
                ? `the approval of call "${callId}" was used before. Go on from the state of the result that it led to.`
                : undefined;
    if (problem) throw new TypeError(`resume: ${problem}`);
    checkOptions("resume: a decision", each, ["callId", "approve", "input", "reason"]);
    seen.add(callId);
  }
}

function isArguments(input: unknown): boolean {
  try {
    return (
      typeof input === "object" && !Array.isArray(input) && JSON.stringify(input).startsWith("{")
    );
  } catch {
    return false;
  }
}

function isWhole(state: RunState): boolean {
  const { messages, waiting, start, inputStart, runId, records, spent, steering, view } = state;
  return (
    Array.isArray(messages) &&
    Array.isArray(waiting) &&
    Number.isInteger(start) &&
    start >= 0 &&
    start <= messages.length &&
    isPosition(inputStart, messages) &&
    typeof runId === "string" &&
    typeof records === "object" &&
    records !== null &&
    isSpent(spent) &&
    (steering === undefined || Array.isArray(steering)) &&
    isViewState(view)
  );
}

/** Whether it is a place in the messages, their end included, or none. */
function isPosition(place: number | undefined, messages: readonly unknown[]): boolean {
  return place === undefined || (Number.isInteger(place) && place >= 0 && place <= messages.length);
}
