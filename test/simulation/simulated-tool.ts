import { type Tool, tool, type ToolOptions } from "@pawl/core";
import { z } from "zod";

import type { AgentPlan, ToolPlan } from "./plan.ts";
import { isAsked, isDenied } from "./simulated-policy.ts";
import type { World, Worlds } from "./world.ts";

const digit = z.number().int().min(0).max(9);
const strict = z.object({ n: digit });
const lenient = z.object({ n: digit.default(4) });

type Input = z.infer<typeof strict>;

/** A tool that works the way chance wants, and knows what must not be asked of it. */
export function simulatedTool(plan: ToolPlan, agent: AgentPlan, worlds: Worlds): Tool {
  const { name, effect, needsApproval, poll, resource, timeoutMs } = plan;
  return tool({
    name,
    description: `Simulated: ${plan.manner}`,
    inputSchema: plan.isLenient ? lenient : strict,
    effect,
    poll,
    timeoutMs,
    ...(resource !== "none" && { resources: ({ n }: Input) => resourceOf(plan, n) }),
    needsApproval: needsApproval === "no" ? false : approval(plan, worlds),
    execute: (input, options) => {
      const world = worlds.of(options.runId);
      check(world, { plan, agent, input, options });
      if (plan.spends) {
        const usage = { inputTokens: 1, outputTokens: 1, totalTokens: 2 };
        options.spend(usage);
        world.state(usage);
      }
      return work(world, plan, options);
    },
  }) as Tool;
}

function resourceOf({ resource }: ToolPlan, n: number): string | readonly string[] {
  return resource === "shared" ? "it" : [`it${n % 3}`, `it${n % 2}`];
}

function approval(
  { needsApproval }: ToolPlan,
  worlds: Worlds,
): true | ((input: Input, options: ToolOptions) => boolean | Promise<boolean>) {
  if (needsApproval === "yes") return true;
  return ({ n }, { runId }) => {
    if (needsApproval === "throws" && n > 5) throw new Error("It cannot be said.");
    const isOdd = n % 2 === 1;
    if (needsApproval === "odd" || needsApproval === "throws") return isOdd;
    return worlds
      .of(runId)
      .scheduler.pause(2)
      .then(() => isOdd);
  };
}

interface Start {
  readonly plan: ToolPlan;
  readonly agent: AgentPlan;
  readonly input: Input;
  readonly options: ToolOptions;
}

/** What must hold when a tool begins to work. */
function check(world: World, start: Start): void {
  const { plan, input, options } = start;
  const { idempotencyKey: key, signal, runId } = options;
  const { n = -1 } = Object(input) as Partial<Input>;
  world.starts++;
  world.log(`start ${key} ${plan.name} ${n}`);
  if (world.isSettled) world.problem(`${key} began after the end`);
  if (signal.aborted) world.problem(`${key} began after its abort`);
  if (world.begun.has(key)) world.problem(`${key} began twice`);
  if (world.forbidden.has(key)) world.problem(`${key} began although it is cut, or not offered`);
  world.begun.add(key);
  if (!(Number.isInteger(n) && n >= 0 && n <= 9)) world.problem(`${key} began with ${String(n)}`);
  checkPermission(world, start, n);
  if (plan.resource !== "none" && plan.effect !== "read")
    for (const resource of [resourceOf(plan, n)].flat())
      claim(world, `${runId} ${resource}`, options);
}

function checkPermission(world: World, { plan, agent, options }: Start, n: number): void {
  const { idempotencyKey: key } = options;
  const isOdd = n % 2 === 1;
  const isNeeded = { no: false, yes: true, odd: isOdd, "odd-later": isOdd, throws: isOdd };
  const mustAsk = isNeeded[plan.needsApproval] || isAsked(agent, n);
  if (mustAsk && !world.approved.has(key)) world.problem(`${key} began without approval`);
  if (isDenied(agent, n)) world.problem(`${key} began although the policy denies it`);
}

/** One at a time, of those who are not left behind. */
function claim(world: World, resource: string, { idempotencyKey: key, signal }: ToolOptions): void {
  const other = world.busy.get(resource);
  if (other !== undefined && other !== key)
    world.problem(`${key} and ${other} work on ${resource}`);
  world.busy.set(resource, key);
  signal.addEventListener("abort", () => world.busy.delete(resource), { once: true });
}

function free(world: World, { idempotencyKey: key }: ToolOptions): void {
  for (const [resource, holder] of world.busy) if (holder === key) world.busy.delete(resource);
}

function work(world: World, plan: ToolPlan, options: ToolOptions): unknown {
  const { manner } = plan;
  const done = (): void => free(world, options);
  if (manner === "sync" || manner === "throws") {
    done();
    if (manner === "throws") throw new Error("It did not work.");
    return { done: options.callId };
  }
  if (manner === "deaf") {
    world.isDeaf = true;
    return new Promise<never>(() => {});
  }
  if (manner === "heeds") return heeding(world, options).finally(done);
  if (manner === "async" || manner === "rejects")
    return later(world, manner === "rejects").finally(done);
  return reporting(world, plan, options);
}

async function later(world: World, isFailing: boolean): Promise<string> {
  await world.scheduler.pause(1 + world.chance.below(4));
  if (isFailing) throw new Error("It did not work.");
  return `Result ${world.chance.below(1_000)}`;
}

/** Ends when it is told to, or after a while. */
async function heeding(world: World, { progress, signal }: ToolOptions): Promise<string> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error("Told to stop.")), { once: true });
  });
  progress("listening");
  return await Promise.race([aborted, later(world, false)]);
}

async function* reporting(
  world: World,
  { manner }: ToolPlan,
  options: ToolOptions,
): AsyncGenerator<string, string> {
  try {
    for (let i = 0; i < 1 + world.chance.below(4); i++) {
      await world.scheduler.pause();
      if (world.chance.isOneIn(3)) options.progress(i);
      yield `progress ${i}`;
    }
    if (manner === "deaf-generator") {
      world.isDeaf = true;
      await new Promise<never>(() => {});
    }
    if (manner === "generator-throws") throw new Error("It did not work out.");
    return `Result ${world.chance.below(1_000)}`;
  } finally {
    free(world, options);
  }
}
