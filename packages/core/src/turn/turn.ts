import { type Attempt, Attempts } from "./attempts.ts";
import type { Hold } from "../budget/budget.ts";
import { checkAnswer } from "./check-answer.ts";
import { ModelError } from "../errors.ts";
import type { AgentEvent } from "../event.ts";
import type { AssistantMessage } from "../message.ts";
import { partialOutputs } from "../output/partial-outputs.ts";
import { type Asked, holdFor, preparedStep, refusing, requestFor } from "./request-for.ts";
import type { Running } from "../running.ts";
import { Interrupted, TimeOver } from "../scope.ts";
import { isThenable } from "../thenable.ts";

/**
 * One turn of the model: what its answer may cost is set aside before, and settled after. What a watcher has seen cannot be
 * taken back by asking again, so an adapter does not; the turn begins anew here, after an event that declares void what was
 * shown.
 */
export async function* turn(
  it: Running,
  step: number,
): AsyncGenerator<AgentEvent, AssistantMessage> {
  let hold: Hold | undefined;
  try {
    // Nothing is awaited that is there already: each wait costs every step a turn of the event loop's queue.
    const changes = it.agent.prepareStep ? await preparedStep(it, step) : {};
    const given = requestFor(it, step, changes);
    const held = holdFor(it, given);
    hold = isThenable(held) ? await held : held;
    const asked = within(given, hold);
    const attempts = new Attempts(it, asked);
    for (;;) {
      try {
        const said = yield* watched(it, asked, attempts.next());
        checkAnswer(asked.model, said);
        const answer = refusing(it, asked, said);
        hold.settle(answer.usage, { isCut: answer.finishReason === "length" });
        return answer;
      } catch (error) {
        yield attempts.reset(error);
      }
    }
  } catch (thrown) {
    throw faultOf(it, thrown);
  } finally {
    hold?.release();
  }
}

/** What is asked, with an answer no longer than what is set aside for it. */
function within(asked: Asked, { maxOutputTokens }: Hold): Asked {
  if (maxOutputTokens === undefined) return asked;
  return { ...asked, request: { ...asked.request, maxOutputTokens } };
}

/** Shows a watcher what a structured answer says so far. */
function watched(
  { isWatched, root }: Running,
  { request }: Asked,
  answering: Attempt,
): AsyncGenerator<AgentEvent, AssistantMessage> {
  return isWatched && request.responseFormat && root.output
    ? partialOutputs(answering, root.output)
    : answering;
}

/** A step that ran out of time before it had an answer is a failure of the run; the end of the run's own time is not. */
function faultOf({ scope }: Running, thrown: unknown): unknown {
  const reason = thrown instanceof Interrupted ? thrown.reason : undefined;
  if (!(reason instanceof TimeOver) || scope.isOver) return thrown;
  const message = `The model's turn ${reason.message}, the time of a whole step.`;
  return new ModelError(message, { code: "timeout", retryable: true });
}
