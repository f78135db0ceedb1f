import { check } from "./check.ts";
import type { Scenario } from "./scenario.ts";
import { costOf, type Split } from "./splits.ts";
import { openStage } from "./stage.ts";

/** What came of a scenario in all its splits. */
export interface Verdict {
  readonly id: string;
  readonly rule: string;
  /** What is not as it must be, with the split in which it first was so; empty for a pass. */
  readonly problems: readonly string[];
  readonly ms: number;
}

/** How many scenarios play at once: those that work would only take turns, those that wait can wait together. */
const atOnce = { little: 2, work: 1, time: 12 };

/** Plays scenarios, each in the splits that are given for it, and returns the verdicts in the order of the scenarios. */
export async function runScenarios(
  scenarios: readonly Scenario[],
  splitsOf: (scenario: Scenario) => readonly Split[],
): Promise<readonly Verdict[]> {
  const verdicts = new Map<Scenario, Verdict>();
  const play = async (queue: Scenario[]): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift())
      verdicts.set(next, await verdictOn(next, splitsOf(next)));
  };
  // One kind after the other: what waits is timed, and must not wait for what works.
  for (const [cost, workers] of Object.entries(atOnce)) {
    const queue = scenarios.filter((scenario) => costOf(scenario) === cost);
    await Promise.all(Array.from({ length: workers }, () => play(queue)));
  }
  return scenarios.flatMap((scenario) => verdicts.get(scenario) ?? []);
}

/** Every problem once, however many splits show it. */
async function verdictOn(scenario: Scenario, splits: readonly Split[]): Promise<Verdict> {
  const { id, rule } = scenario;
  const start = performance.now();
  const problems = new Map<string, string>();
  await using stage = await openStage();
  for (const split of splits)
    for (const problem of await check(scenario, stage, split))
      if (!problems.has(problem)) problems.set(problem, `${split.name}: ${problem}`);
  return { id, rule, problems: [...problems.values()], ms: performance.now() - start };
}
