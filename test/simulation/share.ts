import type { RunResult } from "@pawl/core";

import { oneSeed, type Verdict } from "./one-seed.ts";
import { VirtualTime } from "./virtual-time.ts";

/** Seeds that one thread lives through: `from`, and each `step` further, as long as they are below `to`. */
export interface Share {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  /** After how many findings it is enough. */
  readonly most: number;
  /** Whether what happened is kept of all seeds, not only of those where something was found. */
  readonly isTraced?: boolean;
}

/** What came of a share. */
export interface Tally {
  readonly seeds: number;
  readonly endings: Partial<Record<RunResult["status"], number>>;
  readonly findings: readonly Verdict[];
  readonly traces: readonly Verdict["trace"][];
}

/** Lives through the seeds one after another; for a thread of its own, whose clock it takes over. */
export async function doShare({ from, to, step, most, isTraced = false }: Share): Promise<Tally> {
  const time = new VirtualTime();
  time.install();
  const endings: Partial<Record<RunResult["status"], number>> = {};
  const findings: Verdict[] = [];
  const traces: Verdict["trace"][] = [];
  let seeds = 0;
  for (let seed = from; seed < to && findings.length < most; seed += step) {
    const verdict = await oneSeed(seed, time);
    seeds++;
    if (isTraced) traces.push(verdict.trace);
    for (const each of verdict.endings) endings[each] = (endings[each] ?? 0) + 1;
    if (verdict.problems.length > 0) findings.push(verdict);
  }
  return { seeds, endings, findings, traces };
}
