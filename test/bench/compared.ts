import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

/** One figure: a script of this folder that measures what its arguments say, in a process of its own. */
export interface Measurement {
  readonly script: string;
  readonly args: readonly string[];
}

/** The median of several measurements, and the range behind it. */
export interface Figure {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Takes each measurement once in every round, so that a mood of the machine meets all of them. */
export async function compared(
  measurements: readonly Measurement[],
  rounds: number,
): Promise<readonly Figure[]> {
  const taken: number[][] = measurements.map(() => []);
  for (let round = 0; round < rounds; round++)
    for (const [at, { script, args }] of measurements.entries())
      taken[at]?.push(await answerOf(fork(new URL(script, import.meta.url), args)));
  return taken.map(figure);
}

/** Starts a server of this folder and gives it to `use` by its address. */
export async function served(
  script: string,
  use: (baseURL: string) => Promise<void>,
): Promise<void> {
  const server = fork(new URL(script, import.meta.url));
  await use(`http://127.0.0.1:${await answerOf(server)}/v1`);
  server.disconnect();
}

/** A figure as it stands in a table. */
export function shown({ median, least, most }: Figure, digits: number = 0): string {
  return `${median.toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`;
}

function figure(values: readonly number[]): Figure {
  const sorted = values.toSorted((a, b) => a - b);
  const [least = Number.NaN] = sorted;
  const most = sorted.at(-1) ?? least;
  return { median: sorted[Math.floor(sorted.length / 2)] ?? least, least, most };
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
