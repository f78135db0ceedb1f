import { act } from "./act.ts";
import { ask } from "./ask.ts";
import type { AgentEvent } from "./event.ts";
import type { Approval } from "./result.ts";
import type { Instructed } from "./running.ts";

/**
 * The loop: ask the model; no calls? done; do the calls; again. A run that was paused begins with the calls that were left.
 * Limits, aborts and failures leave it as exceptions; see `life.ts`.
 */
export async function* run(it: Instructed): AsyncGenerator<AgentEvent, readonly Approval[]> {
  let answer = it.conversation.unfinished();
  for (;;) {
    answer ??= yield* ask(it);
    const approvals = yield* act(it, answer);
    if (approvals.length > 0 || !answer.toolCalls?.length) return approvals;
    answer = undefined;
  }
}
