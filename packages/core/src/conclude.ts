import type { AgentEvent } from "./event.ts";
import type { AssistantMessage, UserMessage } from "./message.ts";
import { concludeOutput } from "./output/conclude-output.ts";
import { Limit, type Running } from "./running.ts";

/**
 * Whether an answer whose calls are done is the last word of the run. What was said to the run in the meantime is taken into
 * the conversation here, where no call is open.
 */
export async function* conclude(
  it: Running,
  answer: AssistantMessage,
): AsyncGenerator<AgentEvent, boolean> {
  const { conversation, scope, steps } = it;
  const key = `steering-${conversation.stepsTaken}`;
  // Not given up when the run ends meanwhile: what was taken from the steps would be lost.
  const messages = await steps.signal<readonly UserMessage[]>(key);
  if (messages) {
    conversation.hear(messages);
    if (it.isWatched) yield { type: "steering", messages };
  }
  scope.check();
  if (!answer.toolCalls?.length) return !messages && (await concludeOutput(it, answer));
  if (it.progress.isStuck) throw new Limit("no-progress");
  if (await shallStop(it)) throw new Limit("stop-when");
  return false;
}

async function shallStop(it: Running): Promise<boolean> {
  const { stopWhen } = it.agent;
  if (stopWhen.length === 0) return false;
  const { budget, conversation, id, scope, stepResults } = it;
  const messages = [...conversation.messages];
  const run = { runId: id, steps: [...stepResults], messages, usage: budget.usage };
  const said = stopWhen.map(async (each) => await each(run));
  return (await scope.race(Promise.all(said))).includes(true);
}
