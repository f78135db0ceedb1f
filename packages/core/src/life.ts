import { Exceeded } from "./budget/budget.ts";
import { wordsOf } from "./errors.ts";
import type { AgentEvent } from "./event.ts";
import type { Approval, RunRecord, RunResult } from "./result.ts";
import { withGuardedInput } from "./guardrails/guard-input.ts";
import { run } from "./run.ts";
import { Limit, type Running } from "./running.ts";
import { Interrupted } from "./scope.ts";
import { inSession } from "./session/in-session.ts";

/** A run from its first event to its result: the loop, with everything that can end it turned into a status. */
export async function* life(it: Running): AsyncGenerator<AgentEvent, RunResult> {
  it.scope.open();
  it.budget.start();
  yield { type: "start", runId: it.id, agent: it.root.name };
  let result: RunResult;
  try {
    it.scope.check();
    const { session } = it;
    const loop = withGuardedInput(it, run(it));
    const approvals = yield* session ? inSession(it, session, loop) : loop;
    result = approvals.length > 0 ? paused(it, approvals) : completed(it);
  } catch (thrown) {
    // Whatever is still at work has to hear of it.
    it.scope.abort(thrown);
    result = ending(it, thrown);
  } finally {
    it.budget.stop();
    if (it.stepScope !== it.scope) it.stepScope.close();
    it.scope.close();
  }
  yield { type: "finish", result };
  return result;
}

function completed(it: Running): RunResult {
  const record = recordOf(it);
  // Where there is a schema, the type that it gives; see `Agent`.
  const output = (it.output ? it.output.value : record.text) as string;
  return { ...record, status: "completed", output };
}

function paused(it: Running, approvals: readonly Approval[]): RunResult {
  const record = recordOf(it);
  const waiting = approvals.map(({ callId }) => callId);
  return { ...record, status: "paused", approvals, state: { ...record.state, waiting } };
}

function ending(it: Running, thrown: unknown): RunResult {
  const reason = thrown instanceof Interrupted ? thrown.reason : thrown;
  const record = recordOf(it);
  if (reason instanceof Exceeded) {
    it.exceeded = reason;
    return { ...record, status: "stopped", reason: "budget", limit: reason.kind };
  }
  if (thrown instanceof Limit) {
    const detail = thrown.detail === undefined ? {} : { detail: thrown.detail };
    return { ...record, status: "stopped", reason: thrown.reason, ...detail };
  }
  if (thrown instanceof Interrupted) return { ...record, status: "aborted", reason };
  const error = thrown instanceof Error ? thrown : new Error(wordsOf(thrown), { cause: thrown });
  const shown = it.root.safeguards?.redactor?.value(error) ?? error;
  return { ...record, status: "failed", error: shown };
}

/** What every result says of the run as it stands. */
function recordOf(it: Running): RunRecord {
  const { agent, budget, conversation, root, view } = it;
  const { lastAnswer, messages, partial, start } = conversation;
  const { limits, spent } = budget;
  return {
    runId: it.id,
    text: partial || (lastAnswer?.content ?? ""),
    messages: [...messages],
    steps: it.stepResults,
    usage: budget.usage,
    citations: lastAnswer?.citations ?? [],
    state: {
      version: 1,
      runId: it.id,
      agent: root.name,
      ...(agent !== root && { speaker: agent.name }),
      messages: [...messages],
      start,
      ...(conversation.inputStart !== undefined && { inputStart: conversation.inputStart }),
      waiting: [],
      ...it.kept(openCalls(it)),
      ...(view.state && { view: view.state }),
      ...(Object.keys(limits).length > 0 && { budget: limits }),
      spent,
    },
  };
}

function openCalls({ conversation }: Running): ReadonlySet<string> {
  const calls = conversation.lastAnswer?.toolCalls ?? [];
  return new Set(conversation.open(calls).map(({ id }) => id));
}
