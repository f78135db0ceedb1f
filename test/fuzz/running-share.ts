import { Worker } from "node:worker_threads";

import type { Finding } from "./one-run.ts";
import type { Share, Tally } from "./share.ts";

/** No stream takes a hundredth of it. */
const longestMs = 2_000;

/** A thread that does a share of the runs, and an eye on it. */
export class RunningShare {
  readonly worker: Worker;
  readonly over: Promise<unknown>;
  readonly #first: number;
  /** How many runs are done, and which one is under way. */
  readonly #progress = new Int32Array(new SharedArrayBuffer(8));
  #finding: Finding | undefined;
  #tally: Tally | undefined;
  #seen = { run: -1, since: 0 };
  isOver = false;

  constructor(share: Omit<Share, "progress">) {
    this.#first = share.first;
    const workerData: Share = { ...share, progress: this.#progress };
    this.worker = new Worker(new URL("worker.ts", import.meta.url), { workerData });
    this.worker.on("message", (message: { finding?: Finding; tally?: Tally }) => {
      this.#finding ??= message.finding;
      this.#tally ??= message.tally;
    });
    this.over = new Promise((resolve) => {
      const end = (error: unknown): void => {
        this.isOver = true;
        if (!this.#tally) this.#finding ??= this.#stuck(`the thread ended: ${String(error)}`);
        resolve(undefined);
      };
      this.worker.on("error", end).on("exit", end);
    });
  }

  get done(): number {
    return this.#progress[0] ?? 0;
  }

  /** What was found, or that a run does not end. */
  problem(): Finding | undefined {
    const run = this.#progress[1] ?? 0;
    const now = performance.now();
    if (run !== this.#seen.run) this.#seen = { run, since: now };
    const isStuck = !this.isOver && this.done > 0 && now - this.#seen.since > longestMs;
    return this.#finding ?? (isStuck ? this.#stuck(`no end within ${longestMs} ms`) : undefined);
  }

  /** Prints what came of it; false when the memory grew. */
  isFine(): boolean {
    if (!this.#tally) return false;
    const { kinds, heaps, overHttp, slowestMs, slowestRun } = this.#tally;
    // The first tenth compiles; some of that is thrown away later, which must not hide a growth.
    const early = Math.min(...heaps.slice(1, -1));
    const late = heaps.at(-1) ?? early;
    const growth = (100 * (late - early)) / early;
    const megabytes = heaps.map((bytes) => (bytes / 1_048_576).toFixed(1)).join(" ");
    console.log(`\nThread ${this.#first}: ${overHttp} over HTTP as well`);
    console.log(`  slowest: run ${slowestRun} with ${slowestMs.toFixed(0)} ms`);
    console.log(`  heap after each tenth, MB: ${megabytes} (${growth.toFixed(1)} %)`);
    console.log(`  outcomes: ${JSON.stringify(kinds)}`);
    // Less than a megabyte is what compiled code and caches take.
    const hasGrown = growth > 5 && late - early > 1_048_576;
    if (hasGrown) console.log("  The memory grows.");
    return !hasGrown;
  }

  #stuck(problem: string): Finding {
    const body = Buffer.alloc(0);
    return { run: this.#progress[1] ?? 0, dialect: "chat-completions", body, problem };
  }
}
