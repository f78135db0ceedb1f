import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";

import { doShare, type Share } from "./share.ts";
import { SocketReader } from "./socket-reader.ts";

/** One thread of the fuzzing; a rejection that nobody handles ends it, and is a finding. */
setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

await using socket = await SocketReader.open();
const result = await doShare(workerData as Share, {
  socket,
  heap() {
    collectGarbage();
    return process.memoryUsage().heapUsed;
  },
});
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has none
parentPort?.postMessage("problem" in result ? { finding: result } : { tally: result });
