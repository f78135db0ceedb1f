import type { AgentEvent } from "./event.ts";
import type { AssistantMessage } from "./message.ts";
import type { ToolChoice } from "./model.ts";
import { Limit, type Instructed } from "./running.ts";
import { turn } from "./turn.ts";

/** Asks the model for its next answer and takes it into the conversation. */
export async function* ask(it: Instructed): AsyncGenerator<AgentEvent, AssistantMessage> {
  const { conversation, scope } = it;
  scope.check();
  const step = conversation.stepsTaken + 1;
  if (step > it.maxSteps) throw new Limit("max-steps");
  if (it.isWatched) yield { type: "step-start", step };
  const request = {
    run: it,
    requestId: `${it.id}.${step}`,
    instructions: it.instructions,
    messages: conversation.messages,
    tools: it.specs,
    toolChoice: choiceFor(step, it.toolChoice),
    mayRetry: it.mayRetry,
    isWatched: it.isWatched,
    signal: scope.signal,
  };
  const answer = conversation.append(yield* it.steps.run(`model-${step}`, () => turn(it, request)));
  if (it.isWatched)
    for (const { id, name, input, invalid, repairs } of answer.toolCalls ?? [])
      yield { type: "tool-call", callId: id, toolName: name, input, invalid, repairs };
  return answer;
}

/** A forced call is forced once: kept up, it would never let the model answer. */
function choiceFor(step: number, choice: ToolChoice): ToolChoice {
  return step === 1 || choice === "none" ? choice : "auto";
}
