import type { Model, ModelEvent, RetryEvent } from "@pawl/core";
import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

import {
  ask,
  delta,
  events,
  hello,
  type Outcome,
  type Reply,
  request,
  send,
  serve,
  type Server,
  until,
} from "./server.ts";

const soon = { "retry-after-ms": "1" };

test.each([408, 409, 429, 500, 502, 503, 520, 529])("a %i is tried again", async (status) => {
  const { server, outcome } = await twoTries({ status, headers: soon });
  expect([server.received.length, outcome.message?.content]).toEqual([2, "Hello"]);
});

test.each([400, 401, 402, 403, 404, 405, 413, 415, 422, 451])(
  "a %i is never tried again",
  async (status) => {
    const { server, outcome } = await twoTries({ status, headers: soon });
    expect(server.received).toHaveLength(1);
    expect(outcome).toMatchObject({ events: [], error: { status, retryable: false } });
  },
);

test.each([
  ["seconds", { "retry-after": "0" }, 0, 0],
  ["a fraction of a second", { "retry-after": "0.02" }, 20, 20],
  ["milliseconds, before seconds", { "retry-after": "30", "retry-after-ms": "15" }, 15, 15],
  ["seconds, said twice", { "retry-after": ["0.02", "0.02"] }, 20, 20],
  ["milliseconds, said twice", { "retry-after-ms": ["15", "30"] }, 15, 15],
  ["a date", () => ({ "retry-after": new Date(Date.now() + 1_900).toUTCString() }), 500, 1_900],
  ["more than a minute, which is not honoured", { "retry-after": "61" }, 375, 500],
  ["more than a minute in milliseconds", { "retry-after-ms": "60001" }, 375, 500],
  ["the past", { "retry-after": "Wed, 21 Oct 2015 07:28:00 GMT" }, 375, 500],
  ["nonsense", { "retry-after": "soon" }, 375, 500],
  ["nothing", {}, 375, 500],
] as const)("the wait is what the server asks for: %s", async (...row) => {
  const [, asked, least, most] = row;
  const headers: Record<string, string | readonly string[]> =
    typeof asked === "function" ? asked() : { ...asked };
  await using server = await serve((response) => send(response, "", { status: 429, headers }));
  const wait = await firstWait(modelAt(server));
  expect(wait.delayMs).toBeGreaterThanOrEqual(least);
  expect(wait.delayMs).toBeLessThanOrEqual(most);
});

test("the wait is kept", async () => {
  const start = performance.now();
  await twoTries({ status: 429, headers: { "retry-after": "0.2" } });
  expect(performance.now() - start).toBeGreaterThanOrEqual(195);
});

test("the server's word on whether to try again overrules its status", async () => {
  const yes = await twoTries({ status: 400, headers: { ...soon, "x-should-retry": "true" } });
  const no = await twoTries({ status: 503, headers: { ...soon, "x-should-retry": "false" } });
  expect([yes.server.received.length, no.server.received.length]).toEqual([2, 1]);
});

test("a refusal passed on as a failure of the gateway is not tried again", async () => {
  const { server } = await twoTries({ status: 500, headers: soon, body: { message: "400 {}" } });
  expect(server.received).toHaveLength(1);
});

test("a wait is reported while it lasts", async () => {
  await using server = await serve((response) =>
    send(response, "", { status: 503, headers: { "retry-after": "30" } }),
  );
  const start = performance.now();
  const wait = await firstWait(modelAt(server));
  expect(performance.now() - start).toBeLessThan(1_000);
  expect(wait).toMatchObject({ type: "retry", attempt: 1, delayMs: 30_000 });
  expect(wait.error).toMatchObject({ status: 503 });
});

test.each([0, 1, 3])("there are %i attempts after the first, and no more", async (maxRetries) => {
  await using server = await serve((response) =>
    send(response, "", { status: 503, headers: soon }),
  );
  const { events: seen, error } = await ask(modelAt(server, { maxRetries }));
  expect(server.received).toHaveLength(1 + maxRetries);
  expect(seen.map((each) => each.type === "retry" && each.attempt)).toEqual(
    Array.from({ length: maxRetries }, (_, index) => index + 1),
  );
  expect(error).toMatchObject({ status: 503 });
});

const ambiguous: readonly (readonly [string, Reply])[] = [
  ["a gateway's timeout", (response) => send(response, "", { status: 504, headers: soon })],
  ["a reset after the request was sent", (response) => response.socket?.resetAndDestroy()],
  ["a connection that ends without an answer", (response) => response.socket?.end()],
  ["a timeout of ours", () => {}],
  ["an answer that broke off before anything was visible", (response) => send(response, "")],
];

test.each(ambiguous)(
  "what may have been billed is tried once more at most: %s",
  async (...reply) => {
    await using server = await serve(reply[1]);
    const timeouts = { firstContentMs: 100 };
    const { events: seen, error } = await ask(modelAt(server, { maxRetries: 5, timeouts }));
    expect(server.received).toHaveLength(2);
    expect(seen.map(({ type }) => type)).toEqual(["retry"]);
    expect(error).toMatchObject({ name: "ModelError", retryable: true });
  },
);

test("nothing is tried again of which a reader has seen a part", async () => {
  const parts = [
    delta({ content: "Hel" }),
    delta({ reasoning: "Hm" }),
    delta({ tool_calls: [{ index: 0, id: "a", function: { name: "add", arguments: "" } }] }),
  ];
  for (const part of parts) {
    await using server = await serve((response) => {
      response.write(events(part));
      setTimeout(() => response.socket?.resetAndDestroy(), 20);
    });
    const { events: seen, error } = await ask(modelAt(server));
    expect([server.received.length, seen.length]).toEqual([1, 1]);
    expect(error).toMatchObject({ name: "ModelError" });
  }
});

test.each([
  ["an error", new Error("enough")],
  ["a text", "enough"],
  ["nothing", null],
])("an abort during a wait ends it at once, with its own reason: %s", async (_name, reason) => {
  await using server = await serve((response) =>
    send(response, "", { status: 503, headers: { "retry-after": "30" } }),
  );
  const controller = new AbortController();
  const answer = modelAt(server).respond(request({ signal: controller.signal }));
  await answer.next();
  const start = performance.now();
  setTimeout(() => controller.abort(reason), 30);
  expect(await answer.next().catch((error: unknown) => ({ thrown: error }))).toEqual({
    thrown: reason,
  });
  expect(performance.now() - start).toBeLessThan(80);
  expect(server.received).toHaveLength(1);
});

test("an abort before, or during an attempt, is thrown untouched and asks no more", async () => {
  await using server = await serve(() => {});
  const reason = new Error("enough");
  const early = await ask(modelAt(server), { signal: AbortSignal.abort(reason) });
  expect([early.error, server.received.length]).toEqual([reason, 0]);
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), 50);
  const late = await ask(modelAt(server), { signal: controller.signal });
  expect(late.error).toBe(reason);
  expect(server.received).toHaveLength(1);
  await until(() => server.closedAt.length === 1);
});

test("a reader that leaves at a wait stops the attempts", async () => {
  await using server = await serve((response) =>
    send(response, "", { status: 503, headers: { "retry-after-ms": "50" } }),
  );
  const answer = modelAt(server).respond(request());
  await answer.next();
  await answer.return(undefined as never);
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(server.received).toHaveLength(1);
});

test("a reader that leaves at a wait also ends the attempt that has begun since", async () => {
  await using server = await serve((response, attempt) =>
    attempt === 1
      ? send(response, "", { status: 503, headers: soon })
      : response.write(events(delta({ content: "Hel" }))),
  );
  const answer = modelAt(server).respond(request());
  await answer.next();
  await until(() => server.received.length === 2);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await answer.return(undefined as never);
  await until(() => server.closedAt.length === server.sockets.length);
  expect(server.received).toHaveLength(2);
});

function modelAt(server: Server, options: object = {}): Model {
  return chatCompletions({ baseURL: server.baseURL, model: "m", ...options });
}

interface Failure {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body?: object;
}

/** Fails once, then answers. */
async function twoTries(failure: Failure): Promise<{ server: Server; outcome: Outcome }> {
  await using server = await serve((response, attempt) =>
    attempt === 1 ? send(response, failure.body ?? "", failure) : send(response, hello),
  );
  return { server, outcome: await ask(modelAt(server)) };
}

async function firstWait(model: Model): Promise<RetryEvent> {
  const answer = model.respond(request());
  const { value } = await answer.next();
  await answer.return(undefined as never);
  const event = value as ModelEvent | undefined;
  if (event?.type !== "retry") throw new Error("No wait was reported.");
  return event;
}
