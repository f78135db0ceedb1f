import { expect, test } from "vitest";

import { inThread } from "./in-thread.ts";

const repeat = (seed: number): string =>
  `node test/simulation/simulate.ts --seeds 1 --from ${seed}`;

test("whatever models, tools, readers and people do, and when, what holds for every run holds", async () => {
  const { seeds, endings, findings } = await inThread({ from: 1, to: 201, step: 1, most: 1 });
  const [finding] = findings;
  expect(finding && { ...finding, repeat: repeat(finding.seed) }).toBeUndefined();
  expect(seeds).toBe(200);
  // Did all of them end in the same way, nothing would be proven.
  for (const status of ["completed", "paused", "stopped", "aborted", "failed"] as const)
    expect(endings[status]).toBeGreaterThan(20);
}, 30_000);

test("a seed is lived through the same way every time", async () => {
  const share = { from: 7, to: 27, step: 1, most: 20, isTraced: true };
  const [once, again] = await Promise.all([inThread(share), inThread(share)]);
  expect(once.traces).toHaveLength(20);
  expect(again.traces).toEqual(once.traces);
}, 30_000);
