import type { AgentEvent, RunResult } from "@pawl/core";

/** What is wrong with the events of one part of a run, and with those of the subagents in it. */
export function eventProblems(
  events: readonly AgentEvent[],
  { isResumed, result }: { readonly isResumed: boolean; readonly result: RunResult },
): string[] {
  const problems = sequenceProblems(events, { isResumed, isWhole: true });
  const finish = events.at(-1);
  if (finish?.type === "finish" && finish.result !== result)
    problems.push("the result of finish is another one");
  for (const [callId, inner] of innerEvents(events))
    problems.push(
      ...sequenceProblems(inner, { isResumed: true, isWhole: false }).map((p) => `${callId}: ${p}`),
    );
  return problems;
}

interface Kind {
  readonly isResumed: boolean;
  /** False for a subagent's, who may be left before its end. */
  readonly isWhole: boolean;
}

function sequenceProblems(events: readonly AgentEvent[], { isResumed, isWhole }: Kind): string[] {
  const problems: string[] = [];
  const types = events.map(({ type }) => type);
  const count = (type: AgentEvent["type"]): number => types.filter((each) => each === type).length;
  if (types[0] !== "start" || count("start") !== 1)
    problems.push(`it starts ${count("start")} times, first with ${types[0]}`);
  const isFinished = count("finish") === 1 && types.at(-1) === "finish";
  if (count("finish") > 1 || (count("finish") === 1 && !isFinished))
    problems.push("finish is not the last event");
  if (isWhole && !isFinished) problems.push("it does not finish");
  problems.push(...stepProblems(events, isResumed));
  const byCall = Map.groupBy(events, callOf);
  byCall.delete(undefined);
  for (const [callId, of] of byCall)
    problems.push(...callProblems(of, isFinished).map((problem) => `${callId}: ${problem}`));
  return problems;
}

/** A part that goes on in the middle of a step may finish it first. */
function stepProblems(events: readonly AgentEvent[], isResumed: boolean): string[] {
  const problems: string[] = [];
  let step: number | undefined;
  let mayFinish = isResumed;
  for (const event of events) {
    if (event.type === "step-start") {
      if (step !== undefined) problems.push(`step ${event.step} starts inside step ${step}`);
      step = event.step;
    } else if (event.type === "step-finish") {
      if (step !== event.step && !(step === undefined && mayFinish))
        problems.push(`step ${event.step} finishes in step ${step}`);
      step = undefined;
    } else if (modelEvents.has(event.type) && step === undefined)
      problems.push(`${event.type} outside of a step`);
    if (event.type.startsWith("step-")) mayFinish = false;
  }
  return problems;
}

const modelEvents: ReadonlySet<string> = new Set(["text-delta", "reasoning-delta", "tool-call"]);

function callOf(event: AgentEvent): string | undefined {
  if (event.type === "approval-request") return event.approval.callId.split("/")[0];
  return event.type.startsWith("tool-") && !event.type.startsWith("tool-input-")
    ? (event as { readonly callId: string }).callId
    : undefined;
}

function callProblems(events: readonly AgentEvent[], isFinished: boolean): string[] {
  const order = events.map(({ type }) => type);
  // One call of a subagent may wait for several people.
  const line = order.join(" ").replace(/(approval-request ?)+$/, "approval-request");
  const known =
    /^(tool-call ?)?(tool-start ?(tool-progress ?)*(tool-end ?)?)?(tool-result|tool-error|approval-request)?$/;
  const problems: string[] = [];
  if (!known.test(line)) problems.push(`its events are ${line}`);
  const isOver = order.includes("tool-result") || order.includes("tool-error");
  if (order.includes("tool-start") && isOver && !order.includes("tool-end"))
    problems.push("it is over and has no tool-end");
  if (isFinished && order.includes("tool-end") && !/tool-(result|error)$/.test(line))
    problems.push("it has a tool-end and no result");
  return problems;
}

function innerEvents(events: readonly AgentEvent[]): Map<string, AgentEvent[]> {
  const byCall = new Map<string, AgentEvent[]>();
  for (const event of events) {
    if (event.type !== "tool-progress") continue;
    const value = event.value as Partial<AgentEvent> | undefined;
    if (typeof value !== "object" || value.type === undefined) continue;
    const inner = byCall.get(event.callId) ?? [];
    inner.push(value as AgentEvent);
    byCall.set(event.callId, inner);
  }
  return byCall;
}
