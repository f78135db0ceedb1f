import { fitting } from "./context/fitting.ts";
import type { AgentEvent } from "./event.ts";
import type { AssistantMessage } from "./message.ts";
import { Limit, type Running } from "./running.ts";
import { Scope } from "./scope.ts";
import { instruct } from "./instruct.ts";
import { turn } from "./turn/turn.ts";

/** Asks the model for its next answer and takes it into the conversation. */
export async function* ask(it: Running): AsyncGenerator<AgentEvent, AssistantMessage> {
  const { conversation, scope, steps } = it;
  scope.check();
  const step = conversation.stepsTaken + 1;
  if (step > it.maxSteps) throw new Limit("max-steps");
  if (it.isWatched) yield { type: "step-start", step };
  if (!it.instructions.has(it.agent)) yield* instruct(it);
  const fit = fitting(it);
  if (fit) yield* fit;
  beginStep(it);
  let isNew = false;
  const given = yield* steps.run(`model-${step}`, () => {
    isNew = true;
    return turn(it, step);
  });
  if (!isNew) it.budget.replay({ ...(given.usage && { usage: given.usage }), steps: 1 });
  const answer = conversation.append(given);
  if (it.isWatched)
    for (const { id, name, input, invalid, repairs } of answer.toolCalls ?? [])
      yield { type: "tool-call", callId: id, toolName: name, input, invalid, repairs };
  return answer;
}

/** What is under way in a step ends with it. A step that was resumed in the middle has no deadline but the run's. */
function beginStep(it: Running): void {
  const { stepMs } = it.agent.timeouts;
  if (stepMs !== undefined) it.stepScope = new Scope(it.scope, { ms: stepMs }).open();
}
