import type { Usage } from "@pawl/core";
import { expect, test } from "vitest";

// @boundaries-ignore a tree of budgets is looked at from inside: agents show only what came of it
import { type BudgetLimits, readBudget } from "../../packages/core/src/budget/budget-limits.ts";
// @boundaries-ignore the same
import { Budget, Exceeded, type Hold } from "../../packages/core/src/budget/budget.ts";
import { Chance } from "../fuzz/chance.ts";
import { RandomBudgets } from "./random-budgets.ts";

test("10,000 random trees of budgets: nothing is overshot, nobody waits in vain, and the sums add up", async () => {
  const counts: Record<string, number> = {};
  for (let run = 0; run < 10_000; run++) {
    const budgets = new RandomBudgets(new Chance(7, run));
    try {
      await budgets.play(12);
    } catch (error) {
      throw new Error(`tree ${run}: ${String(error)}`, { cause: error });
    }
    for (const [what, times] of Object.entries(budgets.counts))
      counts[what] = (counts[what] ?? 0) + times;
  }

  expect(counts["served although it left"]).toBeUndefined();
  const happened = Object.entries(counts).filter(([, times]) => times > 500);
  expect(happened.map(([what]) => what).toSorted()).toEqual([
    "close",
    "leave",
    "refused steps",
    "refused tokens",
    "refused toolCalls",
    "refused usd",
    "release",
    "settle",
    "take",
    "tool call",
    "wait",
  ]);
}, 60_000);

const small = { inputTokens: 100, outputTokens: 400 };

function used(totalTokens: number, usd?: number): Usage {
  const usage = { inputTokens: totalTokens, outputTokens: 0, totalTokens };
  return usd === undefined ? usage : { ...usage, usd };
}

/** A hold that is had at once. */
function held(budget: Budget, need: Parameters<Budget["hold"]>[0] = small): Hold {
  const hold = budget.hold(need);
  if (hold instanceof Promise) throw new Error("It has to wait.");
  return hold;
}

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

function sentenceOf(limits: BudgetLimits): string {
  return String(thrownBy(() => new Budget({ limits }).hold(small)));
}

function reading(limits: unknown): () => unknown {
  return () => readBudget("run", limits as BudgetLimits);
}

test("without limits a hold is there at once, limits no answer, and counts what was used", () => {
  const budget = new Budget();
  const hold = held(budget, { inputTokens: 1e9, outputTokens: Infinity });
  hold.settle(used(70));

  expect(hold.maxOutputTokens).toBeUndefined();
  expect(budget.spent).toEqual({ usage: used(70), steps: 1, toolCalls: 0, ms: 0 });
});

test("the longest answer is what the tightest budget in the chain has left, less what others hold", () => {
  const outer = new Budget({ limits: { tokens: 5000 } });
  const inner = outer.part({ tokens: 3000 });
  const first = held(inner, { inputTokens: 500, outputTokens: 9999 });
  const second = held(outer, { inputTokens: 100, outputTokens: 9999 });

  expect([first.maxOutputTokens, second.maxOutputTokens]).toEqual([2500, 1900]);
});

test("a call waits for what others hold, rather than being cut to a few words", async () => {
  const budget = new Budget({ limits: { tokens: 4000 } });
  const first = held(budget, { inputTokens: 1000, outputTokens: 2000 });
  const second = budget.hold({ inputTokens: 100, outputTokens: 2000 });
  expect(second).toBeInstanceOf(Promise);
  first.settle(used(1200));

  expect((await second).maxOutputTokens).toBe(2000);
});

test("of parts that are open side by side none holds more than its share, so that they need not wait", () => {
  const outer = new Budget({ limits: { tokens: 40_000 } });
  const parts = Array.from({ length: 4 }, () => outer.part().part());
  const need = { inputTokens: 1000, outputTokens: Infinity };
  const longest = parts.map((each) => held(each, need).maxOutputTokens);

  expect(longest).toEqual([9000, 9000, 9000, 9000]);
});

test("a small call does not pass a large one that waits for the same budget, but one that waits for another", async () => {
  const outer = new Budget({ limits: { tokens: 10_000 } });
  const [one, other] = [outer.part({ tokens: 3000 }), outer.part({ tokens: 3000 })];
  const first = held(one, { inputTokens: 1000, outputTokens: 1000 });
  const large = one.hold({ inputTokens: 1500, outputTokens: 1500 });
  const little = one.hold({ inputTokens: 10, outputTokens: 10 });

  expect(large).toBeInstanceOf(Promise);
  expect(little).toBeInstanceOf(Promise);
  expect(held(other).maxOutputTokens).toBe(400);
  first.release();
  expect((await large).maxOutputTokens).toBe(1500);
});

test("who waits is told as soon as what was spent leaves too little", async () => {
  const budget = new Budget({ limits: { steps: 1 } });
  const first = held(budget);
  const second = budget.hold(small);
  first.settle(used(1));

  await expect(second).rejects.toThrow("The budget of 1 step is used up.");
});

test("a model that does not say what it costs ends a budget in US dollars, at whatever depth", () => {
  const hold = held(new Budget({ limits: { usd: 1 } }).part().part());

  expect(() => hold.settle(used(100))).toThrow(
    "The budget is in US dollars, and the model does not say what its answer cost: use a budget in tokens, or a model with prices.",
  );
  expect(() => held(new Budget({ limits: { tokens: 1e6 } })).settle(used(1))).not.toThrow();
});

test("who leaves the line in the very moment it is served gives back what it got", async () => {
  const budget = new Budget({ limits: { steps: 9, tokens: 500 } });
  const first = held(budget);
  const left = Promise.withResolvers<never>();
  const race = <Value>(work: PromiseLike<Value>): Promise<Value> =>
    Promise.race([left.promise, work]);
  const second = budget.hold(small, { race });
  const third = budget.hold(small);
  left.reject(new Error("left"));
  first.release();

  await expect(second).rejects.toThrow("left");
  expect((await third).maxOutputTokens).toBe(400);
});

test("what is kept of a run sets its open parts apart, and each goes on from there", () => {
  const budget = new Budget({ limits: { toolCalls: 6 } });
  const parts = ["a", "b", "c"].map((name) => budget.part({ toolCalls: 3 }, name));
  for (const each of parts) for (const part of [each, each.part({}, "run")]) part.takeToolCall();
  parts[2]?.close();
  const kept = JSON.parse(JSON.stringify(budget.spent)) as Budget["spent"];
  const later = new Budget({ limits: { toolCalls: 7 }, spent: kept });
  expect([later.wasOpen("a"), later.wasOpen("c")]).toEqual([true, false]);
  const again = later.part({ toolCalls: 3 }, "a");
  again.replay({ toolCalls: 1 });
  again.takeToolCall();

  expect(kept).toMatchObject({ toolCalls: 2, open: { a: { toolCalls: 1 }, b: { toolCalls: 1 } } });
  expect(thrownBy(() => again.takeToolCall())).toMatchObject({ budget: again });
  expect(thrownBy(() => later.takeToolCall())).toMatchObject({ budget: later });
  again.close();
  expect(later.spent).toMatchObject({ toolCalls: 5, open: { b: kept.open?.["b"] } });
});

test("parts without a name are not kept, and what is replayed of them counts", () => {
  const limits = { toolCalls: 3 };
  const budget = new Budget({ limits });
  const [over, open] = [budget.part(), budget.part()];
  for (const each of [budget, over, open]) each.takeToolCall();
  over.close();
  const kept = JSON.parse(JSON.stringify(budget.spent)) as Budget["spent"];
  const later = new Budget({ limits, spent: kept });
  later.part().replay({ toolCalls: 1 });

  expect(kept.toolCalls).toBe(2);
  expect(thrownBy(() => later.takeToolCall())).toMatchObject({ kind: "toolCalls", budget: later });
  expect(thrownBy(() => later.takeToolCall())).toBeInstanceOf(Exceeded);
});

test("time counts while it is at work, and not while it waits", async () => {
  const budget = new Budget({ limits: { ms: 60 }, spent: { ...new Budget().spent, ms: 30 } });
  expect(budget.msLeft).toBe(30);
  budget.start();
  await new Promise((resolve) => setTimeout(resolve, 12));
  budget.stop();
  const { ms } = budget.spent;
  await new Promise((resolve) => setTimeout(resolve, 12));

  expect(ms).toBeGreaterThanOrEqual(41);
  expect(budget.spent.ms).toBe(ms);
  expect(budget.part().msLeft).toBeUndefined();
  const late = new Budget({ limits: { ms: 0 } }).part();
  expect(() => late.takeToolCall()).toThrow("The budget of 0 ms is used up.");
  expect(() => late.hold(small)).toThrow("The budget of 0 ms is used up.");
});

test("each limit says in one sentence that it is used up", () => {
  expect(sentenceOf({ tokens: 0 })).toBe("BudgetError: The budget of 0 tokens is used up.");
  expect(sentenceOf({ tokens: 100 })).toBe(
    "BudgetError: The budget of 100 tokens is used up: the next answer needs more than the 100 tokens left.",
  );
  expect(sentenceOf({ usd: 0 })).toBe("BudgetError: The budget of 0 US dollars is used up.");
  expect(sentenceOf({ steps: 0 })).toBe("BudgetError: The budget of 0 steps is used up.");
});

test("a budget that cannot be one is refused, with the way out", () => {
  expect(reading({ tokens: 5, usd: undefined })()).toEqual({ tokens: 5 });
  expect(reading(undefined)()).toEqual({});
  expect(reading({ token: 5 })).toThrow(
    'run: "budget": unknown option "token". Did you mean "tokens"?',
  );
  expect(reading(5)).toThrow('run: "budget" takes an object of options, got number.');
  for (const limits of [{ tokens: 1.5 }, { steps: -1 }, { usd: Infinity }, { ms: "5" }])
    expect(reading(limits)).toThrow(
      /^run: "budget\.\w+" must be a (whole )?number of at least 0, got .+; leave it out for no limit\.$/,
    );
});
