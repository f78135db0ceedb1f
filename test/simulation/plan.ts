import type { ToolEffect } from "@pawl/core";

import type { Chance } from "../fuzz/chance.ts";

/** How a simulated tool does its work. */
const manners = [
  "sync",
  "async",
  "async",
  "generator",
  "generator",
  "throws",
  "rejects",
  "generator-throws",
  "heeds",
  "deaf",
  "deaf-generator",
] as const;

/** A simulated tool. */
export interface ToolPlan {
  readonly name: string;
  readonly manner: (typeof manners)[number];
  readonly effect: ToolEffect;
  /** `"odd"`: for odd numbers. */
  readonly needsApproval: "no" | "yes" | "odd" | "odd-later" | "throws";
  readonly timeoutMs: number | undefined;
  /** What it works on: nothing, one thing that all tools share, or something by its number. */
  readonly resource: "none" | "shared" | "numbered";
  readonly poll: boolean;
  readonly spends: boolean;
  /** Whether it takes empty arguments. */
  readonly isLenient: boolean;
}

/** A simulated agent. */
export interface AgentPlan {
  readonly name: string;
  readonly tools: readonly ToolPlan[];
  readonly experts: readonly AgentPlan[];
  readonly expertTimeoutMs: number | undefined;
  /** What it may use in one run when it is another's subagent. */
  readonly budget: { readonly steps?: number; readonly toolCalls?: number };
  /** Whom it can hand the run over to. */
  readonly peer: AgentPlan | undefined;
  /** How often, in steps, it hides its first tool from the model; never when 0. */
  readonly hidesEvery: number;
  /** After how many steps of a part it stops. */
  readonly stopsAfter: number;
  readonly toolConcurrency: number;
  readonly maxSteps: number;
  readonly maxRestarts: number;
  readonly maxRepeats: number;
  readonly timeouts: {
    readonly stepMs?: number;
    readonly toolMs?: number;
    readonly idleMs?: number;
  };
  readonly policy: "none" | "asks-7" | "denies-8" | "later" | "throws-9";
  readonly instructions: "none" | "text" | "made" | "throws";
  /** How often out of a hundred a model does something unusual. */
  readonly faults: number;
}

/** An agent of chance, whose subagents go `depth` deep. */
export function agentPlan(chance: Chance, name: string, depth: number): AgentPlan {
  const count = 1 + chance.below(4);
  const experts =
    depth > 0 && chance.isOneIn(2)
      ? Array.from({ length: 1 + chance.below(2) }, (_, i) =>
          agentPlan(chance, `${name}_expert${i}`, depth - 1),
        )
      : [];
  return {
    name,
    tools: Array.from({ length: count }, (_, i) => toolPlan(chance, `tool_${i}`)),
    experts,
    expertTimeoutMs: maybe(chance, 6, 2 + chance.below(20)),
    budget: {
      ...(chance.isOneIn(5) && { steps: 1 + chance.below(4) }),
      ...(chance.isOneIn(5) && { toolCalls: chance.below(5) }),
    },
    peer: chance.isOneIn(6) ? { ...agentPlan(chance, `${name}_peer`, 0), budget: {} } : undefined,
    hidesEvery: chance.isOneIn(4) ? 1 + chance.below(3) : 0,
    stopsAfter: chance.isOneIn(8) ? 1 + chance.below(4) : Number.POSITIVE_INFINITY,
    toolConcurrency: 1 + chance.below(4),
    maxSteps: 1 + chance.below(8),
    maxRestarts: chance.below(3),
    maxRepeats: chance.isOneIn(3) ? 2 + chance.below(2) : Number.POSITIVE_INFINITY,
    timeouts: {
      ...(chance.isOneIn(8) && { stepMs: 1 + chance.below(20) }),
      ...(chance.isOneIn(8) && { toolMs: 1 + chance.below(6) }),
      ...(chance.isOneIn(8) && { idleMs: 1 + chance.below(6) }),
    },
    policy: chance.isOneIn(4)
      ? chance.of(["asks-7", "denies-8", "later", "throws-9"] as const)
      : "none",
    instructions: chance.of(["none", "text", "text", "made", "made", "throws"] as const),
    faults: chance.isOneIn(3) ? 0 : chance.below(30),
  };
}

function toolPlan(chance: Chance, name: string): ToolPlan {
  return {
    name,
    manner: chance.of(manners),
    effect: chance.of(["read", "read", "write", "irreversible"] as const),
    needsApproval: chance.of(["no", "no", "no", "yes", "odd", "odd-later", "throws"] as const),
    timeoutMs: maybe(chance, 3, 1 + chance.below(8)),
    resource: chance.of(["none", "none", "shared", "numbered"] as const),
    poll: chance.isOneIn(5),
    spends: chance.isOneIn(5),
    isLenient: chance.isOneIn(3),
  };
}

function maybe<Value>(chance: Chance, count: number, value: Value): Value | undefined {
  return chance.isOneIn(count) ? value : undefined;
}
