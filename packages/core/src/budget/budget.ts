import { Account, type Amount, type Spent, type Sum } from "./account.ts";
import { allowance, type Allowance, type Lack, type Need } from "./allowance.ts";
import { amountOf, type BudgetKind, type BudgetLimits } from "./budget-limits.ts";
import { noUsage, type Usage } from "../message.ts";
import { Prices } from "./prices.ts";
import type { Scope } from "../scope.ts";
import { WaitingLine } from "./waiting-line.ts";

/** What is set aside of a budget for a call of a model, until it is known what the call used. */
export interface Hold {
  /** The longest answer that fits; undefined when neither tokens nor US dollars are limited, or no price is known yet. */
  readonly maxOutputTokens: number | undefined;
  /**
   * Puts what the call used in the place of the hold.
   *
   * @throws Error when US dollars are limited and the usage has none; Exceeded when the answer was cut short and nothing is
   * left for another, so that a piece does not pass for the whole.
   */
  settle(usage: Usage, answer?: Answered): void;
  /** Gives back what is held. After `settle` it does nothing. */
  release(): void;
}

/** What has to be known of an answer besides its usage. */
interface Answered {
  /** Whether it ended because it was as long as it might be. */
  readonly isCut?: boolean;
  /** @defaultValue `true` */
  readonly isStep?: boolean;
}

/** The reason of a run whose budget is used up. */
export class Exceeded extends Error {
  override readonly name = "BudgetError";
  readonly kind: BudgetKind;
  /** Whose limit it is: the run's own, or that of a run around it. */
  readonly budget: Budget;

  constructor(kind: BudgetKind, budget: Budget, left = 0) {
    const limit = amountOf(kind, budget.limits[kind] ?? 0);
    const need =
      left > 0 ? `: the next answer needs more than the ${amountOf(kind, left)} left` : "";
    super(`The budget of ${limit} is used up${need}.`);
    this.kind = kind;
    this.budget = budget;
  }
}

/** What a run may use and what it used: a node in the tree of a run and the runs inside it. */
export class Budget {
  readonly limits: BudgetLimits;
  /** This one and all it is a part of, the outermost last. */
  readonly #chain: readonly Budget[];
  readonly #line: WaitingLine<Hold>;
  readonly #prices: Prices;
  readonly #account: Account;
  /** Which limits a call of a model meets in the chain. */
  readonly #meets: { readonly tokens: boolean; readonly usd: boolean; readonly any: boolean };
  /** What was spent is known from before, so that nothing is counted again when it is replayed. */
  readonly #isGoingOn: boolean;
  /** What was spent in parts that were open before and are not yet again. */
  readonly #left: Map<string, Spent>;
  readonly #parts = new Map<string, Budget>();
  #name: string | undefined;
  #isClosed = false;
  #openParts = 0;

  constructor({ limits = {}, spent, parent }: BudgetOptions = {}) {
    this.limits = limits;
    this.#chain = [this, ...(parent ? parent.#chain : [])];
    this.#line = parent ? parent.#line : new WaitingLine();
    this.#prices = parent ? parent.#prices : new Prices();
    this.#account = new Account(spent);
    this.#isGoingOn = spent !== undefined;
    this.#left = new Map(Object.entries(spent?.open ?? {}));
    const isMet = (kind: BudgetKind): boolean =>
      this.#chain.some((each) => each.limits[kind] !== undefined);
    const tokens = isMet("tokens");
    const usd = isMet("usd");
    this.#meets = { tokens, usd, any: tokens || usd || isMet("steps") || isMet("ms") };
    if (parent) parent.#openParts++;
    else if (spent) this.#prices.learn(undefined, this.usage);
  }

  /** All that was spent here, open parts included. */
  get usage(): Usage {
    return this.#account.total.usage;
  }

  /** What was spent, that of open parts apart: for a state to go on from. */
  get spent(): Spent {
    const open = new Map(this.#left);
    for (const [name, part] of this.#parts) open.set(name, part.spent);
    const own = { ...this.#account.own, ms: Math.round(this.#account.ms) };
    return open.size > 0 ? { ...own, open: Object.fromEntries(open) } : own;
  }

  /**
   * A part of this budget with limits of its own, such as a subagent's: whatever it spends counts here too. One with a name
   * goes on from what it had spent before when the run is resumed.
   */
  part(limits?: BudgetLimits, name?: string): Budget {
    if (name === undefined) return new Budget({ limits, parent: this });
    const part = new Budget({ limits, spent: this.#left.get(name), parent: this });
    this.#left.delete(name);
    this.#parts.set(name, part);
    part.#name = name;
    return part;
  }

  /** Whether a part of this name was open when the run was resumed, and is not yet again. */
  wasOpen(name: string): boolean {
    return this.#left.has(name);
  }

  /** The part is over: what it spent is its parent's own from now on. Idempotent. */
  close(): void {
    const outer = this.#chain[1];
    if (this.#isClosed || !outer) return;
    this.#isClosed = true;
    outer.#openParts--;
    if (this.#name !== undefined) outer.#parts.delete(this.#name);
    outer.#account.takeOver(this.#account.total);
  }

  /** Begins the time that counts as `ms`. */
  start(): void {
    this.#account.start();
  }

  /** Ends the time that counts as `ms`. */
  stop(): void {
    this.#account.stop();
  }

  /** Milliseconds until this budget's own `ms` limit, which a parent's does not shorten; undefined without one. */
  get msLeft(): number | undefined {
    const { ms } = this.limits;
    return ms === undefined ? undefined : Math.max(0, ms - this.#account.ms);
  }

  /**
   * Counts a call of a tool, here and in all parents or in none.
   *
   * @throws Exceeded when there is none left.
   */
  takeToolCall(): void {
    for (const each of this.#chain) {
      if (each.msLeft === 0) throw new Exceeded("ms", each);
      if (each.#account.total.toolCalls >= (each.limits.toolCalls ?? Infinity))
        throw new Exceeded("toolCalls", each);
    }
    this.add({ toolCalls: 1 });
  }

  /**
   * Sets aside a step, and the tokens and US dollars that a call of a model may use. Waits while only what others hold is in
   * the way, as long as `scope` lasts: the promise must not be raced with anything else, or its hold may be lost.
   *
   * @throws Exceeded, or rejects with it, when too little is left.
   */
  hold(need: Need, scope?: Pick<Scope, "race">): Hold | Promise<Hold> {
    const { tokens, usd, any } = this.#meets;
    if (!any) return this.#take(need, undefined);
    // Looked at once, and only where it matters: an estimate reads the whole prompt.
    const inputTokens = tokens || usd ? Math.ceil(need.inputTokens) : 0;
    const fixed = { inputTokens, outputTokens: need.outputTokens, model: need.model };
    return this.#line.join((barred) => this.#attempt(fixed, barred), scope);
  }

  /** Counts what was done before, unless that is counted already. */
  replay(spent: Partial<Sum>): void {
    if (!this.#isGoingOn) this.add(spent);
  }

  /** Counts what was spent without a hold, such as what a tool itself used. */
  add({ usage = noUsage, steps = 0, toolCalls = 0 }: Partial<Sum>): void {
    let isOwn = true;
    for (const each of this.#chain) {
      each.#account.count({ usage, steps, toolCalls }, isOwn);
      isOwn = each.#isClosed;
    }
    this.#line.advance();
  }

  #attempt(need: Need, barred: Set<object>): Hold | undefined {
    const allowed = this.#allowance(need);
    if (allowed.lack) throw this.#exceeded(allowed.lack);
    const { blocked } = allowed;
    const isBehind = this.#chain.some((each) => barred.has(each));
    if (!blocked && !isBehind) return this.#take(need, allowed);
    for (const place of blocked ?? []) barred.add(this.#chain[place] ?? this);
    return undefined;
  }

  #allowance(need: Need): Allowance {
    let users = 1;
    const rooms = this.#chain.map((each, index) => {
      if (index > 0) users *= Math.max(1, each.#openParts);
      return { ...each.#account.rooms(each.limits), users };
    });
    return allowance(rooms, need, this.#prices.of(need.model));
  }

  #exceeded({ kind, place, left }: Lack): Exceeded {
    return new Exceeded(kind, this.#chain[place] ?? this, left);
  }

  #take(need: Need, allowed: (Amount & Pick<Hold, "maxOutputTokens">) | undefined): Hold {
    const { tokens: areTokensLimited, usd: isUsdLimited } = this.#meets;
    const { tokens = 0, usd = 0, maxOutputTokens } = allowed ?? {};
    const amount = { tokens: areTokensLimited ? tokens : 0, usd: isUsdLimited ? usd : 0 };
    for (const each of this.#chain) each.#account.hold(amount);
    let isOpen = true;
    const close = (): boolean => {
      if (!isOpen) return false;
      for (const each of this.#chain) each.#account.giveBack(amount);
      isOpen = false;
      return true;
    };
    return {
      maxOutputTokens,
      settle: (usage, { isCut = false, isStep = true } = {}) => {
        if (!close()) return;
        if (isUsdLimited) this.#prices.learn(need.model, usage);
        this.add({ usage, steps: isStep ? 1 : 0 });
        if (isUsdLimited && usage.usd === undefined) throw new Error(noCost);
        const lack = isCut && maxOutputTokens !== undefined && this.#allowance(need).lack;
        if (lack && lack.kind !== "steps") throw this.#exceeded(lack);
      },
      release: () => {
        if (close()) this.#line.advance();
      },
    };
  }
}

/** How a budget begins. */
export interface BudgetOptions {
  /** @defaultValue none */
  readonly limits?: BudgetLimits | undefined;
  /** What was spent before, by a run that is resumed; its parent has counted it. @defaultValue nothing */
  readonly spent?: Spent | undefined;
  /** The budget that this one is a part of. @defaultValue none */
  readonly parent?: Budget | undefined;
}

const noCost =
  "The budget is in US dollars, and the model does not say what its answer cost: use a budget in tokens, or a model with prices.";
