import { handWrittenLoop } from "./hand-written-loop.ts";
import { pawlLoop } from "./pawl-loop.ts";

/** A process of its own for each figure: warms up, then counts the CPU time of many runs. */
const [subject, mode, steps, baseURL] = process.argv.slice(2);
const loop = subject === "pawl" ? pawlLoop : handWrittenLoop;
const run = loop(String(baseURL), mode === "streamed");
const runs = Math.ceil(2_000 / Number(steps));

for (let i = 0; i < runs; i++) await run(`steps-${steps}`);
const before = process.cpuUsage();
for (let i = 0; i < runs; i++) {
  const text = await run(`steps-${steps}`);
  if (text !== "That was all of it.") throw new Error(`The answer was: ${text}`);
}
const { user, system } = process.cpuUsage(before);
process.send?.((user + system) / (runs * Number(steps)));
process.disconnect?.();
