import { Agent, handoff, type Tool } from "@pawl/core";

import type { AgentPlan } from "./plan.ts";
import { simulatedModel } from "./simulated-model.ts";
import { simulatedPolicy } from "./simulated-policy.ts";
import { simulatedTool } from "./simulated-tool.ts";
import type { World, Worlds } from "./world.ts";

/** An agent as its plan has it; made again of the same plan it is the same agent in another process. */
export function simulatedAgent(plan: AgentPlan, worlds: Worlds): Agent<readonly Tool[]> {
  const {
    name,
    peer,
    hidesEvery,
    stopsAfter,
    maxSteps,
    maxRestarts,
    maxRepeats,
    timeouts,
    toolConcurrency,
  } = plan;
  const experts = plan.experts.map((expert) =>
    simulatedAgent(expert, worlds).asTool({
      name: expert.name,
      description: "An expert",
      budget: expert.budget,
      timeoutMs: plan.expertTimeoutMs,
    }),
  );
  return new Agent<readonly Tool[]>({
    name,
    model: simulatedModel(plan, worlds),
    instructions: instructionsOf(plan),
    tools: [
      ...plan.tools.map((each) => simulatedTool(each, plan, worlds)),
      ...experts,
      ...(peer ? [handoff(simulatedAgent(peer, worlds))] : []),
    ] as Tool[],
    ...(hidesEvery > 0 && {
      prepareStep: ({ step }) => (step % hidesEvery === 0 ? { activeTools: shownOf(plan) } : {}),
    }),
    stopWhen: ({ steps }) => steps.length >= stopsAfter,
    policy: simulatedPolicy(plan, worlds),
    maxSteps,
    maxRestarts,
    maxRepeats,
    timeouts,
    toolConcurrency,
  });
}

function shownOf({ tools, experts }: AgentPlan): readonly string[] {
  return [...tools.slice(1), ...experts].map(({ name }) => name);
}

function instructionsOf({
  instructions,
}: AgentPlan): string | ((world: unknown) => string | Promise<string>) | undefined {
  if (instructions === "none") return undefined;
  if (instructions === "text") return "Do as chance wants.";
  return (context) => {
    const { chance, scheduler } = context as World;
    if (instructions === "throws" && chance.isOneIn(3)) throw new Error("No instructions today.");
    return chance.isOneIn(2) ? "Made." : scheduler.pause().then(() => "Made later.");
  };
}
