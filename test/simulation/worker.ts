import { parentPort, workerData } from "node:worker_threads";

import { doShare, type Share } from "./share.ts";

/** A thread of the simulation: the clock of a whole thread is taken over, so it has one of its own. */
const tally = await doShare(workerData as Share);
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has none
parentPort?.postMessage(tally);
