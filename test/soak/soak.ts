import { getEventListeners } from "node:events";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { summarizer } from "./endless-model.ts";
import { soakedAgent } from "./soaked-agent.ts";

/**
 * Whether memory and the cost of a step stay what they are: `node test/soak/soak.ts --steps 200000` takes many runs of 50 steps
 * on one agent and one signal, and one of `--long 20000` steps with compaction on. Exits with 1 when they do not.
 */
const { values } = parseArgs({
  options: {
    steps: { type: "string", default: "200000" },
    long: { type: "string", default: "20000" },
  },
});
setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
const stepsOfRun = 50;
const tenths = 10;

interface Tenth {
  readonly heapBytes: number;
  readonly microsecondsPerStep: number;
}

const many = await manyRuns(Number(values.steps));
show(`${values.steps} steps in runs of ${stepsOfRun}`, many);
const growth = ratio(many, "heapBytes");
console.log(`The heap after the last tenth is ${growth} of that after the second (bar: 1.05).`);
const long = await oneRun(Number(values.long));
show(`one run of ${values.long} steps, with compaction`, long);
const slowing = ratio(long, "microsecondsPerStep");
console.log(`A step of the last tenth costs ${slowing} of one of the second (bar: 2).`);
process.exitCode = growth <= 1.05 && slowing <= 2 ? 0 : 1;

/** Runs that are read in each way there is, one after another. */
async function manyRuns(steps: number): Promise<readonly Tenth[]> {
  const agent = soakedAgent(stepsOfRun);
  const { signal } = new AbortController();
  const measured: Tenth[] = [];
  const runs = Math.ceil(steps / stepsOfRun / tenths);
  for (let tenth = 0; tenth < tenths; tenth++) {
    const spent = process.cpuUsage();
    for (let run = 0; run < runs; run++) {
      if (run % 2 === 0) await agent.run("Go on.", { signal, budget: { tokens: 10_000_000 } });
      else for await (const event of agent.stream("Go on.", { signal })) if (!event) break;
    }
    measured.push(measuredSince(spent, runs * stepsOfRun));
    console.log(`${(tenth + 1) * runs * stepsOfRun} steps`);
  }
  const listeners = getEventListeners(signal, "abort").length;
  if (listeners > 0) throw new Error(`${listeners} listeners are left on the signal.`);
  return measured;
}

/** One run whose conversation grows and grows, and which the model is shown a part of. */
async function oneRun(steps: number): Promise<readonly Tenth[]> {
  const compaction = { tokens: 8_000, summarize: summarizer };
  const agent = soakedAgent(steps, { compaction });
  const measured: Tenth[] = [];
  const each = Math.floor(steps / tenths);
  let spent = process.cpuUsage();
  for await (const event of agent.stream("Go on.")) {
    if (event.type === "finish" && event.result.status !== "completed")
      throw new Error(`The run ended as ${event.result.status}.`);
    if (event.type !== "step-finish" || event.step % each !== 0) continue;
    measured.push(measuredSince(spent, each));
    console.log(`${event.step} steps`);
    spent = process.cpuUsage();
  }
  return measured;
}

function measuredSince(spent: NodeJS.CpuUsage, steps: number): Tenth {
  const { user, system } = process.cpuUsage(spent);
  collectGarbage();
  const heapBytes = process.memoryUsage().heapUsed;
  return { heapBytes, microsecondsPerStep: (user + system) / steps };
}

function show(title: string, measured: readonly Tenth[]): void {
  console.log(`\n${title}\n\n| tenth | heap, MB | µs per step |\n|---|---|---|`);
  for (const [at, { heapBytes, microsecondsPerStep }] of measured.entries())
    console.log(
      `| ${at + 1} | ${(heapBytes / 1_048_576).toFixed(2)} | ${microsecondsPerStep.toFixed(0)} |`,
    );
}

/** The first tenth compiles, so the second is what the last is compared with. */
function ratio(measured: readonly Tenth[], figure: keyof Tenth): number {
  const second = measured[1]?.[figure] ?? Number.NaN;
  return Number(((measured.at(-1)?.[figure] ?? Number.NaN) / second).toFixed(3));
}
