import { handWrittenLoop } from "./hand-written-loop.ts";
import { pawlLoop } from "./pawl-loop.ts";

/** A process of its own for each figure: many runs at once, three times, after as many to warm up. */
const [subject, figure, count, baseURL] = process.argv.slice(2);
const loop = subject === "pawl" ? pawlLoop : handWrittenLoop;
const run = loop(String(baseURL), true);

await atOnce(Number(count));
const rounds = 3;
const before = process.cpuUsage();
for (let i = 0; i < rounds; i++) await atOnce(Number(count));
const { user, system } = process.cpuUsage(before);
// Microseconds for a run; the most memory that the process ever had, in megabytes.
const figures = {
  cpu: (user + system) / (rounds * Number(count)),
  memory: process.resourceUsage().maxRSS / 1_024,
};
process.send?.(figures[figure === "memory" ? "memory" : "cpu"]);
process.disconnect?.();

async function atOnce(runs: number): Promise<void> {
  const texts = await Promise.all(Array.from({ length: runs }, () => run("steps-5")));
  const wrong = texts.find((text) => text !== "That was all of it.");
  if (wrong !== undefined) throw new Error(`The answer was: ${wrong}`);
}
