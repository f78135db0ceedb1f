import { isDeepStrictEqual } from "node:util";

import type { Message, RunResult } from "@pawl/core";

import { approvalProblems } from "./approval-rules.ts";
import type { Part } from "./part.ts";
import { strictestProvider } from "./strictest-provider.ts";
import type { World } from "./world.ts";

/** What is wrong with how one part of a run ended. */
export function resultProblems(world: World, { events, result }: Part): string[] {
  return [
    // Calls that wait for a person, or for a larger budget, stay open also when something else ends the run.
    ...strictestProvider(result.messages, { mayBeOpen: result.status !== "completed" }),
    ...stateProblems(result),
    ...stepProblems(result),
    ...approvalProblems(result),
    ...steeringProblems(world, result),
    ...(events ? announcedProblems(result.messages, events) : []),
  ];
}

function stateProblems({ messages, runId, state }: RunResult): string[] {
  const again: unknown = JSON.parse(JSON.stringify(state));
  const problems: string[] = [];
  if (!isDeepStrictEqual(again, withoutUndefined(state)))
    problems.push("its state is no plain JSON");
  if (!isDeepStrictEqual(messages, state.messages))
    problems.push("its state has other messages than the result");
  if (state.runId !== runId) problems.push(`its state is of run ${state.runId}`);
  return problems;
}

/** JSON has no word for it, so a field that is not set must be the same as none. */
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== "object" || value === null || "toJSON" in value)
    return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as unknown);
  const fields = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(fields.map(([name, each]) => [name, withoutUndefined(each)]));
}

function stepProblems({ steps }: RunResult): string[] {
  return steps.flatMap(({ step, message, toolResults }) => {
    const asked = (message.toolCalls ?? []).map(({ id }) => id);
    const got = toolResults.map(({ callId }) => callId);
    const isInOrder = got.every(
      (id, i) => i === 0 || asked.indexOf(id) > asked.indexOf(got[i - 1] ?? ""),
    );
    return isInOrder
      ? []
      : [`step ${step} asked for ${asked.join(", ")} and has ${got.join(", ")}`];
  });
}

/** What was said to a run is heard once, in order, or kept for later. */
function steeringProblems({ steered }: World, { messages, state }: RunResult): string[] {
  const said = [...messages, ...(state.steering ?? [])]
    .flatMap(({ content }) => (typeof content === "string" ? [content] : []))
    .filter((content) => content.startsWith("Steering"));
  return isDeepStrictEqual(said, steered)
    ? []
    : [`it was told ${steered.join(", ")} and heard ${said.join(", ")}`];
}

/** Whatever happened to a call was told in its event and in its answer. */
function announcedProblems(
  messages: readonly Message[],
  events: NonNullable<Part["events"]>,
): string[] {
  const answers = new Map<string, boolean>();
  for (const message of messages)
    if (message.role === "tool") answers.set(message.callId, message.isError === true);
  const problems: string[] = [];
  for (const event of events) {
    if (event.type !== "tool-result" && event.type !== "tool-error") continue;
    const isError = answers.get(event.callId);
    if (isError !== (event.type === "tool-error"))
      problems.push(`${event.callId}: ${event.type}, but its answer says error: ${isError}`);
  }
  return problems;
}
