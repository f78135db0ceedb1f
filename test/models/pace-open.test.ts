import type { Model } from "@pawl/core";
import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

import { ask, hello, request, send, serve, type Server, until } from "./server.ts";

test("300 requests at once to a server without limits take a few round trips", async () => {
  await using server = await serve((response) => setTimeout(() => send(response, hello), 20));
  const model = modelAt(server);
  await ask(model);
  const free = await timed(modelAt(server, { pace: false }), 300);
  const paced = await timed(model, 300);
  expect(paced).toBeLessThan(free + 350);
});

test("what a server takes long to answer does not hold back the rest", async () => {
  let open = 0;
  await using server = await serve(() => (open += 1));
  const controller = new AbortController();
  const { signal } = controller;
  const all = Array.from({ length: 40 }, () => ask(modelAt(server), { run: run(), signal }));
  await until(() => open > 0);
  await new Promise((resolve) => setTimeout(resolve, 350));
  expect(open).toBeLessThan(20);
  await until(() => open === 40);
  expect(server.received).toHaveLength(40);
  controller.abort();
  await Promise.all(all);
});

test("what the headers say is left leaves at once", async () => {
  let open = 0;
  let most = 0;
  const headers = {
    "x-ratelimit-limit-requests": "5000",
    "x-ratelimit-remaining-requests": "4999",
    "x-ratelimit-reset-requests": "12ms",
  };
  await using server = await serve((response) => {
    most = Math.max(most, (open += 1));
    setTimeout(() => {
      open -= 1;
      send(response, hello, { headers });
    }, 100);
  });
  const model = modelAt(server);
  await ask(model);
  await timed(model, 60);
  expect(most).toBe(60);
});

test("a request that need not wait sets no timer and leaves no listener", async () => {
  await using server = await serve((response) => send(response, hello));
  const model = modelAt(server);
  await ask(model);
  const before = timers();
  const controller = new AbortController();
  let added = 0;
  controller.signal.addEventListener = () => (added += 1);
  const answer = model.respond(request({ signal: controller.signal }));
  const first = answer.next();
  // The exchange has one of each, from the moment at which a request leaves.
  expect([timers() - before, added]).toEqual([1, 1]);
  await first;
  await answer.return(undefined as never);
});

function modelAt(server: Server, options: object = {}): Model {
  return chatCompletions({ baseURL: server.baseURL, model: "m", ...options });
}

function run(): { id: string } {
  return { id: "run" };
}

async function timed(model: Model, count: number): Promise<number> {
  const start = performance.now();
  const all = await Promise.all(Array.from({ length: count }, () => ask(model, { run: run() })));
  expect(all.filter(({ error }) => error !== undefined)).toEqual([]);
  return performance.now() - start;
}

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
}
