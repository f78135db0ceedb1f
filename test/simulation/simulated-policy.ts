import type { Policy } from "@pawl/core";

import type { AgentPlan } from "./plan.ts";
import type { Worlds } from "./world.ts";

/** A policy as an agent's plan has it. */
export function simulatedPolicy(plan: AgentPlan, worlds: Worlds): Policy | undefined {
  if (plan.policy === "none") return undefined;
  return ({ input, runId }) => {
    const { n } = input as { readonly n?: number };
    const verdict = () => (isDenied(plan, n) ? "deny" : isAsked(plan, n) ? "ask" : undefined);
    if (plan.policy === "throws-9" && n === 9) throw new Error("The policy does not know.");
    if (plan.policy !== "later") return verdict();
    return worlds.of(runId).scheduler.pause().then(verdict);
  };
}

/** Whether a person has to agree to a call with this number. */
export function isAsked({ policy }: AgentPlan, n: number | undefined): boolean {
  return (policy === "asks-7" || policy === "later") && n === 7;
}

/** Whether nobody can agree to it. */
export function isDenied({ policy }: AgentPlan, n: number | undefined): boolean {
  return (policy === "denies-8" || policy === "later") && n === 8;
}
