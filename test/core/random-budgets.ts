import type { Usage } from "@pawl/core";

// @boundaries-ignore a tree of budgets is looked at from inside: agents show only what came of it
import { Exceeded, type Hold } from "../../packages/core/src/budget/budget.ts";
import type { Chance } from "../fuzz/chance.ts";
import { checkLine, type Need, ShadowBudget, type Taken } from "./shadow-budget.ts";

/** One who waits in the line. */
interface Waiter {
  readonly shadow: ShadowBudget;
  readonly need: Need;
  readonly leave: (reason: unknown) => void;
  isOver: boolean;
}

const prices = [
  { input: 1e-6, output: 4e-6 },
  { input: 3e-6, output: 30e-6 },
];

/** Users of a random tree of budgets do random things at random times; what goes wrong is thrown. */
export class RandomBudgets {
  readonly #chance: Chance;
  readonly #shadows: ShadowBudget[] = [];
  readonly #taken = new Set<Taken>();
  /** The models whose price somebody paid. */
  readonly #priced = new Set<object>();
  #waiters: Waiter[] = [];
  /** How often each thing happened, so that a test can see that everything does. */
  readonly counts: Record<string, number> = {};

  constructor(chance: Chance) {
    this.#chance = chance;
    this.#add(undefined);
    for (let n = chance.below(6); n > 0; n--) this.#add(chance.of(this.#shadows));
  }

  async play(moves: number): Promise<void> {
    for (let n = 0; n < moves; n++) {
      this.#move();
      if (this.#waiters.length > 0) await settled();
      this.#check();
    }
    while (this.#taken.size > 0) {
      this.#end(this.#chance.of([...this.#taken]));
      await settled();
      this.#check();
    }
    if (this.#waiters.length > 0) throw new Error("somebody waits, and nobody holds anything");
  }

  #move(): void {
    const chance = this.#chance;
    const shadow = chance.of(this.#shadows);
    const kind = chance.below(12);
    if (kind < 5) this.#hold(shadow);
    else if (kind < 8 && this.#taken.size > 0) this.#end(chance.of([...this.#taken]));
    else if (kind === 8) this.#takeToolCall(shadow);
    else if (kind === 9 && this.#waiters.length > 0) this.#leave(chance.of(this.#waiters));
    else if (kind === 10) this.#close(shadow);
    else if (kind === 11 && chance.isOneIn(3)) this.#add(shadow);
  }

  #add(parent: ShadowBudget | undefined): void {
    const chance = this.#chance;
    const maybe = (value: number): number | undefined => (chance.isOneIn(2) ? value : undefined);
    const limits = {
      tokens: maybe(chance.below(12_000)),
      usd: chance.isOneIn(4) ? chance.below(1000) / 1e4 : undefined,
      steps: maybe(chance.below(9)),
      toolCalls: maybe(chance.below(6)),
    };
    this.#shadows.push(new ShadowBudget(limits, parent));
  }

  #hold(shadow: ShadowBudget): void {
    const chance = this.#chance;
    const model = chance.of(prices);
    const outputTokens = chance.of([50, 500, 3000, Infinity]);
    const need = { inputTokens: chance.below(1500), outputTokens, model };
    const { promise: left, reject: leave } = Promise.withResolvers<never>();
    left.catch(() => {});
    const race = <Value>(work: PromiseLike<Value>): Promise<Value> => Promise.race([left, work]);
    try {
      const hold = shadow.budget.hold(need, { race });
      if (!(hold instanceof Promise)) return this.#take({ shadow, need, hold });
      const waiter = { shadow, need, leave, isOver: false };
      this.#waiters.push(waiter);
      this.#note("wait");
      void this.#await(waiter, hold);
    } catch (error) {
      this.#refused(error, need);
    }
  }

  async #await(waiter: Waiter, hold: Promise<Hold>): Promise<void> {
    const { shadow, need } = waiter;
    try {
      const got = await hold;
      if (waiter.isOver) this.#note("served although it left");
      this.#take({ shadow, need, hold: got });
    } catch (error) {
      if (!waiter.isOver) this.#refused(error, need);
    }
    this.#waiters = this.#waiters.filter((each) => each !== waiter);
  }

  #take(granted: Omit<Taken, "isPriced">): void {
    this.#note("take");
    const taken = { ...granted, isPriced: this.#priced.has(granted.need.model) };
    this.#taken.add(taken);
    for (const each of taken.shadow.chain) each.open.add(taken);
  }

  /** Nobody is refused while what is spent leaves room. */
  #refused(error: unknown, need: Need): void {
    if (!(error instanceof Exceeded)) throw error;
    this.#note(`refused ${error.kind}`);
    const shadow = this.#shadows.find(({ budget }) => budget === error.budget);
    if (error.kind === "tokens" && shadow && shadow.roomFor(need, false) >= 1)
      throw new Error("refused for tokens that are there");
    if (error.kind === "steps" && shadow && shadow.steps + 1 <= shadow.limit("steps"))
      throw new Error("refused for steps that are there");
  }

  #leave(waiter: Waiter): void {
    this.#note("leave");
    waiter.isOver = true;
    waiter.leave(new Error("left"));
    this.#waiters = this.#waiters.filter((each) => each !== waiter);
  }

  #end(taken: Taken): void {
    const { shadow, need, hold } = taken;
    const usage = this.#usageOf(taken);
    this.#taken.delete(taken);
    const { chain } = shadow;
    for (const each of chain) each.open.delete(taken);
    // Before a price is known a call may well cost more than is left; here it fails instead.
    const isPaid = chain.every((each) => each.usd + usage.usd <= each.limit("usd"));
    if (!(isPaid || taken.isPriced) || this.#chance.isOneIn(5)) {
      this.#note("release");
      hold.release();
    } else {
      this.#note("settle");
      if (usage.usd > 0 && chain.some((each) => each.limit("usd") < Infinity))
        this.#priced.add(need.model);
      for (const each of chain) {
        each.tokens += usage.totalTokens;
        each.usd += usage.usd;
        each.steps++;
      }
      hold.settle(usage);
      hold.settle({ ...usage, totalTokens: need.inputTokens + 1 });
    }
    hold.release();
  }

  #usageOf({ need, hold }: Taken): Usage & { readonly usd: number } {
    const most = hold.maxOutputTokens ?? Math.min(need.outputTokens, 4000);
    const inputTokens = this.#chance.isOneIn(2)
      ? need.inputTokens
      : this.#chance.below(need.inputTokens + 1);
    const outputTokens = this.#chance.isOneIn(2) ? most : this.#chance.below(most + 1);
    const { input, output } = need.model as (typeof prices)[number];
    const usd = inputTokens * input + outputTokens * output;
    return { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens, usd };
  }

  #takeToolCall(shadow: ShadowBudget): void {
    const { chain } = shadow;
    const isRoom = chain.every((each) => each.toolCalls + 1 <= each.limit("toolCalls"));
    try {
      shadow.budget.takeToolCall();
      if (!isRoom) throw new Error("a tool call too many");
      this.#note("tool call");
      for (const each of chain) each.toolCalls++;
    } catch (error) {
      if (!(error instanceof Exceeded)) throw error;
      if (isRoom) throw new Error("refused a tool call that is there", { cause: error });
      this.#note(`refused ${error.kind}`);
    }
  }

  #close(shadow: ShadowBudget): void {
    if (shadow.chain.length === 1) return;
    this.#note("close");
    shadow.isClosed = true;
    shadow.budget.close();
  }

  #check(): void {
    for (const each of this.#shadows) each.check();
    // What is left in US dollars depends on the prices that were learnt: there only the end of the line is looked at.
    if (this.#shadows.every((each) => each.limit("usd") === Infinity)) checkLine(this.#waiters);
  }

  #note(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }
}

/** A few turns of the queue of promises: as many as a place in the line needs to be known. */
async function settled(): Promise<void> {
  for (let n = 0; n < 8; n++) await Promise.resolve();
}
