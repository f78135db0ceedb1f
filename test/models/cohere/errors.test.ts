import { inspect } from "node:util";

import { cohere } from "@pawl/models";
import { expect, test } from "vitest";

import { ask, send, serve, until } from "../server.ts";
import {
  at,
  cohereStream,
  end,
  example,
  older,
  outcomeOf,
  part,
  said,
  whole,
} from "./cohere-server.ts";

async function errorFor(status: number, body: object, model = older): Promise<unknown> {
  await using server = await serve((response) => send(response, body, { status }));
  return (await ask(cohere(model, { maxRetries: 0, ...at(server) }))).error;
}

test.each([
  [400, "invalid-request", false, /refused the request/],
  [401, "auth", false, /Check COHERE_API_KEY/],
  [402, "billing", false, /out of funds/],
  [403, "auth", false, /Check COHERE_API_KEY/],
  [404, "not-found", false, /docs\.cohere\.com\/docs\/models/],
  [422, "invalid-request", false, /refused the request/],
  [429, "rate-limit", true, /asked too often/],
  [498, "invalid-request", false, /refused the request/],
  [499, "server", true, /failed/],
  [500, "server", true, /failed/],
  [501, "invalid-request", false, /refused the request/],
  [503, "server", true, /failed/],
  [504, "timeout", true, /failed/],
] as const)(
  "a refusal says whose fault it is: %i is %s",
  async (...[status, code, retryable, words]) => {
    const error = await errorFor(status, { id: "request-1", message: "no such luck" });
    const facts = `(status ${status}, request request-1): no such luck.`;
    expect(error).toMatchObject({
      name: "ModelError",
      code,
      status,
      retryable,
      requestId: "request-1",
    });
    expect(error).toMatchObject({ message: expect.stringContaining(facts) });
    expect(error).toMatchObject({ message: expect.stringMatching(words) });
  },
);

test("the documented error is read", async () => {
  expect(await errorFor(400, JSON.parse(example("error.json")) as object)).toMatchObject({
    requestId: "00000000-0000-4000-8000-000000000000",
    message: expect.stringContaining("tool call id not found in previous tool calls"),
  });
});

test.each([
  ["command-r-plus", "command-r-plus-08-2024"],
  ["command-r-plus-04-2024", "command-r-plus-08-2024"],
  ["command-r", "command-r-08-2024"],
  ["command-r-03-2024", "command-r-08-2024"],
])("a model that was withdrawn is told by its successor: %s", async (model, successor) => {
  const error = await errorFor(404, { message: `model '${model}' was removed` }, model);
  expect(error).toMatchObject({
    message: expect.stringContaining(`does not serve the model "${model}"`),
  });
  expect(error).toMatchObject({ message: expect.stringMatching(`use "${successor}"\\.$`) });
});

test("a key that the server repeats is in no error", async () => {
  const message = "The token secret-key-of-mine is unknown";
  const errors = [
    await errorFor(401, { message }),
    (await outcomeOf(cohereStream(end("ERROR", { error: message })))).error,
    (await outcomeOf({ message })).error,
  ];
  for (const error of errors) {
    expect(String(error)).toContain("The token … is unknown");
    expect(inspect(error, { depth: 9 })).not.toContain("secret-key");
  }
});

const plan = part("tool-plan-delta", { tool_plan: "I add." });
const call = part("tool-call-start", {
  tool_calls: { id: "c", type: "function", function: { name: "add", arguments: "{}" } },
});

test("a stream that ends before its last event is cut, whatever it has said, and no call of it may be run", async () => {
  const { error, events } = await outcomeOf(cohereStream(plan, call, ...said("Hel")));
  expect(error).toMatchObject({
    code: "incomplete",
    retryable: true,
    partial: { content: "Hel", reasoning: "I add." },
  });
  expect(error).not.toHaveProperty("partial.toolCalls");
  expect(events.at(-1)).toEqual({ type: "text-delta", text: "Hel" });
});

test.each([
  ["ERROR", "server"],
  ["TIMEOUT", "timeout"],
] as const)("an answer that ends with %s is no answer", async (reason, code) => {
  const begun = { type: "message-start", id: "c7" };
  const streamed = cohereStream(begun, ...said("Hel"), end(reason, { error: "it broke." }));
  const complete = {
    ...whole({ content: "Hel" }, reason),
    error: { message: "it broke." },
    id: "c7",
  };
  for (const answer of [streamed, complete])
    expect((await outcomeOf(answer)).error).toMatchObject({
      code,
      retryable: true,
      requestId: "c7",
      message: expect.stringMatching(new RegExp(` ended the answer with ${reason}: it broke\\.$`)),
      partial: { content: "Hel" },
    });
});

test.each([
  ["as an event", `event: error\ndata: {"message":"it broke"}\n\n`],
  ["as its type", `data: {"type":"error","message":"it broke"}\n\n`],
  ["without a type", `data: {"message":"it broke","id":"x"}\n\n`],
])("an error inside a success is one: %s", async (_name, answer) => {
  const { error } = await outcomeOf(cohereStream(...said("Hel")) + answer);
  expect(error).toMatchObject({
    name: "ModelError",
    message: expect.stringContaining("it broke"),
    partial: { content: "Hel" },
  });
});

test("JSON that is no answer is said to be none, or the error that it holds", async () => {
  expect((await outcomeOf({ message: "it broke", id: "x" })).error).toMatchObject({
    name: "ModelError",
    message: expect.stringContaining("it broke"),
  });
  expect((await outcomeOf({ id: "x" })).error).toMatchObject({ code: "protocol" });
});

test("an answer is there with its last event, though the server keeps the socket open", async () => {
  await using server = await serve((response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(cohereStream(...said("Hello"), end()));
  });
  const started = performance.now();
  const { message } = await ask(cohere(older, at(server)));
  expect(message?.content).toBe("Hello");
  expect(performance.now() - started).toBeLessThan(1_000);
});

test("an abort and a deadline end a silent stream", async () => {
  await using server = await serve((response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(cohereStream(plan));
  });
  const controller = new AbortController();
  const aborted = ask(cohere(older, at(server)), { signal: controller.signal });
  await until(() => server.received.length === 1);
  const reason = new Error("enough");
  controller.abort(reason);
  expect((await aborted).error).toBe(reason);
  const idle = cohere(older, { ...at(server), maxRetries: 0, timeouts: { idleMs: 40 } });
  expect((await ask(idle)).error).toMatchObject({ code: "timeout" });
});

test("a whole answer has the time that it takes as a whole", async () => {
  await using server = await serve((response) => {
    setTimeout(() => send(response, whole({ content: "Hello" })), 60);
  });
  const timeouts = { firstContentMs: 20, idleMs: 20 };
  const { message } = await ask(cohere(older, { ...at(server), stream: false, timeouts }));
  expect(message?.content).toBe("Hello");
});

test("what may pass is tried again", async () => {
  await using server = await serve((response, attempt) =>
    attempt === 1
      ? send(response, { message: "busy" }, { status: 429, headers: { "retry-after": "0" } })
      : send(response, cohereStream(...said("Hello"), end())),
  );
  const { message, events } = await ask(cohere(older, at(server)));
  expect(message?.content).toBe("Hello");
  expect(events[0]).toMatchObject({ type: "retry", attempt: 1 });
  expect(server.received[1]?.headers["x-client-request-id"]).toBe("run.1.a2");
});
