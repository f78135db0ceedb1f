import {
  type AssistantMessage,
  type Model,
  ModelError,
  type ModelEvent,
  type ModelRequest,
  type Usage,
} from "@pawl/core";

import type { AgentPlan } from "./plan.ts";
import { answerPlan, type AnswerPlan } from "./simulated-answer.ts";
import { strictestProvider } from "./strictest-provider.ts";
import type { World, Worlds } from "./world.ts";

/** A model that says what chance tells it to, as late as chance wants, and refuses what the strictest provider refuses. */
export function simulatedModel(plan: AgentPlan, worlds: Worlds): Model {
  return {
    id: plan.name,
    capabilities: { tools: true },
    async *respond(request) {
      const world = worlds.of(request.run.id);
      check(world, request);
      const { chance } = world;
      const said = request.messages.filter(({ role }) => role === "assistant").length;
      const answer = answerPlan(chance, plan, chance.below(10) < 1 + said);
      const offered = new Set(request.tools.map(({ name }) => name));
      for (const { id, invalid, name } of answer.message.toolCalls ?? [])
        if (invalid || (name === "tool_0" && !offered.has(name)))
          world.forbidden.add(`${request.run.id}:${id}`);
      world.log(`${request.requestId} ${answer.manner}: ${wordsOf(answer.message)}`);
      await world.scheduler.pause(chance.below(3));
      const message = yield* play(world, request, answer);
      if (request.run.id !== world.runId) countAnswer(world, plan, request.run.id);
      return message;
    },
  };
}

function check(world: World, { messages, requestId, signal }: ModelRequest): void {
  if (world.given.has(requestId) && !world.isInterrupted)
    world.problem(`${requestId}: a model was asked for what it had given`);
  for (const problem of strictestProvider(messages)) world.problem(`${requestId}: ${problem}`);
  const { role } = messages.at(-1) ?? {};
  if (role === "assistant") world.problem(`${requestId}: the last word is the model's own`);
  if (world.isSettled) world.problem(`${requestId}: a model was asked after the end`);
  if (signal.aborted) world.problem(`${requestId}: a model was asked after the abort`);
}

/** A subagent has a budget of its own. */
function countAnswer(world: World, { budget }: AgentPlan, runId: string): void {
  const answers = (world.experts.get(runId) ?? 0) + 1;
  world.experts.set(runId, answers);
  const { steps = Infinity } = budget;
  if (answers > steps && !world.isInterrupted)
    world.problem(`${runId} had ${answers} of ${steps} answers`);
}

async function* play(
  world: World,
  request: ModelRequest,
  { manner, message, pieces }: AnswerPlan,
): AsyncGenerator<ModelEvent, AssistantMessage> {
  const { chance, scheduler } = world;
  if (manner === "fails-at-once")
    throw new ModelError("The server failed.", { code: "server", retryable: true });
  for (let i = 0; i < pieces; i++) {
    await scheduler.pause(chance.below(2));
    yield chance.isOneIn(5)
      ? { type: "reasoning-delta", text: "Hm." }
      : { type: "text-delta", text: "One " };
  }
  if (manner === "deaf") {
    world.isDeaf = true;
    await new Promise<never>(() => {});
  }
  const usage = usageOf(world, request);
  if (manner !== "whole") throw failure(world, manner, usage);
  for (const { id, name } of message.toolCalls ?? []) {
    yield { type: "tool-input-start", callId: id, toolName: name };
    await scheduler.pause(chance.below(2));
    yield { type: "tool-input-end", callId: id };
  }
  await scheduler.pause(chance.below(2));
  world.state(usage);
  world.answers++;
  world.given.add(request.requestId);
  return { ...message, usage };
}

function failure(world: World, manner: AnswerPlan["manner"], usage: Usage): Error {
  if (manner === "throws") return new Error("A mistake in the adapter.");
  if (manner === "fails-for-good")
    return new ModelError("No.", { code: "invalid-request", retryable: false });
  const partial = { role: "assistant", content: "One ", usage } as const;
  const isBilled = manner === "breaks-off-with-bill";
  if (isBilled) world.isInterrupted = true;
  return new ModelError("It broke off.", {
    code: "incomplete",
    retryable: manner !== "stops-short",
    ...(isBilled && { partial }),
  });
}

/** Never more than a request of any length would have, nor longer than is allowed. */
function usageOf({ chance }: World, { maxOutputTokens = 50 }: ModelRequest): Usage {
  const inputTokens = 1 + chance.below(3);
  const outputTokens = 1 + chance.below(Math.max(1, Math.min(50, maxOutputTokens)));
  return { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
}

function wordsOf({ content, finishReason, toolCalls = [] }: AssistantMessage): string {
  const calls = toolCalls.map(({ id, name, input, invalid }) =>
    invalid ? `${id} ${name} invalid` : `${id} ${name} ${JSON.stringify(input)}`,
  );
  return [content, ...calls, finishReason].join(", ");
}
