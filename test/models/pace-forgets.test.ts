import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

import { ask, hello, send, serve } from "./server.ts";

test("what is remembered of requests does not keep the runs alive that made them", async () => {
  await using server = await serve((response) => send(response, hello));
  const model = chatCompletions({ baseURL: server.baseURL, model: "m" });
  const runs: WeakRef<object>[] = [];
  for (let count = 0; count < 3; count++) runs.push(await finishedRun(model));
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  // What a request leaves on the stack of its last callbacks is gone after a few turns.
  for (let count = 0; count < 5; count++) {
    await turn();
    collect();
  }
  expect(runs.filter((run) => run.deref() !== undefined)).toEqual([]);
});

async function finishedRun(model: Parameters<typeof ask>[0]): Promise<WeakRef<object>> {
  const run = { id: "over" };
  const { message } = await ask(model, { run });
  expect(message?.content).toBe("Hello");
  return new WeakRef(run);
}
