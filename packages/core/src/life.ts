import { wordsOf } from "./errors.ts";
import type { AgentEvent } from "./event.ts";
import type { Approval, RunRecord, RunResult } from "./result.ts";
import { run } from "./run.ts";
import { Limit, type Running } from "./running.ts";
import { Interrupted } from "./scope.ts";

/** A run from its first event to its result: the loop, with everything that can end it turned into a status. */
export async function* life(it: Running): AsyncGenerator<AgentEvent, RunResult> {
  it.scope.open();
  yield { type: "start", runId: it.id, agent: it.agent };
  const events = instructed(it);
  let partial = "";
  let result: RunResult;
  try {
    let next = await events.next();
    for (; !next.done; next = await events.next()) {
      if (next.value.type === "text-delta") partial += next.value.text;
      else if (next.value.type === "step-start") partial = "";
      yield next.value;
    }
    const approvals = next.value;
    const record = recordOf(it);
    result =
      approvals.length > 0
        ? {
            ...record,
            status: "paused",
            approvals,
            state: { ...record.state, waiting: approvals.map(idOf) },
          }
        : { ...record, status: "completed", output: record.text };
  } catch (thrown) {
    result = ending(thrown, recordOf(it, partial));
  } finally {
    // Left in the middle, as an outer run that is over leaves a subagent: the loop is closed from the inside out.
    await events.return([]);
    it.scope.close();
  }
  yield { type: "finish", result };
  return result;
}

/** The loop, with instructions that are a text: what a function made of them is kept, since it may have read the clock. */
async function* instructed(it: Running): AsyncGenerator<AgentEvent, readonly Approval[]> {
  const { context, instructions: made, scope, steps } = it;
  scope.check();
  if (typeof made !== "function") return yield* run({ ...it, instructions: made });
  // oxlint-disable-next-line require-yield -- a step is a generator; this one has nothing to report
  const instructions = yield* steps.run("instructions", async function* instruct() {
    return await scope.race(Promise.resolve(made(context as never)));
  });
  return yield* run({ ...it, instructions });
}

function ending(thrown: unknown, record: RunRecord): RunResult {
  if (thrown instanceof Limit) return { ...record, status: "stopped", reason: thrown.reason };
  if (thrown instanceof Interrupted) return { ...record, status: "aborted", reason: thrown.reason };
  const error = thrown instanceof Error ? thrown : new Error(wordsOf(thrown), { cause: thrown });
  return { ...record, status: "failed", error };
}

/** What every result says of the run as it stands. */
function recordOf(it: Running, partial = ""): RunRecord {
  const { lastAnswer, messages, start, usage } = it.conversation;
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
      agent: it.agent,
      messages: said,
      start,
      waiting: [],
      records: it.records(),
    },
  };
}

function idOf({ callId }: Approval): string {
  return callId;
}
