import type { Room, Rooms } from "./allowance.ts";
import type { BudgetLimits } from "./budget-limits.ts";
import { addUsage, noUsage, type Usage } from "../message.ts";

/** What is counted in sums. */
export interface Sum {
  readonly usage: Usage;
  /** Answers of models. */
  readonly steps: number;
  /** Calls of tools that began to run. */
  readonly toolCalls: number;
}

/** What was spent of a budget, as plain JSON. */
export interface Spent extends Sum {
  /** Milliseconds at work. */
  readonly ms: number;
  /** What parts that are still open have spent, by their names; such as calls of subagents that wait for a decision. */
  readonly open?: Readonly<Record<string, Spent>> | undefined;
}

/** What is set aside for one call of a model. */
export interface Amount {
  readonly tokens: number;
  readonly usd: number;
}

/** The books of one budget: what was spent, what is held, and the time at work. */
export class Account {
  /** Spent here, and in parts that are over. */
  own: Sum;
  /** The same with the parts that are open. */
  total: Sum;
  #calls = 0;
  #tokens = 0;
  #usd = 0;
  #pastMs: number;
  #startedAt: number | undefined;

  constructor(before: Spent | undefined) {
    const { usage, steps, toolCalls, ms } = before ?? { ...nothing, ms: 0 };
    this.own = { usage, steps, toolCalls };
    this.total = before ? totalOf(before) : this.own;
    this.#pastMs = ms;
  }

  count(sum: Sum, isOwn: boolean): void {
    const isAll = this.own === this.total;
    this.total = plus(this.total, sum);
    if (isOwn) this.own = isAll ? this.total : plus(this.own, sum);
  }

  /** What a part spent while it was open, and was counted in `total` only, is this one's own from now on. */
  takeOver(sum: Sum): void {
    this.own = plus(this.own, sum);
  }

  hold({ tokens, usd }: Amount): void {
    this.#calls++;
    this.#tokens += tokens;
    this.#usd += usd;
  }

  giveBack({ tokens, usd }: Amount): void {
    this.#calls--;
    // Sums of fractions do not come back to zero by themselves, and a call may wait for exactly that.
    this.#tokens = this.#calls === 0 ? 0 : this.#tokens - tokens;
    this.#usd = this.#calls === 0 ? 0 : this.#usd - usd;
  }

  start(): void {
    this.#startedAt ??= performance.now();
  }

  stop(): void {
    this.#pastMs = this.ms;
    this.#startedAt = undefined;
  }

  get ms(): number {
    const startedAt = this.#startedAt;
    return this.#pastMs + (startedAt === undefined ? 0 : performance.now() - startedAt);
  }

  /** How much room for a call of a model the limits leave. */
  rooms({ tokens, usd, steps, ms }: BudgetLimits): Omit<Rooms, "users"> {
    const { usage, steps: taken } = this.total;
    return {
      tokens: roomOf(tokens, usage.totalTokens, this.#tokens),
      usd: roomOf(usd, usage.usd ?? 0, this.#usd),
      steps: roomOf(steps, taken, this.#calls),
      ms: ms === undefined ? undefined : roomOf(ms, this.ms, 0),
    };
  }
}

const nothing: Sum = { usage: noUsage, steps: 0, toolCalls: 0 };

function totalOf({ open = {}, ...own }: Spent): Sum {
  let total: Sum = own;
  for (const each of Object.values(open)) total = plus(total, totalOf(each));
  return total;
}

function plus(a: Sum, b: Sum): Sum {
  return {
    usage: b.usage === noUsage ? a.usage : addUsage(a.usage, b.usage),
    steps: a.steps + b.steps,
    toolCalls: a.toolCalls + b.toolCalls,
  };
}

function roomOf(limit: number | undefined, spent: number, held: number): Room | undefined {
  return limit === undefined ? undefined : { left: limit - spent, held };
}
