import { callTool, type CallOutcome } from "./call-tool.ts";
import type { AgentEvent } from "./event.ts";
import { inParallel } from "./in-parallel.ts";
import type { AssistantMessage, ToolMessage } from "./message.ts";
import type { Approval, ToolResult } from "./result.ts";
import type { Running } from "./running.ts";

/** Does the calls of an answer and takes their results into the conversation; returns the approvals that are missing. */
export async function* act(
  it: Running,
  answer: AssistantMessage,
): AsyncGenerator<AgentEvent, readonly Approval[]> {
  const calls = it.conversation.open(answer.toolCalls ?? []);
  const works = calls.map((call) => () => callTool(it, call));
  const outcomes = yield* inParallel(works, it.toolConcurrency);
  it.conversation.answer(outcomes.flatMap(messageOf));
  const approvals = outcomes.flatMap((outcome) => outcome.approvals ?? []);
  const { finishReason, usage } = answer;
  const step = it.conversation.stepsTaken;
  it.stepResults.push({
    step,
    message: answer,
    toolResults: outcomes.flatMap(resultOf),
    finishReason,
    usage,
  });
  it.scope.check();
  if (it.isWatched && approvals.length === 0)
    yield { type: "step-finish", step, finishReason, usage };
  return approvals;
}

function messageOf(outcome: CallOutcome): ToolMessage[] {
  return outcome.approvals ? [] : [outcome.message];
}

function resultOf(outcome: CallOutcome): ToolResult[] {
  return outcome.approvals ? [] : [outcome.result];
}
