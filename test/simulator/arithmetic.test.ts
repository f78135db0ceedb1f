import { simulator } from "@pawl/simulator";
import { expect, test } from "vitest";

import { talk, type Toy } from "./talk.ts";
import { add, calculator, multiply, now } from "./toys.ts";

const string = { type: "string" };

test.each([
  ["How much is 20 plus 22?", "20 + 22"],
  ["square root of 144", "sqrt(144)"],
  ["Tell me 3 to the power of 4", "3 * 3 * 3 * 3"],
  ["sum of 3, 4 and 5", "3 + 4 + 5"],
  ["12 * (3+4)", "12 * (3 + 4)"],
  ["What's the average of 2, 4, and 9?", "(2 + 4 + 9) / 3"],
])("puts %s to a tool that takes a formula", async (question, formula) => {
  await using sim = await simulator();
  const evaluate: Toy = {
    description: "Evaluates math",
    properties: { formula: string },
    run: () => ({ result: 7 }),
  };
  const { calls, text } = await talk(sim.url, question, { tools: { evaluate } });
  expect(calls).toEqual([{ name: "evaluate", input: { formula } }]);
  expect(text).toContain("= 7 [1]");
});

test.each([
  "What happened on 2024-05-12?",
  "Is version 1.2.3 out?",
  "Name the 7 wonders",
  "Do you offer 24/7 support?",
])("takes no arithmetic from %s", async (question) => {
  await using sim = await simulator();
  const { calls } = await talk(sim.url, question, { tools: { calculator } });
  expect(calls).toEqual([]);
});

test("uses two-number tools step by step", async () => {
  await using sim = await simulator();
  const first = await talk(sim.url, "2+3 and 4+5?", { tools: { add, now } });
  expect(first.turns).toEqual([
    [
      { name: "add", input: { a: 2, b: 3 } },
      { name: "add", input: { a: 4, b: 5 } },
    ],
  ]);
  const second = await talk(sim.url, "What is 12 * (3 + 4)?", { tools: { add, multiply } });
  expect(second.calls).toEqual([
    { name: "add", input: { a: 3, b: 4 } },
    { name: "multiply", input: { a: 12, b: 7 } },
  ]);
  expect(second.text).toContain("12 * (3 + 4) = 84");
});

test("a monstrous sum does no harm", async () => {
  await using sim = await simulator();
  const { calls, text } = await talk(sim.url, "1+".repeat(50_000), { tools: { calculator } });
  expect(calls).toEqual([]);
  expect(text.length).toBeLessThan(1000);
});
