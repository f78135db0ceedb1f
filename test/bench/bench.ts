import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpus } from "node:os";

/**
 * CPU time of a step in Pawl and in a loop written by hand, against the same server, in interleaved rounds.
 * `pnpm bench`, or `pnpm bench --rounds 9`.
 */
const rounds = Number(process.argv[process.argv.indexOf("--rounds") + 1]) || 5;
const modes = ["streamed", "whole"];
const stepCounts = [10, 50, 200];
const subjects = ["hand-written", "pawl"];

const server = fork(new URL("server.ts", import.meta.url));
const baseURL = `http://127.0.0.1:${await answerOf(server)}/v1`;
console.log(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}, ${rounds} rounds; µs of CPU per step, median (min–max)\n`,
);
console.log("| answers | steps | by hand | Pawl | ratio |\n|---|---|---|---|---|");
for (const mode of modes) for (const steps of stepCounts) console.log(await row(mode, steps));
server.disconnect();

async function row(mode: string, steps: number): Promise<string> {
  const times = new Map<string, number[]>(subjects.map((subject) => [subject, []]));
  for (let round = 0; round < rounds; round++)
    for (const subject of subjects) {
      const child = fork(new URL("measured.ts", import.meta.url), [
        subject,
        mode,
        String(steps),
        baseURL,
      ]);
      times.get(subject)?.push(await answerOf(child));
    }
  const [hand = [], pawl = []] = subjects.map(
    (subject) => times.get(subject)?.toSorted((a, b) => a - b) ?? [],
  );
  return `| ${mode} | ${steps} | ${shown(hand)} | ${shown(pawl)} | ${(median(pawl) / median(hand)).toFixed(2)} |`;
}

async function answerOf(child: ChildProcess): Promise<number> {
  const failed = once(child, "exit").then(([code]) => {
    throw new Error(`A measured process ended with ${String(code)} before it had a figure.`);
  });
  const [answer] = await Promise.race([once(child, "message"), failed]);
  // The figure is here; how the process ends no longer matters.
  failed.catch(() => {});
  return Number(answer);
}

function median(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function shown(sorted: readonly number[]): string {
  return `${median(sorted).toFixed(0)} (${sorted[0]?.toFixed(0)}–${sorted.at(-1)?.toFixed(0)})`;
}
