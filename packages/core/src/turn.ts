import { ModelError } from "./errors.ts";
import type { AgentEvent } from "./event.ts";
import type { AssistantMessage } from "./message.ts";
import type { ModelEvent, ModelRequest } from "./model.ts";
import type { Running } from "./running.ts";

/**
 * One turn of the model. What a watcher has seen cannot be taken back by asking again, so an adapter does not; the turn
 * begins anew here, after an event that declares void what was shown.
 */
export async function* turn(
  it: Running,
  request: ModelRequest,
): AsyncGenerator<AgentEvent, AssistantMessage> {
  const { conversation, maxRestarts, model, scope } = it;
  let attempt = 1;
  let isShown = false;
  const note = (event: ModelEvent): void => {
    if (event.type !== "retry") isShown = true;
    if (event.type === "text-delta") conversation.partial += event.text;
  };
  for (let restarts = 0; ; restarts++) {
    try {
      conversation.partial = "";
      return yield* scope.guard(model.respond({ ...request, attempt }), note);
    } catch (error) {
      const mayPass = error instanceof ModelError && error.retryable && isShown;
      if (!mayPass || restarts === maxRestarts || !it.mayRetry()) throw error;
      const failed = error.attempt ?? attempt;
      yield { type: "reset", attempt: failed, error };
      attempt = failed + 1;
      isShown = false;
    }
  }
}
