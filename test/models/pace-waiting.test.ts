import type { Model } from "@pawl/core";
import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

import { ask, hello, type Reply, request, send, serve, type Server, until } from "./server.ts";

test("Retry-After holds all requests of an address and key, of whichever model", async () => {
  await using server = await serve(refusing("0.4"));
  const one = ask(modelAt(server));
  await until(() => server.received.length === 1);
  await pause(50);
  const start = performance.now();
  const other = await ask(modelAt(server, { model: "other" }));
  expect(other.message?.content).toBe("Hello");
  expect(performance.now() - start).toBeGreaterThan(300);
  expect((await one).message?.content).toBe("Hello");
});

test("a 503 with Retry-After holds the others too, and one without does not", async () => {
  for (const [headers, least, most] of [
    [{ "retry-after": "0.3" }, 200, 800],
    [{}, 0, 150],
  ] as const) {
    await using server = await serve((response, attempt) =>
      attempt === 1 ? send(response, "", { status: 503, headers }) : send(response, hello),
    );
    const one = ask(modelAt(server));
    await until(() => server.received.length === 1);
    await pause(30);
    const start = performance.now();
    await ask(modelAt(server));
    expect(performance.now() - start).toBeGreaterThanOrEqual(least);
    expect(performance.now() - start).toBeLessThan(most);
    await one;
  }
});

test("another key, and a model without pacing, do not wait", async () => {
  await using server = await serve(refusing("10"));
  const controller = new AbortController();
  const held = ask(modelAt(server, { apiKey: "a-key" }), { signal: controller.signal });
  await until(() => server.received.length === 1);
  await pause(30);
  const start = performance.now();
  await ask(modelAt(server, { apiKey: "b-key" }));
  await ask(modelAt(server, { headers: { "api-key": "c-key" } }));
  await ask(modelAt(server, { apiKey: "a-key", pace: false }));
  expect(performance.now() - start).toBeLessThan(1_000);
  controller.abort();
  await held;
});

test("a 429 about money holds nothing", async () => {
  const error = { type: "insufficient_quota", message: "You exceeded your quota" };
  await using server = await serve((response, attempt) =>
    attempt === 1
      ? send(response, { error }, { status: 429, headers: { "retry-after": "10" } })
      : send(response, hello),
  );
  expect((await ask(modelAt(server))).error).toMatchObject({ code: "billing" });
  const start = performance.now();
  await ask(modelAt(server));
  expect(performance.now() - start).toBeLessThan(1_000);
});

test("an abort ends a wait at once and leaves nothing behind", async () => {
  await using server = await serve(refusing("30"));
  const first = new AbortController();
  const held = ask(modelAt(server), { signal: first.signal });
  await until(() => server.received.length === 1);
  await pause(100);
  const before = timers();
  const controller = new AbortController();
  const removed: string[] = [];
  controller.signal.removeEventListener = (name: string) => removed.push(name);
  const waiting = ask(modelAt(server), { signal: controller.signal });
  await pause(20);
  const start = performance.now();
  controller.abort(new Error("enough"));
  expect((await waiting).error).toEqual(new Error("enough"));
  expect(performance.now() - start).toBeLessThan(50);
  expect([timers(), removed]).toEqual([before, ["abort"]]);
  first.abort();
  await held;
  expect(timers()).toBeLessThan(before);
  expect(server.received).toHaveLength(1);
});

test("a request that cannot leave in time fails at once, and is not tried again", async () => {
  await using server = await serve(refusing("30"));
  const patient = new AbortController();
  const held = ask(modelAt(server), { signal: patient.signal });
  await until(() => server.received.length === 1);
  await pause(30);
  const start = performance.now();
  const { error, events } = await ask(modelAt(server, { timeouts: { totalMs: 5_000 } }));
  expect(performance.now() - start).toBeLessThan(200);
  expect(events).toEqual([]);
  expect(error).toMatchObject({
    code: "rate-limit",
    retryable: true,
    message: expect.stringContaining("5000 ms"),
  });
  expect((error as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(29_000);
  patient.abort();
  await held;
  expect(server.received).toHaveLength(1);
});

test("those that wait already fail as soon as it is known to be in vain", async () => {
  await using server = await serve((response) => {
    setTimeout(() => send(response, "", { status: 429, headers: { "retry-after": "30" } }), 50);
  });
  const model = modelAt(server, { timeouts: { totalMs: 3_000 }, pace: { concurrency: 1 } });
  const start = performance.now();
  const both = await Promise.all([ask(model), ask(model)]);
  expect(both.map(({ error }) => error)).toMatchObject([
    { code: "rate-limit" },
    { code: "rate-limit" },
  ]);
  expect(performance.now() - start).toBeLessThan(500);
});

test("the wait counts against the time of the attempt", async () => {
  await using server = await serve((response, attempt) => {
    if (attempt === 1) send(response, "", { status: 429, headers: { "retry-after": "0.3" } });
  });
  const held = ask(modelAt(server, { timeouts: { totalMs: 500 }, maxRetries: 1 }));
  await until(() => server.received.length === 1);
  await pause(20);
  const start = performance.now();
  const { error } = await ask(modelAt(server, { timeouts: { totalMs: 500 }, maxRetries: 0 }));
  expect(error).toMatchObject({ name: "ModelError" });
  expect(performance.now() - start).toBeLessThan(560);
  await held;
});

test("a retry tells how long it will be held", async () => {
  await using server = await serve(refusing("0.2"));
  const answer = modelAt(server).respond(request());
  expect((await answer.next()).value).toMatchObject({ type: "retry", delayMs: 200 });
  const start = performance.now();
  await answer.next();
  expect(performance.now() - start).toBeGreaterThan(180);
  await answer.return(undefined as never);
});

/** Refuses once, then answers. */
function refusing(retryAfter: string): Reply {
  return (response, attempt) =>
    attempt === 1
      ? send(response, "", { status: 429, headers: { "retry-after": retryAfter } })
      : send(response, hello);
}

function modelAt(server: Server, options: object = {}): Model {
  return chatCompletions({ baseURL: server.baseURL, model: "m", ...options });
}

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
