import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";

import { inThread } from "./in-thread.ts";

/**
 * Runs whose every turn is decided by chance that repeats itself, and what must hold for all of them: `pnpm simulate`,
 * `node test/simulation/simulate.ts --seeds 10000 --from 1`, `--seeds 1 --from 17` to see one of them in full.
 */
const { values } = parseArgs({
  // pnpm hands its own `--` on.
  args: process.argv.slice(2).filter((argument) => argument !== "--"),
  options: {
    seeds: { type: "string", default: "10000" },
    from: { type: "string", default: "1" },
    threads: { type: "string", default: String(Math.min(2, availableParallelism())) },
    most: { type: "string", default: "3" },
  },
});
const [seeds, from, threads, most] = [values.seeds, values.from, values.threads, values.most].map(
  Number,
) as [number, number, number, number];

const begun = performance.now();
const shares = Array.from({ length: threads }, (_, first) =>
  inThread({ from: from + first, to: from + seeds, step: threads, most: seeds === 1 ? 1 : most }),
);
const tallies = await Promise.all(shares);
const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
const lived = tallies.reduce((sum, { seeds: each }) => sum + each, 0);
const endings: Record<string, number> = {};
for (const tally of tallies)
  for (const [status, count] of Object.entries(tally.endings))
    endings[status] = (endings[status] ?? 0) + count;
console.log(
  `${lived} seeds from ${from} in ${seconds} s; ends of parts: ${JSON.stringify(endings)}`,
);
for (const { seed, problems, trace } of tallies.flatMap(({ findings }) => findings)) {
  console.error(`\nSeed ${seed}:\n${trace.map((line) => `  ${line}`).join("\n")}`);
  for (const problem of problems) console.error(`Problem: ${problem}`);
  console.error(`Repeat with: node test/simulation/simulate.ts --seeds 1 --from ${seed}`);
  process.exitCode = 1;
}
