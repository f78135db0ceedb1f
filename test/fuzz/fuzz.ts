import { writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";

import { type Finding, oneRun, shortened } from "./one-run.ts";
import { RunningShare } from "./running-share.ts";

/**
 * Feeds bodies that nobody sent to the decoder and checks what holds for every answer. `pnpm fuzz -- --runs 1000000 --seed 1`;
 * `--only 17` repeats one run, `--threads 2` and `--http 1000` (each so many over a real socket) are what they are by default.
 */
const { values } = parseArgs({
  // pnpm hands its own `--` on.
  args: process.argv.slice(2).filter((argument) => argument !== "--"),
  options: {
    runs: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    http: { type: "string", default: "1000" },
    threads: { type: "string", default: String(Math.min(2, availableParallelism())) },
  },
});
const [runs, seed, threads] = [values.runs, values.seed, values.threads].map(Number) as [
  number,
  number,
  number,
];

process.exitCode = values.only === undefined ? await all() : await one(Number(values.only));

async function one(run: number): Promise<number> {
  const { dialect, body, outcome, problem } = await oneRun(seed, run);
  console.log(`${dialect}:\n${body.toString("utf8")}`);
  console.log(outcome);
  return problem === undefined ? 0 : await report({ run, dialect, body, problem });
}

/** Each thread takes every so-manieth run, so a run is the same however many threads there are. */
async function all(): Promise<number> {
  const begun = performance.now();
  const shares = Array.from({ length: threads }, (_, first) => share(first));
  const seconds = (): number => (performance.now() - begun) / 1_000;
  const allOver = Promise.all(shares.map(({ over }) => over));
  for (let tick = 1; shares.some(({ isOver }) => !isOver); tick++) {
    await Promise.race([sleep(500, undefined, { ref: false }), allOver]);
    const finding = shares.map((each) => each.problem()).find(Boolean);
    if (finding) {
      await Promise.all(shares.map(({ worker }) => worker.terminate()));
      return report(finding);
    }
    const done = shares.reduce((sum, { done: each }) => sum + each, 0);
    const speed = `${(done / seconds()).toFixed(0)} streams/s`;
    if (tick % 10 === 0) console.log(`${done} of ${runs}, ${speed}`);
  }
  console.log(`${runs} streams in ${seconds().toFixed(1)} s, ${(runs / seconds()).toFixed(0)}/s`);
  return shares.map((each) => each.isFine()).every(Boolean) ? 0 : 1;
}

function share(first: number): RunningShare {
  return new RunningShare({ seed, first, step: threads, runs, httpEvery: Number(values.http) });
}

async function report(finding: Finding): Promise<number> {
  const { run, problem } = finding;
  // What comes from another thread is no Buffer any more.
  const body = Buffer.from(finding.body);
  console.error(`\nSeed ${seed}, run ${run}: ${problem}`);
  if (body.length > 0) {
    const file = join(tmpdir(), `pawl-fuzz-${seed}-${run}.txt`);
    writeFileSync(file, await shortened({ ...finding, body }, seed));
    console.error(`The shortest body that shows it: ${file}`);
  }
  console.error(`Repeat with: pnpm fuzz -- --seed ${seed} --only ${run}`);
  return 1;
}
