import { checkOptions } from "../options.ts";
import { shown } from "../shown.ts";

/** What a run may use in its whole life, its subagents and the parts before a resume included. */
export interface BudgetLimits {
  /**
   * Tokens, read and written, as in `usage.totalTokens`: a whole number, 0 or more. An answer for which too little is left is
   * not asked for, and none may be longer than what is left.
   *
   * @defaultValue no limit
   */
  readonly tokens?: number | undefined;
  /**
   * US dollars, as in `usage.usd`: 0 or more. For models whose cost is known; with any other the run fails at its first answer.
   *
   * @defaultValue no limit
   */
  readonly usd?: number | undefined;
  /**
   * Milliseconds at work, 0 or more; the time in which a paused run waits for a decision does not count.
   *
   * @defaultValue no limit
   */
  readonly ms?: number | undefined;
  /**
   * Calls of tools that began to run: a whole number, 0 or more. A subagent is one, and its own calls count too.
   *
   * @defaultValue no limit
   */
  readonly toolCalls?: number | undefined;
  /**
   * Answers of models: a whole number, 0 or more.
   *
   * @defaultValue no limit
   */
  readonly steps?: number | undefined;
}

/** What a budget limits. */
export type BudgetKind = keyof BudgetLimits;

/**
 * Limits as they may be kept: only those that are set.
 *
 * @throws TypeError naming the fix, when a limit is unknown or no number it could be.
 */
export function readBudget(where: string, limits: BudgetLimits | undefined): BudgetLimits {
  if (limits === undefined) return {};
  checkOptions(`${where}: "budget"`, limits, Object.keys(units));
  const read: { [Kind in BudgetKind]?: number } = {};
  for (const kind of Object.keys(limits) as BudgetKind[]) {
    const value = limits[kind];
    if (value === undefined) continue;
    const isWhole = kind !== "usd" && kind !== "ms";
    const isFit = isWhole ? Number.isSafeInteger(value) : Number.isFinite(value);
    if (!isFit || value < 0)
      throw new TypeError(
        `${where}: "budget.${kind}" must be a ${isWhole ? "whole " : ""}number of at least 0, got ${shown(value)}; leave it out for no limit.`,
      );
    read[kind] = value;
  }
  return read;
}

const units: Readonly<Record<BudgetKind, readonly [one: string, many: string]>> = {
  tokens: ["token", "tokens"],
  usd: ["US dollar", "US dollars"],
  ms: ["ms", "ms"],
  toolCalls: ["tool call", "tool calls"],
  steps: ["step", "steps"],
};

/** An amount in words. */
export function amountOf(kind: BudgetKind, amount: number): string {
  const [one, many] = units[kind];
  numbers ??= new Intl.NumberFormat("en-US", { maximumFractionDigits: 6 });
  return `${numbers.format(kind === "usd" ? amount : Math.floor(amount))} ${amount === 1 ? one : many}`;
}

/** Made once and when it is first needed: it takes longer than all else here. */
let numbers: Intl.NumberFormat | undefined;
