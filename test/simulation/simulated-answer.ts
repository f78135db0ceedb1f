import type { AssistantMessage, ToolCall } from "@pawl/core";

import type { Chance } from "../fuzz/chance.ts";
import type { AgentPlan } from "./plan.ts";

/** How a simulated model goes about an answer. */
export interface AnswerPlan {
  readonly message: AssistantMessage;
  readonly manner: "whole" | Fault;
  /** How many pieces come before its end, or before what goes wrong. */
  readonly pieces: number;
}

const faults = [
  "fails-at-once",
  "fails-for-good",
  "throws",
  "breaks-off",
  "breaks-off",
  "breaks-off-with-bill",
  "stops-short",
  "deaf",
] as const;

type Fault = (typeof faults)[number];

/** An answer of chance; `isLast` makes it the last word. */
export function answerPlan(chance: Chance, agent: AgentPlan, isLast: boolean): AnswerPlan {
  const manner = chance.below(100) < agent.faults ? chance.of(faults) : "whole";
  const toolCalls = isLast ? [] : calls(chance, agent);
  const isCut = toolCalls.length > 0 && chance.below(100) < agent.faults / 2;
  const content = toolCalls.length === 0 || chance.isOneIn(3) ? "One two three." : "";
  return {
    manner,
    pieces: chance.below(4) + (manner.startsWith("breaks-off") ? 1 : 0),
    message: {
      role: "assistant",
      content,
      finishReason: isCut ? "length" : toolCalls.length > 0 ? "tool-calls" : "stop",
      ...(toolCalls.length > 0 && { toolCalls: isCut ? cut(toolCalls) : toolCalls }),
    },
  };
}

function calls(chance: Chance, agent: AgentPlan): ToolCall[] {
  const count = chance.isOneIn(2) ? 1 : 1 + chance.below(4);
  return Array.from({ length: count }, (_, index) => {
    const wished = wish(chance, agent);
    // Ids that are changed could not be found again.
    const mustBeFound = wished.invalid || (wished.name === "tool_0" && agent.hidesEvery > 0);
    return { id: mustBeFound ? fresh(chance) : idOf(chance, index), ...wished };
  });
}

/** Some providers number their calls anew in each answer, and some of what they write is like names that are taken. */
function idOf(chance: Chance, index: number): string {
  if (chance.isOneIn(3)) return `call_${index}`;
  if (chance.isOneIn(12)) return chance.of(["", "model-1", "a/b", "instructions", "steering-1"]);
  return fresh(chance);
}

function fresh(chance: Chance): string {
  return `c${chance.below(1_000_000)}`;
}

function wish(
  chance: Chance,
  { tools, experts, faults: percent, peer }: AgentPlan,
): Omit<ToolCall, "id"> {
  const isOdd = chance.below(100) < percent;
  if (isOdd && chance.isOneIn(3)) return { name: "no_such_tool", input: { n: 1 } };
  if (peer && chance.isOneIn(6)) return { name: `transfer_to_${peer.name}`, input: {} };
  if (experts.length > 0 && chance.isOneIn(2)) {
    const task = isOdd ? chance.of(["", 7]) : "Do it.";
    return { name: chance.of(experts).name, input: { task } };
  }
  const { name } = chance.of(tools);
  const invalid = { reason: "the arguments are cut", text: '{"n":' };
  if (isOdd && chance.isOneIn(2)) return { name, input: {}, invalid };
  const n = isOdd ? chance.of([-1, 10, 1.5, "1", null, []]) : chance.below(10);
  return { name, input: { n } };
}

/** The last call of an answer that ended too early is not whole. */
function cut(whole: readonly ToolCall[]): ToolCall[] {
  const invalid = { reason: "the answer was cut", text: '{"n' };
  return whole.map((call, i) =>
    i === whole.length - 1 ? { ...call, id: `${call.id}x`, input: {}, invalid } : call,
  );
}
