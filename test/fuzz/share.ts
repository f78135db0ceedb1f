import { ModelError } from "@pawl/core";

import { type Finding, oneRun } from "./one-run.ts";
import type { Outcome } from "./outcome.ts";
import type { SocketReader } from "./socket-reader.ts";

/** The runs that one thread does: `first`, and each `step` further. */
export interface Share {
  readonly seed: number;
  readonly first: number;
  readonly step: number;
  readonly runs: number;
  /** How many runs there are for one that also goes over a real socket. */
  readonly httpEvery: number;
  /** How many runs are done, and which one is under way. */
  readonly progress: Int32Array;
}

/** What came of a share. */
export interface Tally {
  /** How often an answer ended in which way. */
  readonly kinds: Record<string, number>;
  /** Bytes of the heap after each tenth. */
  readonly heaps: number[];
  overHttp: number;
  slowestMs: number;
  slowestRun: number;
}

/** What a share needs of the thread that does it. */
export interface Means {
  readonly socket: SocketReader | undefined;
  /** Bytes of the heap after all was thrown away that can be. */
  readonly heap: () => number;
}

/** Does the runs one after another, until one breaks a rule. */
export async function doShare(share: Share, { socket, heap }: Means): Promise<Tally | Finding> {
  const { seed, first, step, runs, progress, httpEvery } = share;
  const tally: Tally = { kinds: {}, heaps: [], overHttp: 0, slowestMs: 0, slowestRun: first };
  const tenth = Math.max(step, Math.floor(runs / 10 / step) * step);
  for (let run = first; run < runs; run += step) {
    progress[1] = run;
    const begun = performance.now();
    const { dialect, body, outcome, problem } = await oneRun(seed, run);
    const spent = performance.now() - begun;
    if (problem !== undefined) return { run, dialect, body, problem };
    if (spent > tally.slowestMs) Object.assign(tally, { slowestMs: spent, slowestRun: run });
    const kind = `${dialect}: ${kindOf(outcome)}`;
    tally.kinds[kind] = (tally.kinds[kind] ?? 0) + 1;
    if (socket && Math.floor(run / step) % httpEvery === 0) {
      const difference = await socket.difference(body);
      if (difference !== undefined) return { run, dialect, body, problem: difference };
      tally.overHttp++;
    }
    if ((run - first) % tenth === tenth - step) tally.heaps.push(heap());
    progress[0] = (progress[0] ?? 0) + 1;
  }
  return tally;
}

function kindOf({ message, error }: Outcome): string {
  if (error instanceof ModelError) return error.code;
  const hasInvalid = message?.toolCalls?.some(({ invalid }) => invalid);
  return `${message?.finishReason}${hasInvalid ? " (invalid calls)" : ""}`;
}
