import { createServer } from "node:net";
import type { AddressInfo } from "node:net";

import type { Model } from "@pawl/core";
import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

import {
  ask,
  delta,
  events,
  finish,
  hello,
  type Reply,
  request,
  send,
  serve,
  type Server,
  until,
} from "./server.ts";

const text = events(delta({ content: "Hel" }));
const ping = ": ping\n\ndata: \n\ndata: : keep-alive\n\n";

/** Heartbeats every 20 ms after what is given, for as long as the socket lives. */
function heartbeats(first: string): Reply {
  return (response) => {
    response.write(first);
    const timer = setInterval(() => response.write(ping), 20);
    response.on("close", () => clearInterval(timer));
  };
}

/** Content every 20 ms, without an end. */
const endless: Reply = (response) => {
  const timer = setInterval(() => response.write(text), 20);
  response.on("close", () => clearInterval(timer));
};

test.each([
  ["no answer", () => {}, { firstContentMs: 150 }, /No answer began within 150 ms/],
  ["a head alone", (response) => response.flushHeaders(), { firstContentMs: 150 }, /No answer/],
  ["heartbeats alone", heartbeats(""), { firstContentMs: 150 }, /No answer began/],
  ["heartbeats after some text", heartbeats(text), { idleMs: 150 }, /Nothing .* came for 150 ms/],
  ["text without an end", endless, { totalMs: 150 }, /not complete within 150 ms/],
  ["half of an event", (r) => r.write(`${text}data: {"cho`), { idleMs: 150 }, /Nothing/],
] as readonly (readonly [string, Reply, object, RegExp])[])(
  "a timeout ends the request on time and closes its socket: %s",
  async (...row) => {
    const [, reply, timeouts, words] = row;
    await using server = await serve(reply);
    const model = modelAt(server, { timeouts });
    await warmUp(model, server);
    const start = performance.now();
    const { error } = await ask(model);
    const took = performance.now() - start;
    expect(error).toMatchObject({ name: "ModelError", code: "timeout", retryable: true });
    expect(String(error)).toMatch(words);
    // The time of an idle stream begins with its last content, a few milliseconds after the request.
    expect(took).toBeGreaterThanOrEqual(149);
    expect(took).toBeLessThan(200);
    await until(() => server.closedAt.length === server.sockets.length);
    expect(Math.max(...server.closedAt) - start).toBeLessThan(220);
  },
);

test("a whole answer has only the limit on the whole", async () => {
  await using server = await serve((response) => {
    setTimeout(() => send(response, hello), 150);
  });
  const timeouts = { firstContentMs: 50, idleMs: 50 };
  const { message } = await ask(modelAt(server, { timeouts, stream: false }));
  expect(message?.content).toBe("Hello");
  const limited = await ask(modelAt(server, { timeouts: { totalMs: 50 }, stream: false }));
  expect(limited.error).toMatchObject({ code: "timeout" });
});

/** TLS to a server that says nothing is as unconnected as a full backlog, which a test cannot bring about on every system. */
test("a connection that does not come about ends on time, and may safely be tried again", async () => {
  const server = createServer((socket) => socket.on("error", () => {}));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const baseURL = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const timeouts = { connectMs: 150 };
  const model = chatCompletions({ baseURL, model: "m", maxRetries: 0, timeouts });
  const start = performance.now();
  const { error } = await ask(model);
  expect(performance.now() - start).toBeLessThan(200);
  expect(error).toMatchObject({ code: "network", retryable: true });
  expect(String(error)).toMatch(/No connection within 150 ms/);
  server.close();
});

test("a reader that takes its time is not blamed on the server", async () => {
  await using server = await serve((response) => {
    response.write(text);
    setTimeout(() => response.write(text), 20);
    setTimeout(() => response.end(hello), 300);
  });
  const answer = modelAt(server, { timeouts: { idleMs: 80 } }).respond(request());
  await answer.next();
  await new Promise((resolve) => setTimeout(resolve, 260));
  expect(await answer.next()).toMatchObject({ done: false, value: { type: "text-delta" } });
  expect(await answer.next()).toMatchObject({ done: false, value: { text: "Hello" } });
  expect(await answer.next()).toMatchObject({ done: true, value: { finishReason: "stop" } });
});

test("[DONE] ends an answer although the socket stays open", async () => {
  await using server = await serve((response) => response.write(hello));
  const model = modelAt(server);
  await warmUp(model, server);
  const start = performance.now();
  const { message } = await ask(model);
  expect(message?.content).toBe("Hello");
  expect(performance.now() - start).toBeLessThan(50);
  // Its socket is of no use to anybody, so it is not kept.
  await until(() => server.closedAt.length === server.sockets.length);
});

test.each([
  ["says nothing more", (response) => response.write(text + events(finish()))],
  ["sends heartbeats for ever", heartbeats(text + events(finish()))],
  [
    "breaks off",
    (response) => {
      response.write(text + events(finish()));
      setTimeout(() => response.destroy(), 20);
    },
  ],
] as readonly (readonly [string, Reply])[])(
  "an answer is whole when its end was announced, although the server then %s",
  async (_name, reply) => {
    await using server = await serve(reply);
    const start = performance.now();
    const { message, error } = await ask(modelAt(server, { timeouts: { idleMs: 100 } }));
    expect([message?.content, message?.finishReason, error]).toEqual(["Hel", "stop", undefined]);
    expect(performance.now() - start).toBeLessThan(250);
    await until(() => server.closedAt.length === server.sockets.length);
  },
);

test("the rest of an announced end is not waited for as long as content is", async () => {
  await using server = await serve((response) => response.write(text + events(finish())));
  const start = performance.now();
  const { message } = await ask(modelAt(server));
  expect(message?.content).toBe("Hel");
  expect(performance.now() - start).toBeLessThan(2_500);
});

test("a reader that leaves closes the socket", async () => {
  await using server = await serve(endless);
  const answer = modelAt(server).respond(request());
  await answer.next();
  expect(server.closedAt).toHaveLength(0);
  await answer.return(undefined as never);
  await until(() => server.closedAt.length === 1);
  const next = modelAt(server).respond(request());
  for (let seen = 0; seen < 3; seen++) await next.next();
  await next.return(undefined as never);
  await until(() => server.closedAt.length === 2);
});

test("an abort ends a stream within 50 ms, with its own reason, and closes the socket", async () => {
  await using server = await serve(endless);
  const controller = new AbortController();
  const reason = new Error("enough");
  setTimeout(() => controller.abort(reason), 100);
  const start = performance.now();
  const { error } = await ask(modelAt(server), { signal: controller.signal });
  expect(error).toBe(reason);
  expect(performance.now() - start).toBeLessThan(150);
  await until(() => server.closedAt.length === 1);
});

test("one connection serves requests that follow each other", async () => {
  await using server = await serve((response) => send(response, hello));
  const model = modelAt(server);
  for (let count = 0; count < 20; count++) await ask(model);
  expect(server.received).toHaveLength(20);
  expect(server.sockets).toHaveLength(1);
});

test("nothing is left behind: no timer, and no listener on the signal", async () => {
  await using server = await serve((response, attempt) =>
    attempt % 3 === 0 ? send(response, "", { status: 400 }) : send(response, hello),
  );
  const { signal } = new AbortController();
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...given: Parameters<typeof add>) => {
    listeners++;
    add(...given);
  };
  signal.removeEventListener = (...given: Parameters<typeof remove>) => {
    listeners--;
    remove(...given);
  };
  const timers = timersNow();
  for (let count = 0; count < 12; count++) await ask(modelAt(server), { signal });
  const left = modelAt(server).respond(request({ signal }));
  await left.next();
  await left.return(undefined as never);
  expect(listeners).toBe(0);
  expect(timersNow()).toBe(timers);
});

function timersNow(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
}

function modelAt(server: Server, options: object = {}): Model {
  return chatCompletions({ baseURL: server.baseURL, model: "m", maxRetries: 0, ...options });
}

/** The first request of a process also loads the HTTP client, which is not what is measured. */
async function warmUp(model: Model, server: Server): Promise<void> {
  const controller = new AbortController();
  const asked = ask(model, { signal: controller.signal });
  await until(() => server.received.length === 1);
  controller.abort();
  await asked;
}
