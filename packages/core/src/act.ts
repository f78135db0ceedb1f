import { type CallOutcome, callTool, isAnswered } from "./calls/call-tool.ts";
import { deedsOf } from "./progress/deeds.ts";
import type { AgentEvent } from "./event.ts";
import { handOver } from "./handoff/hand-over.ts";
import { inParallel } from "./calls/in-parallel.ts";
import type { AssistantMessage, ToolCall } from "./message.ts";
import type { Approval } from "./result.ts";
import type { Running } from "./running.ts";
import { Schedule } from "./calls/schedule.ts";

/** Does the calls of an answer and takes their results into the conversation; returns the approvals that are missing. */
export async function* act(
  it: Running,
  answer: AssistantMessage,
): AsyncGenerator<AgentEvent, readonly Approval[]> {
  const calls = it.conversation.open(answer.toolCalls ?? []);
  const [only] = calls;
  const outcomes: CallOutcome[] = [];
  if (only && calls.length === 1) outcomes.push(yield* callTool(it, only));
  else if (only) outcomes.push(...(yield* called(it, calls)));
  endStep(it);
  const answered = outcomes.filter(isAnswered);
  it.conversation.answer(answered.map(({ message }) => message));
  if (answered.length === outcomes.length)
    it.progress.see(deedsOf(it.agent, answer, it.conversation.results));
  const { finishReason, usage } = answer;
  const step = it.conversation.stepsTaken;
  const toolResults = answered.map(({ result }) => result);
  it.stepResults.push({ step, message: answer, toolResults, finishReason, usage });
  yield* handOver(it, answer);
  it.scope.check();
  const approvals = outcomes.flatMap((outcome) => outcome.approvals ?? []);
  if (approvals.length > 0) return approvals;
  for (const { exceeded } of outcomes) if (exceeded) throw exceeded;
  if (it.isWatched) yield { type: "step-finish", step, finishReason, usage };
  return approvals;
}

/** Lets go of the step's own deadline, where it has one. */
function endStep(it: Running): void {
  if (it.stepScope !== it.scope) it.stepScope.close();
  it.stepScope = it.scope;
}

/** Does several calls side by side. */
function called(
  it: Running,
  calls: readonly ToolCall[],
): AsyncGenerator<AgentEvent, CallOutcome[]> {
  const { toolConcurrency, tools } = it.agent;
  const mayClaim = calls.map(({ name }) => tools.get(name)?.resources !== undefined);
  const schedule = new Schedule(mayClaim, toolConcurrency);
  return inParallel(calls.map((call, index) => callTool(it, call, { schedule, index })));
}
