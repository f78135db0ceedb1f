import type { BudgetLimits, Decision, RunResult } from "@pawl/core";

import { Chance } from "../fuzz/chance.ts";
import { eventProblems } from "./event-rules.ts";
import { limitProblems } from "./limit-rules.ts";
import { type Beginning, type Part, part } from "./part.ts";
import { type AgentPlan, agentPlan } from "./plan.ts";
import { resultProblems } from "./result-rules.ts";
import { Scheduler } from "./scheduler.ts";
import { simulatedAgent } from "./simulated-agent.ts";
import { usageProblems } from "./usage-rules.ts";
import type { VirtualTime } from "./virtual-time.ts";
import { World, Worlds } from "./world.ts";

/** What came of one seed. */
export interface Verdict {
  readonly seed: number;
  readonly problems: readonly string[];
  readonly trace: readonly string[];
  /** How each part of its run ended. */
  readonly endings: readonly RunResult["status"][];
}

/** The most parts that a run has: it is resumed so often less one. */
const mostParts = 6;

/** Lives through one run as its seed wants it, from its beginning over all that interrupts it to its end. */
export async function oneSeed(seed: number, time: VirtualTime): Promise<Verdict> {
  const chance = new Chance(seed, 0);
  const scheduler = new Scheduler(chance, time);
  const world = new World(`s${seed}`, { chance, scheduler });
  const worlds = new Worlds();
  worlds.add(world);
  const plan = agentPlan(chance, "agent", 2);
  const rejected = (reason: unknown): void => world.problem(`nobody caught: ${String(reason)}`);
  process.on("unhandledRejection", rejected);
  world.isInterrupted = hasDeadlines(plan);
  const endings: RunResult["status"][] = [];
  try {
    let agent = simulatedAgent(plan, worlds);
    let next: Beginning | undefined = {
      isWatched: chance.isOneIn(2),
      budget: chance.isOneIn(3) ? larger(world) : undefined,
    };
    while (next && endings.length < mostParts && world.problems.length === 0) {
      const done = await part(world, agent, next);
      if (!done) break;
      endings.push(done.result.status);
      const maxSteps = next.resumed?.maxSteps ?? plan.maxSteps;
      for (const each of problemsOf(done, { world, plan, maxSteps })) world.problem(each);
      world.counted = done.result.usage.totalTokens;
      if (chance.isOneIn(2)) agent = simulatedAgent(plan, worlds);
      await scheduler.drain();
      next = nextPart(world, done.result);
    }
    await scheduler.drain();
  } catch (error) {
    world.problem(`it threw ${error instanceof Error ? error.stack : String(error)}`);
  } finally {
    process.off("unhandledRejection", rejected);
  }
  return { seed, problems: world.problems, trace: world.trace, endings };
}

interface Lived {
  readonly world: World;
  readonly plan: AgentPlan;
  readonly maxSteps: number;
}

function problemsOf(done: Part, { world, plan, maxSteps }: Lived): readonly string[] {
  const { events, result } = done;
  return [
    ...resultProblems(world, done),
    ...(events ? eventProblems(events, done) : []),
    ...limitProblems(plan, result, maxSteps),
    ...usageProblems(world, result),
  ];
}

function hasDeadlines(plan: AgentPlan): boolean {
  const { expertTimeoutMs, experts, peer, timeouts, tools } = plan;
  return (
    expertTimeoutMs !== undefined ||
    Object.keys(timeouts).length > 0 ||
    tools.some(({ timeoutMs }) => timeoutMs !== undefined) ||
    [...experts, ...(peer ? [peer] : [])].some(hasDeadlines)
  );
}

/** How a run goes on that is not over: mostly it does, in this process or another. */
function nextPart(world: World, result: RunResult): Beginning | undefined {
  const { chance } = world;
  if (result.status === "completed" || chance.isOneIn(8)) return undefined;
  const isWatched = chance.isOneIn(2);
  const state = JSON.parse(JSON.stringify(result.state)) as RunResult["state"];
  const answers = result.messages.filter(({ role }) => role === "assistant").length;
  const maxSteps = answers + 1 + chance.below(20);
  const decisions = result.status === "paused" ? decisionsOn(world, result.approvals) : [];
  const isLarger = result.status === "stopped" || chance.isOneIn(6);
  const budget = result.state.budget && isLarger ? larger(world) : undefined;
  return { isWatched, budget, resumed: { state, decisions, maxSteps } };
}

/** More than the run may use so far, of some of what can be used. */
function larger(world: World): BudgetLimits {
  const { answers, budget, chance, experts, starts, stated } = world;
  const used = {
    tokens: Math.max(stated.totalTokens, world.counted),
    steps: answers,
    toolCalls: starts + experts.size,
    ms: 0,
  };
  const more = (kind: keyof typeof used, most: number): BudgetLimits =>
    chance.isOneIn(2) ? { [kind]: (budget[kind] ?? used[kind]) + chance.below(most) } : {};
  const parts = [more("tokens", 300), more("steps", 8), more("toolCalls", 8), more("ms", 60)];
  if (parts[3]?.ms !== undefined) world.isInterrupted = true;
  return (world.budget = Object.assign({}, budget, ...parts) as BudgetLimits);
}

function decisionsOn(
  world: World,
  approvals: readonly { readonly callId: string; readonly toolName: string }[],
): Decision[] {
  const { chance } = world;
  const decisions: Decision[] = [];
  for (const { callId } of approvals) {
    if (chance.isOneIn(5)) continue;
    const approve = !chance.isOneIn(4);
    const n = chance.of([10, 7, 8, chance.below(10)]);
    const isEdited = approve && chance.isOneIn(6);
    decisions.push({ callId, approve, ...(isEdited && { input: { n } }) });
    if (approve && !(isEdited && n === 10)) world.approved.add(keyOf(world.runId, callId));
    world.log(`decision ${callId}: ${approve}${isEdited ? ` with ${n}` : ""}`);
  }
  return decisions.toSorted(() => chance.below(3) - 1);
}

/** The idempotency key of a call by its path through the subagents. */
function keyOf(runId: string, path: string): string {
  const ids = path.split("/");
  // The ids of outer calls are part of a run's name, where an underscore is doubled.
  const outer = ids.slice(0, -1).map((id) => id.replaceAll("_", "__"));
  return [runId, ...outer, ...ids.slice(-1)].join(":");
}
