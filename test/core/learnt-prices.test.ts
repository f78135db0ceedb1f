import type { Usage } from "@pawl/core";
import { expect, test } from "vitest";

// @boundaries-ignore what is set aside for calls side by side is looked at one by one
import { Budget, type Hold } from "../../packages/core/src/budget/budget.ts";
// @boundaries-ignore the same
import { Prices } from "../../packages/core/src/budget/prices.ts";

const small = { inputTokens: 100, outputTokens: 400 };

function used(inputTokens: number, outputTokens: number, usd: number): Usage {
  return { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens, usd };
}

/** A hold that is had at once. */
function held(budget: Budget, need: Parameters<Budget["hold"]>[0] = small): Hold {
  const hold = budget.hold(need);
  if (hold instanceof Promise) throw new Error("It has to wait.");
  return hold;
}

test("before a price is known calls go one by one, and then as many as the price allows", async () => {
  const budget = new Budget({ limits: { usd: 0.1 } });
  const need = { inputTokens: 1000, outputTokens: 1000 };
  const first = held(budget, need);
  const second = budget.hold(need);
  expect(first.maxOutputTokens).toBeUndefined();
  expect(second).toBeInstanceOf(Promise);
  // At 1 dollar a million read and 10 a million written, the most that this may mean.
  first.settle({ ...used(1500, 0, 0.001), cachedInputTokens: 500 });

  const others = [await second, ...[1, 2, 3, 4, 5].map(() => held(budget, need))];
  expect(others.map(({ maxOutputTokens }) => maxOutputTokens)).toEqual(Array(6).fill(1000));
  const long = held(budget, { inputTokens: 1000, outputTokens: 1e6 });
  expect(long.maxOutputTokens).toBe(3200);
});

test("a model of which no price is known waits for all others, whatever these cost", () => {
  const budget = new Budget({ limits: { usd: 0.1 } });
  const [known, unknown] = [{}, {}];
  held(budget, { ...small, model: known }).settle(used(1000, 0, 0.001));
  held(budget, { ...small, model: known });

  expect(budget.hold({ ...small, model: unknown })).toBeInstanceOf(Promise);
});

test("a price is at the most what the calls of the model make it, and never less than it is", () => {
  const prices = new Prices();
  const model = {};
  const [input, output] = [3e-6, 15e-6];
  for (const [read, written] of [
    [1000, 10],
    [500, 400],
    [20, 3000],
  ] as const) {
    prices.learn(model, used(read, written, read * input + written * output));
    const price = prices.of(model);
    expect(price?.input).toBeGreaterThanOrEqual(input);
    expect(price?.output).toBeGreaterThanOrEqual(output);
  }

  expect(prices.of(model)?.input).toBeLessThan(input * 1.1);
  expect(prices.of(model)?.output).toBeLessThan(output * 1.1);
});

test("what was free, or has no cost, says nothing of the price of the next call", () => {
  const prices = new Prices();
  prices.learn(undefined, used(1000, 10, 0));
  prices.learn(undefined, { inputTokens: 10, outputTokens: 5, totalTokens: 15 });

  expect(prices.of(undefined)).toBeUndefined();
});

test("a run that goes on knows what it paid before", () => {
  const before = new Budget({ limits: { usd: 1 } });
  held(before, { ...small, model: {} }).settle(used(1000, 0, 0.001));
  const later = new Budget({ limits: { usd: 0.011 }, spent: before.spent });

  const hold = held(later, { inputTokens: 1000, outputTokens: Infinity, model: {} });
  expect(hold.maxOutputTokens).toBeOneOf([899, 900]);
});
