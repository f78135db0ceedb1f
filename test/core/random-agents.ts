import { setImmediate as nextTurn } from "node:timers/promises";

import {
  Agent,
  type Approval,
  type Decision,
  tool,
  type BudgetLimits,
  type Model,
  type ModelRequest,
  type RunResult,
  type RunState,
  type Tool,
  type Usage,
} from "@pawl/core";
import { z } from "zod";

import { Chance } from "../fuzz/chance.ts";

const kinds = ["tokens", "usd", "toolCalls", "steps"] as const;

/** What really happened, counted where it happened, by the run or subagent in which it did. */
type Tally = Record<(typeof kinds)[number], number>;

/** How often something has to be answered or done until a run is over; no run of these goes on for ever. */
const mostParts = 300;

/** How a random run went: how each of its parts ended, and what was wrong. */
interface Outcome {
  readonly ends: readonly string[];
  readonly problem: string | undefined;
}

/** A random tree of agents whose models and tools keep their own books. The same number gives the same tree. */
export class RandomAgents {
  readonly #chance: Chance;
  readonly #seed: number;
  /** By the id of the run; each counts what its subagents did too. */
  readonly #tallies = new Map<string, Tally>();
  /** The limits of subagents, by the names of their tools. */
  readonly #limits = new Map<string, BudgetLimits>();
  /** Which agent a run is of. */
  readonly #names = new Map<string, string>();
  readonly #done = new Set<string>();
  readonly agent: Agent<readonly Tool[]>;

  constructor(seed: number) {
    this.#seed = seed;
    this.#chance = new Chance(11, seed);
    this.agent = this.#agent("root", 3);
  }

  /** Runs the root to its end, with decisions and ever larger budgets, through JSON each time; says what was wrong. */
  async run(): Promise<Outcome> {
    let budget = this.#budget(1);
    let result: RunResult = await this.agent.run("Work.", { runId: "r", budget, maxSteps: 99 });
    for (const ends: string[] = []; ;) {
      ends.push(result.status === "stopped" ? `stopped by ${result.limit}` : result.status);
      const problem = this.#problemOf(result, budget);
      if (problem !== undefined || result.status === "completed") return { ends, problem };
      if (ends.length === mostParts) return { ends, problem: "it never ends" };
      const isLarger = result.status === "stopped" && !this.#chance.isOneIn(4);
      if (isLarger) budget = larger(budget);
      const decisions = result.status === "paused" ? this.#decide(result.approvals) : [];
      const options = { decisions, ...(isLarger && { budget }), maxSteps: 99 };
      const state = JSON.parse(JSON.stringify(result.state)) as RunState;
      result = await this.agent.resume(state, options);
    }
  }

  #decide(approvals: readonly Approval[]): Decision[] {
    return approvals.map(({ callId }) => ({ callId, approve: !this.#chance.isOneIn(4) }));
  }

  #problemOf(result: RunResult, budget: BudgetLimits): string | undefined {
    if (result.status === "failed") return result.error.stack;
    if (result.status === "aborted") return "aborted";
    const counted = this.#tallies.get("r") as Tally;
    const { usage, state } = result;
    const counts: (readonly [string, number | undefined, number])[] = [
      ["tokens", usage.totalTokens, counted.tokens],
    ];
    if (result.status === "completed")
      counts.push(
        ["steps", state.spent?.steps, counted.steps],
        ["tool calls", state.spent?.toolCalls, counted.toolCalls],
      );
    for (const [what, said, real] of counts)
      if (said !== real) return `${said} ${what} are said, and ${real} were used`;
    return this.#overshot(budget);
  }

  #overshot(budget: BudgetLimits): string | undefined {
    for (const [id, tally] of this.#tallies) {
      const limits = id === "r" ? budget : (this.#limits.get(this.#names.get(id) ?? "") ?? {});
      for (const kind of kinds)
        if (tally[kind] > (limits[kind] ?? Infinity) + (kind === "usd" ? 1e-9 : 0))
          return `${id} overshot: ${tally[kind]} of ${limits[kind]} ${kind}`;
    }
    return undefined;
  }

  #agent(name: string, depth: number): Agent<readonly Tool[]> {
    const chance = this.#chance;
    const tools: Tool[] = [this.#work("work", false), this.#work("pay", true)];
    for (let n = depth === 0 ? 0 : chance.below(3); n > 0; n--) {
      const inner = `${name}-${n}`;
      const limits = chance.isOneIn(2) ? this.#budget(2) : {};
      this.#limits.set(inner, limits);
      const agent = this.#agent(inner, depth - 1);
      tools.push(agent.asTool({ name: inner, description: "Works", budget: limits }) as Tool);
    }
    const model = this.#model;
    const prepareStep = ({ runId }: { runId: string }): undefined => this.#begin(runId, name);
    return new Agent({ name, model, tools, prepareStep, maxSteps: 99 });
  }

  #budget(size: number): BudgetLimits {
    const chance = this.#chance;
    const maybe = (least: number, most: number): number | undefined =>
      chance.isOneIn(2) ? undefined : Math.ceil((least + chance.below(most)) / size);
    return {
      tokens: maybe(1500, 6000),
      usd: chance.isOneIn(3) ? 0.01 + chance.below(40) / 1000 : undefined,
      toolCalls: maybe(2, 20),
      steps: maybe(2, 16),
    };
  }

  /** One model for all: what it costs is known when the first subagent begins. What it says depends on what it is asked only. */
  readonly #model: Model = {
    id: "random",
    capabilities: { tools: true },
    respond: (request) => this.#respond(request),
  };

  // oxlint-disable-next-line require-yield -- it only answers
  async *#respond(request: ModelRequest): ReturnType<Model["respond"]> {
    const { maxOutputTokens = Infinity, messages, requestId, tools, run } = request;
    const chance = new Chance(this.#seed, hashOf(requestId));
    const inputTokens = 5 + chance.below(messages.length);
    const outputTokens = Math.min(maxOutputTokens, 1 + chance.below(900));
    const usd = inputTokens * 1e-6 + outputTokens * 5e-6;
    for (let turns = chance.below(4); turns > 0; turns--) await nextTurn();
    const usage: Usage = {
      inputTokens,
      outputTokens,
      totalTokens: inputTokens + outputTokens,
      usd,
    };
    this.#count(run.id, { tokens: usage.totalTokens, usd, steps: 1, toolCalls: 0 });
    const step = messages.filter(({ role }) => role === "assistant").length;
    const isOver = step >= 3 || chance.isOneIn(4);
    const toolCalls = Array.from({ length: isOver ? 0 : 1 + chance.below(4) }, (_, n) => ({
      id: `c${step}-${n}`,
      name: chance.of(tools).name,
      input: { task: "Work." },
    }));
    const said = { role: "assistant", content: isOver ? "Done." : "", usage } as const;
    return toolCalls.length > 0 ? { ...said, toolCalls } : said;
  }

  #work(name: string, needsApproval: boolean): Tool {
    return tool({
      name,
      description: "Work",
      inputSchema: z.object({ task: z.string() }),
      effect: "write",
      needsApproval,
      execute: async (_, { idempotencyKey, runId }) => {
        if (this.#done.has(idempotencyKey)) throw new Error(`done twice: ${idempotencyKey}`);
        this.#done.add(idempotencyKey);
        this.#count(runId, { tokens: 0, usd: 0, steps: 0, toolCalls: 1 });
        for (let turns = hashOf(idempotencyKey) % 3; turns > 0; turns--) await nextTurn();
      },
    }) as Tool;
  }

  /** A subagent that is seen for the first time is a call of the run around it. */
  #begin(runId: string, name: string): undefined {
    if (this.#tallies.has(runId)) return;
    this.#names.set(runId, name);
    this.#tallies.set(runId, { tokens: 0, usd: 0, steps: 0, toolCalls: 0 });
    const outer = outerOf(runId);
    if (outer !== undefined) this.#count(outer, { tokens: 0, usd: 0, steps: 0, toolCalls: 1 });
  }

  #count(runId: string, spent: Tally): void {
    for (let id: string | undefined = runId; id !== undefined; id = outerOf(id)) {
      const tally = this.#tallies.get(id) as Tally;
      for (const kind of kinds) tally[kind] += spent[kind];
    }
  }
}

/** The id of the run around a subagent's. */
function outerOf(id: string): string | undefined {
  const end = id.lastIndexOf(":");
  return end === -1 ? undefined : id.slice(0, end);
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return hash >>> 0;
}

function larger(budget: BudgetLimits): BudgetLimits {
  const { tokens, usd, toolCalls, steps } = budget;
  return {
    tokens: tokens && Math.ceil(tokens * 1.3) + 2000,
    usd: usd && usd * 1.3 + 0.005,
    toolCalls: toolCalls && Math.ceil(toolCalls * 1.3) + 2,
    steps: steps && Math.ceil(steps * 1.3) + 2,
  };
}
