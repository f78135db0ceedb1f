import { once } from "node:events";
import { Worker } from "node:worker_threads";

import type { Share, Tally } from "./share.ts";

/** Has a share done by a thread of its own. */
export async function inThread(share: Share): Promise<Tally> {
  const worker = new Worker(new URL("worker.ts", import.meta.url), { workerData: share });
  const [tally] = (await once(worker, "message")) as [Tally];
  await worker.terminate();
  return tally;
}
