import { act } from "./act.ts";
import { ask } from "./ask.ts";
import { conclude } from "./conclude.ts";
import type { AgentEvent } from "./event.ts";
import type { Approval } from "./result.ts";
import type { Running } from "./running.ts";

/**
 * The loop: ask the model; do the calls; again, until its answer is the last word. A run that was paused begins with the
 * calls that were left. Limits, aborts and failures leave it as exceptions; see `life.ts`.
 */
export async function* run(it: Running): AsyncGenerator<AgentEvent, readonly Approval[]> {
  let answer = it.conversation.unfinished();
  for (;;) {
    answer ??= yield* ask(it);
    const approvals = yield* act(it, answer);
    if (approvals.length > 0 || (yield* conclude(it, answer))) return approvals;
    answer = undefined;
  }
}
