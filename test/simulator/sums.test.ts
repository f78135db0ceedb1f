import { simulator } from "@pawl/simulator";
import { expect, test } from "vitest";

import { talk } from "./talk.ts";
import { calculator } from "./toys.ts";

test.each([
  ["What is the square root of 144 plus 10?", "sqrt(144) + 10"],
  ["(12 squared) minus 4", "12 * 12 - 4"],
  ["10 divided by 4, then times 3", "10 / 4 * 3"],
  ["10 plus 4, then multiply by 3", "(10 + 4) * 3"],
  ["What is 20% off 80?", "80 - 80 * 20 / 100"],
  ["half of 90", "90 / 2"],
  ["half of the square root of 16", "sqrt(16) / 2"],
  ["5!", "5 * 4 * 3 * 2"],
  ["1e3 * 2", "1000 * 2"],
  ["1/0", "1 / 0"],
  ["What is 3 + 20% of 50?", "3 + 50 * 20 / 100"],
])("%s is understood as a whole", async (question, expression) => {
  await using sim = await simulator();
  const { calls } = await talk(sim.url, question, { tools: { calculator } });
  expect(calls).toEqual([{ name: "calculator", input: { expression } }]);
});

test.each([
  "What is 100 + 20%?",
  "100 plus 20 percent",
  "1,5 + 2",
  "20% of 50 and 30% of 60, minus 3",
  "cube root of 27 + 3",
])("half a sum is not worked out: %s", async (question) => {
  await using sim = await simulator();
  const { calls, text } = await talk(sim.url, question, { tools: { calculator } });
  expect(calls).toEqual([]);
  expect(text).toContain("I did not work out");
});

test("a value is told with the decimals that were asked for", async () => {
  await using sim = await simulator();
  const question = "What is 4120 / 212 rounded to two decimals?";
  const { text } = await talk(sim.url, question, { tools: { calculator } });
  expect(text).toContain("4120 / 212 = 19.43");
});
