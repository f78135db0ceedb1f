import { addUsage, type BudgetLimits, type Usage } from "@pawl/core";

import type { Chance } from "../fuzz/chance.ts";
import type { Scheduler } from "./scheduler.ts";

/** What the models and tools of one run did and were asked to do, and what was wrong with it. */
export class World {
  readonly chance: Chance;
  readonly scheduler: Scheduler;
  readonly runId: string;
  readonly problems: string[] = [];
  readonly trace: string[] = [];
  /** The sum of all that models and tools said they used. */
  stated: Usage = { inputTokens: 0, outputTokens: 0, totalTokens: 0 };
  /** How many tokens the run counted so far. */
  counted = 0;
  /** How many answers models gave, and how many tools began to work. */
  answers = 0;
  starts = 0;
  /** Requests that were answered. */
  readonly given = new Set<string>();
  /** Calls that are cut, or of tools that were not offered, by their idempotency keys. */
  readonly forbidden = new Set<string>();
  /** Calls that were begun, by their idempotency keys. */
  readonly begun = new Set<string>();
  /** Calls that a person agreed to, by their idempotency keys. */
  readonly approved = new Set<string>();
  /** Whether the run has a result, and nothing may be done for it any more. */
  isSettled = false;
  /** Something that will never end by itself is at work. */
  isDeaf = false;
  /** Something was ended from outside, after which not all that was used is known. */
  isInterrupted = false;
  /** Runs of subagents, and how often each was answered. */
  readonly experts = new Map<string, number>();
  /** What the run may use; it can only grow. */
  budget: BudgetLimits = {};
  /** What is being worked on, by run and name, and by whom. */
  readonly busy = new Map<string, string>();
  /** What the run was told while it was at work. */
  readonly steered: string[] = [];

  constructor(runId: string, { chance, scheduler }: Pick<World, "chance" | "scheduler">) {
    this.runId = runId;
    this.chance = chance;
    this.scheduler = scheduler;
  }

  log(line: string): void {
    this.trace.push(line);
  }

  problem(sentence: string): void {
    if (this.problems.length < 10) this.problems.push(sentence);
    this.log(`PROBLEM: ${sentence}`);
  }

  state(usage: Usage): void {
    this.stated = addUsage(this.stated, usage);
  }
}

/** All runs of a simulation, by id. */
export class Worlds {
  readonly #byId = new Map<string, World>();

  add(world: World): void {
    this.#byId.set(world.runId, world);
  }

  /** The world of a run, or of the run that a subagent's is a part of. */
  of(runId: string): World {
    const world = this.#byId.get(runId.split(":")[0] ?? "");
    if (!world) throw new Error(`There is no run "${runId}".`);
    return world;
  }
}
