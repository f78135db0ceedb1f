import { Agent, type AssistantMessage, type Model, ModelError, tool } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { chatCompletions, fallback } from "@pawl/models";
import { expect, test } from "vitest";
import { z } from "zod";

import { saying } from "./saying.ts";
import { ask, hello, request, send, serve } from "./server.ts";

const codes = [
  ...(["auth", "billing", "not-found", "invalid-request", "rate-limit"] as const),
  ...(["server", "network", "timeout", "incomplete", "protocol"] as const),
];

test.each(codes)("the next model answers when one fails: %s", async (code) => {
  const error = new ModelError("No.", { code });
  const first = scripted([{ error }]);
  const second = scripted(["Hello."]);
  const { events, message } = await ask(fallback([first, second]));
  expect(message?.content).toBe("Hello.");
  expect(events).toEqual([
    { type: "retry", attempt: 1, delayMs: 0, error },
    { type: "text-delta", text: "Hello." },
  ]);
});

test("an attempt of the next model has a number of its own", async () => {
  const error = new ModelError("No.", { code: "server", attempt: 3 });
  const second = scripted([{ error: new ModelError("Nor I.", { code: "server" }) }]);
  const third = scripted(["Hello."]);
  const { events } = await ask(fallback([scripted([{ error }]), second, third]));
  expect(events.map((event) => event.type === "retry" && event.attempt)).toEqual([3, 4, false]);
  expect([second, third].map(({ requests }) => requests[0]?.attempt)).toEqual([4, 5]);
});

test("of an answer that is visible in part no other model is asked", async () => {
  const error = new ModelError("It broke off.", { code: "incomplete", retryable: true });
  const second = scripted(["Hello."]);
  const failed = await ask(fallback([scripted([{ text: "He", error }]), second]));
  expect(failed.error).toBe(error);
  expect(second.requests).toEqual([]);
});

test("an announced retry is not visible output", async () => {
  const error = new ModelError("Down.", { code: "server" });
  const retrying: Model = {
    ...saying([]),
    async *respond() {
      yield { type: "retry", attempt: 1, delayMs: 0, error };
      throw error.with({ attempt: 2 });
    },
  };
  const { events, message } = await ask(fallback([retrying, scripted(["Hello."])]));
  expect(message?.content).toBe("Hello.");
  expect(events.map((event) => event.type === "retry" && event.attempt)).toEqual([1, 2, false]);
});

test("when all fail the error is the last one, with the words of all", async () => {
  const errors = (["auth", "rate-limit"] as const).map(
    (code) => new ModelError(`No ${code}.`, { code, status: 429, retryAfterMs: 7 }),
  );
  const models = errors.map((error, index) => ({ ...scripted([{ error }]), id: `m${index}` }));
  const { error, events } = await ask(fallback(models));
  expect(error).toBeInstanceOf(ModelError);
  expect(error).toMatchObject({
    message: "None of 2 models answered. m0: No auth. m1: No rate-limit.",
    code: "rate-limit",
    status: 429,
    retryAfterMs: 7,
    cause: errors[1],
  });
  expect(events).toHaveLength(1);
});

test("a failure that must not fall back ends the request as it is", async () => {
  const error = new ModelError("Wrong.", { code: "invalid-request" });
  const second = scripted(["Hello."]);
  const options = { shouldFallBack: ({ code }: ModelError) => code !== "invalid-request" };
  const failed = await ask(fallback([scripted([{ error }]), second], options));
  expect(failed.error).toBe(error);
  expect(failed.events).toEqual([]);
  expect(second.requests).toEqual([]);
});

test("what is no failure of a provider does not fall back", async () => {
  const second = scripted(["Hello."]);
  const error = new RangeError("A mistake.");
  expect((await ask(fallback([scripted([{ error }]), second]))).error).toBe(error);
  const controller = new AbortController();
  const failure = new ModelError("Aborted in the middle.", { code: "network" });
  const aborting = scripted([
    () => {
      controller.abort();
      return { error: failure };
    },
  ]);
  const aborted = await ask(fallback([aborting, second]), { signal: controller.signal });
  expect(aborted.error).toBe(failure);
  expect(second.requests).toEqual([]);
});

test("a model that was down is asked first again", async () => {
  const error = new ModelError("Down.", { code: "server" });
  const model = fallback([scripted([{ error }, "Up again."]), scripted(["Hello."])]);
  const said = [(await ask(model)).message, (await ask(model)).message];
  expect(said.map((message) => message?.content)).toEqual(["Hello.", "Up again."]);
});

test("a fallback can do what all of its models can", () => {
  const most = { tools: true, toolChoice: true, contextTokens: 8, maxOutputTokens: 4 } as const;
  const both = fallback([
    able("a", { ...most, images: false, structuredOutput: "json-schema" }),
    able("b", { ...most, contextTokens: 6, structuredOutput: "json-object" }),
  ]);
  expect([both.id, both.capabilities]).toEqual([
    "a",
    { ...most, images: false, structuredOutput: "json-object", contextTokens: 6 },
  ]);
  const known = { ...most, structuredOutput: "prompt" } as const;
  const unknown = fallback([able("a", known), able("b", { tools: false })]);
  expect(unknown.capabilities).toEqual({ tools: false });
});

test("a reader that leaves ends the answer of the model underneath", async () => {
  let ended = 0;
  const endless: Model = {
    ...saying([]),
    async *respond(): AsyncGenerator<{ type: "text-delta"; text: string }, AssistantMessage> {
      try {
        for (;;) yield { type: "text-delta", text: "more " };
      } finally {
        ended++;
      }
    },
  };
  for (const count of [1, 2]) {
    let seen = 0;
    for await (const event of fallback([endless]).respond(request()))
      if (event && ++seen === count) break;
  }
  expect(ended).toBe(2);
});

test("an agent goes on with the next model, step by step", async () => {
  await using down = await serve((response) => send(response, "", { status: 503 }));
  await using up = await serve((response) => send(response, hello));
  const model = fallback([
    chatCompletions({ baseURL: down.baseURL, model: "first", maxRetries: 0 }),
    chatCompletions({ baseURL: up.baseURL, model: "second" }),
  ]);
  const now = tool({ description: "The time", inputSchema: z.object({}), execute: () => "noon" });
  const agent = new Agent({ model, tools: { now }, retryBudget: 0 });
  expect(await agent.run("Hello?")).toMatchObject({ status: "completed", text: "Hello" });
  expect([down.received.length, up.received.length]).toEqual([1, 1]);
  expect(up.received[0]?.headers["x-client-request-id"]).toMatch(/\.a2$/);
});

test.each([
  [() => fallback([]), "fallback takes a list of at least one model, the first choice first."],
  [() => fallback("m" as never), "fallback takes a list of at least one model"],
  [() => fallback(["m"] as never), "fallback takes a model, such as"],
  [() => fallback([saying([])], { shouldFallback: true } as never), 'mean "shouldFallBack"?'],
  [() => fallback([saying([])], { shouldFallBack: true as never }), '"shouldFallBack" must be'],
])("what is given wrong is refused at once: %#", (build, words) => {
  expect(build).toThrow(TypeError);
  expect(build).toThrow(words);
});

function able(id: string, capabilities: Model["capabilities"]): Model {
  return { ...saying([]), id, capabilities };
}
