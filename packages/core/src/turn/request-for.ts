import type { AgentSetup } from "../agent-setup.ts";
import type { Hold } from "../budget/budget.ts";
import { messageTokens, promptTokens } from "../context/token-estimate.ts";
import { mend } from "../conversation.ts";
import { type AssistantMessage, isCounted, type Message, type Usage } from "../message.ts";
import type { Model, ModelRequest, ToolChoice } from "../model.ts";
import { checkChanges, type StepChanges } from "./prepare-step.ts";
import { formDue } from "../output/form-due.ts";
import type { Running } from "../running.ts";
import { toolsFor } from "../tool-search/tools-for.ts";
import { warned } from "../progress/warned.ts";

/** Which model is asked, and what. */
export interface Asked {
  readonly model: Model;
  readonly request: ModelRequest;
}

/** What the model is asked in a step, as the agent says and `prepareStep` changes it. */
export function requestFor(it: Running, step: number, changes: StepChanges): Asked {
  const { agent, conversation } = it;
  const model = changes.model ? ownModel(agent, changes.model) : agent.model;
  const messages = changes.messages ? mendedOf(changes.messages) : it.view.of(conversation);
  const { instructions = it.instructions.get(agent), toolChoice = choiceFor(it, step) } = changes;
  const form = formDue(it, conversation.messages);
  return {
    model,
    request: {
      run: it,
      requestId: `${it.id}.${step}`,
      instructions,
      messages: warned(it, messages),
      tools: toolsFor(it, changes),
      // Tools stay on the list: servers refuse calls in the history beside no tools (aws-samples/bedrock-access-gateway#239).
      toolChoice: form && agent.specs.length > 0 ? "none" : toolChoice,
      ...(form && { responseFormat: form.format }),
      mayRetry: it.mayRetry,
      // An adapter that nobody watches may leave events out, and would seem idle while a long call is written.
      isWatched: it.isWatched || agent.timeouts.idleMs !== undefined,
      signal: it.stepScope.signal,
    },
  };
}

/** @throws TypeError when nothing is left that could be sent. */
function mendedOf(messages: readonly Message[]): readonly Message[] {
  const mended = mend(messages);
  if (mended.length > 0) return mended;
  throw new TypeError(
    'prepareStep: "messages" are only tool results, and the calls that they answer are missing.',
  );
}

/** A model for one step, with the safeguards of the agent around it. */
function ownModel({ safeguards }: AgentSetup, model: Model): Model {
  return safeguards ? safeguards.model(model) : model;
}

/** Sets aside what the answer may cost. */
export function holdFor(it: Running, { model, request }: Asked): Hold | Promise<Hold> {
  const need = {
    get inputTokens(): number {
      return promptTokens(request);
    },
    outputTokens: model.capabilities?.maxOutputTokens ?? Number.POSITIVE_INFINITY,
    model,
  };
  return it.budget.hold(need, it.stepScope);
}

/** The answer with a usage, and with its calls of tools that were not offered marked as such. */
export function refusing(
  { agent }: Running,
  { request }: Asked,
  answer: AssistantMessage,
): AssistantMessage & { readonly usage: Usage } {
  const usage = isCounted(answer.usage) ? answer.usage : estimatedUsage(request, answer);
  if (request.tools === agent.specs) return { ...answer, usage };
  const names = new Set(request.tools.map(({ name }) => name));
  const toolCalls = answer.toolCalls?.map((call) =>
    names.has(call.name) ? call : { ...call, isOffered: false as const },
  );
  return { ...answer, usage, ...(toolCalls && { toolCalls }) };
}

/** What `prepareStep` changes in a step. */
export async function preparedStep(it: Running, step: number): Promise<StepChanges> {
  const { agent, budget, conversation, context, id, stepResults, stepScope } = it;
  const given = agent.prepareStep?.({
    step,
    runId: id,
    agent: agent.name,
    context: context as never,
    messages: [...it.view.of(conversation)],
    steps: [...stepResults],
    usage: budget.usage,
    signal: stepScope.signal,
  });
  const changes = (await stepScope.race(Promise.resolve(given))) ?? {};
  checkChanges(changes, agent.tools);
  return changes;
}

/** A forced call is forced once: kept up, it would never let the model answer. */
function choiceFor({ agent: { toolChoice } }: Running, step: number): ToolChoice {
  return step === 1 || toolChoice === "none" ? toolChoice : "auto";
}

/** Of an adapter that gives no counts: a budget that counts nothing would never be used up. */
function estimatedUsage(request: ModelRequest, answer: AssistantMessage): Usage {
  const inputTokens = promptTokens(request);
  const outputTokens = messageTokens(answer);
  return { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens, isEstimated: true };
}
