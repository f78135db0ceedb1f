import type { AgentEvent } from "./event.ts";
import type { AssistantMessage } from "./message.ts";
import type { ModelEvent, ToolChoice } from "./model.ts";
import { Limit, type Instructed } from "./running.ts";

/** Asks the model for its next answer and takes it into the conversation. */
export async function* ask(it: Instructed): AsyncGenerator<AgentEvent, AssistantMessage> {
  const { conversation, model, scope } = it;
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
    isWatched: it.isWatched,
    signal: scope.signal,
  };
  conversation.partial = "";
  const note = (event: ModelEvent): void => {
    if (event.type === "text-delta") conversation.partial += event.text;
  };
  const answer = conversation.append(
    yield* it.steps.run(`model-${step}`, () => scope.guard(model.respond(request), note)),
  );
  if (it.isWatched)
    for (const { id, name, input, invalid } of answer.toolCalls ?? [])
      yield { type: "tool-call", callId: id, toolName: name, input, invalid };
  return answer;
}

/** A forced call is forced once: kept up, it would never let the model answer. */
function choiceFor(step: number, choice: ToolChoice): ToolChoice {
  return step === 1 || choice === "none" ? choice : "auto";
}
