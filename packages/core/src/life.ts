import { wordsOf } from "./errors.ts";
import type { AgentEvent } from "./event.ts";
import type { Approval, RunRecord, RunResult } from "./result.ts";
import { run } from "./run.ts";
import { Limit, type Running } from "./running.ts";
import { Interrupted } from "./scope.ts";

/** A run from its first event to its result: the loop, with everything that can end it turned into a status. */
export async function* life(it: Running): AsyncGenerator<AgentEvent, RunResult> {
  it.scope.open();
  yield { type: "start", runId: it.id, agent: it.name };
  let result: RunResult;
  try {
    it.scope.check();
    const instructions = yield* instruct(it);
    const approvals = yield* run({ ...it, instructions });
    result = approvals.length > 0 ? paused(it, approvals) : completed(it);
  } catch (thrown) {
    result = ending(thrown, recordOf(it));
  } finally {
    it.scope.close();
  }
  yield { type: "finish", result };
  return result;
}

/** Instructions as a text: what a function made of them is kept, since it may have read the clock. */
async function* instruct(it: Running): AsyncGenerator<AgentEvent, string | undefined> {
  const { context, instructions, scope, steps } = it;
  if (typeof instructions !== "function") return instructions;
  // oxlint-disable-next-line require-yield -- a step is a generator; this one has nothing to report
  return yield* steps.run("instructions", async function* made() {
    return await scope.race(Promise.resolve(instructions(context as never)));
  });
}

function completed(it: Running): RunResult {
  const record = recordOf(it);
  return { ...record, status: "completed", output: record.text };
}

function paused(it: Running, approvals: readonly Approval[]): RunResult {
  const record = recordOf(it);
  const waiting = approvals.map(({ callId }) => callId);
  return { ...record, status: "paused", approvals, state: { ...record.state, waiting } };
}

function ending(thrown: unknown, record: RunRecord): RunResult {
  if (thrown instanceof Limit) return { ...record, status: "stopped", reason: thrown.reason };
  if (thrown instanceof Interrupted) return { ...record, status: "aborted", reason: thrown.reason };
  const error = thrown instanceof Error ? thrown : new Error(wordsOf(thrown), { cause: thrown });
  return { ...record, status: "failed", error };
}

/** What every result says of the run as it stands. */
function recordOf(it: Running): RunRecord {
  const { lastAnswer, messages, partial, start, usage } = it.conversation;
  const said = [...messages];
  return {
    runId: it.id,
    text: partial || (lastAnswer?.content ?? ""),
    messages: said,
    steps: it.stepResults,
    usage,
    citations: lastAnswer?.citations ?? [],
    state: {
      version: 1,
      runId: it.id,
      agent: it.name,
      messages: said,
      start,
      waiting: [],
      records: it.records(),
    },
  };
}
