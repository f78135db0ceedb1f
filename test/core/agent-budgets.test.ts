import { expect, test } from "vitest";

import { RandomAgents } from "./random-agents.ts";

/** `TREES=10000` looks at more of them. */
const trees = Number(process.env["TREES"] ?? 200);

test(
  "random trees of agents never use more than any of them may, stopped, paused and resumed as often as it takes",
  async () => {
    const ends = new Map<string, number>();
    for (let seed = 0; seed < trees; seed++) {
      const outcome = await new RandomAgents(seed).run();
      expect({ seed, problem: outcome.problem }).toEqual({ seed, problem: undefined });
      for (const each of outcome.ends) ends.set(each, (ends.get(each) ?? 0) + 1);
    }

    expect(ends.get("completed")).toBe(trees);
    for (const each of ["paused", ...["tokens", "usd", "steps", "toolCalls"].map(stoppedBy)])
      expect({ each, times: ends.get(each) }).toEqual({ each, times: expect.any(Number) });
  },
  trees * 100,
);

function stoppedBy(kind: string): string {
  return `stopped by ${kind}`;
}
