// @boundaries-ignore a tree of budgets is looked at from inside: agents show only what came of it
import type { BudgetLimits } from "../../packages/core/src/budget/budget-limits.ts";
// @boundaries-ignore the same
import { Budget, type Hold } from "../../packages/core/src/budget/budget.ts";

/** A hold that is open. */
export interface Taken {
  readonly shadow: ShadowBudget;
  readonly need: Need;
  readonly hold: Hold;
  /** Whether the price of its model was known. */
  readonly isPriced: boolean;
}

export interface Need {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly model: object;
}

const kinds = ["tokens", "usd", "steps", "toolCalls"] as const;

/** A budget with a second, slow book-keeping beside it that knows nothing of the first. */
export class ShadowBudget {
  readonly budget: Budget;
  /** This one and all it is a part of. */
  readonly chain: readonly ShadowBudget[];
  readonly parts: ShadowBudget[] = [];
  readonly open: Set<Taken> = new Set();
  isClosed = false;
  tokens = 0;
  usd = 0;
  steps = 0;
  toolCalls = 0;

  constructor(limits: BudgetLimits, parent: ShadowBudget | undefined) {
    this.budget = parent ? parent.budget.part(limits) : new Budget({ limits });
    this.chain = [this, ...(parent?.chain ?? [])];
    parent?.parts.push(this);
  }

  limit(kind: (typeof kinds)[number]): number {
    return this.budget.limits[kind] ?? Infinity;
  }

  /** What is left for the answer after a prompt, and after what is held for others if that counts. */
  roomFor({ inputTokens }: Need, isHeldCounted: boolean): number {
    let room = this.limit("tokens") - this.tokens - inputTokens;
    if (isHeldCounted)
      for (const { need, hold } of this.open)
        room -= need.inputTokens + (hold.maxOutputTokens ?? 0);
    return room;
  }

  check(): void {
    const { usage, spent } = this.budget;
    const { totalTokens, usd = 0 } = usage;
    if (totalTokens !== this.tokens || Math.abs(usd - this.usd) > 1e-9)
      throw new Error(`the sums do not add up: ${totalTokens} and ${this.tokens}`);
    const kept = [spent.usage.totalTokens, spent.steps, spent.toolCalls];
    for (const [index, kind] of (["tokens", "steps", "toolCalls"] as const).entries())
      if (kept[index] !== this.#keptOf(kind))
        throw new Error(`what is kept of ${kind} does not add up: ${kept[index]}`);
    for (const kind of kinds)
      if (this[kind] > this.limit(kind) + (kind === "usd" ? 1e-9 : 0))
        throw new Error(`overshot: ${this[kind]} of ${this.limit(kind)} ${kind}`);
  }

  /** What it spent, less what its open parts did. */
  #keptOf(kind: "tokens" | "steps" | "toolCalls"): number {
    let kept = this[kind];
    for (const part of this.parts) if (!part.isClosed) kept -= part[kind];
    return kept;
  }
}

/** Who waits, waits for what others hold, or behind one who does. */
export function checkLine(
  waiters: ReadonlyArray<{ readonly shadow: ShadowBudget; readonly need: Need }>,
): void {
  const barred = new Set<ShadowBudget>();
  for (const { shadow, need } of waiters) {
    const { chain } = shadow;
    const longest = Math.min(...chain.map((each) => each.roomFor(need, false)));
    const enough = Math.min(need.outputTokens, longest, 1024);
    const inTheWay = chain.filter(
      (each) =>
        each.roomFor(need, true) < enough || each.steps + each.open.size + 1 > each.limit("steps"),
    );
    const isBehind = chain.some((each) => barred.has(each));
    if (longest < 1) throw new Error("somebody waits who can never go on");
    if (inTheWay.length === 0 && !isBehind) throw new Error("somebody waits who could go on");
    for (const each of inTheWay) barred.add(each);
  }
}
