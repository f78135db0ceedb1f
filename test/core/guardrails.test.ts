import { setTimeout as sleep } from "node:timers/promises";

import { Agent, ModelError, type AgentEvent, type Guardrails } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, expectTypeOf, test } from "vitest";

import { inShreds } from "./in-shreds.ts";

const usage = { inputTokens: 5, outputTokens: 2, totalTokens: 7 };

async function heard(agent: Agent, input = "Go.") {
  const events: AgentEvent[] = [];
  const stream = agent.stream(input);
  for await (const event of stream) events.push(event);
  const text = events.flatMap((each) => (each.type === "text-delta" ? [each.text] : [])).join("");
  return { events, text, result: await stream.result };
}

const no = (): { block: string } => ({ block: "Not this." });

test("an input that is blocked ends the run before anything is asked", async () => {
  const model = scripted(["Never."]);
  const { result } = await heard(new Agent({ model, guardrails: { input: no } }));

  expect(result).toMatchObject({ status: "stopped", reason: "guardrail", detail: "Not this." });
  expect(model.requests).toEqual([]);
});

test("a guardrail of the input sees the new messages and not the history, and the context", async () => {
  const seen: unknown[] = [];
  const agent = new Agent({
    model: scripted(["Fine."]),
    guardrails: {
      input: ({ messages, text, context }) => void seen.push({ messages, text, context }),
    },
  });
  const asked = [
    { role: "user", content: [{ type: "text", text: "And" }] },
    { role: "user", content: "now?" },
  ] as const;
  const history = [
    { role: "user", content: "Before." },
    { role: "assistant", content: "Yes." },
  ] as const;
  await agent.run([...history, ...asked], { context: { id: 1 } });

  expect(seen).toEqual([{ messages: asked, text: "And\nnow?", context: { id: 1 } }]);
});

test("an input that is replaced is the one that is asked and kept, and the next guardrail's", async () => {
  const model = scripted(["Fine."]);
  const seen: string[] = [];
  const agent = new Agent({
    model,
    guardrails: {
      input: [({ text }) => ({ replace: text.toUpperCase() }), ({ text }) => void seen.push(text)],
    },
  });
  const said = [
    { role: "system", content: "Be kind." },
    { role: "user", content: "hello" },
  ] as const;
  const { messages, state } = await agent.run(said);

  expect(seen).toEqual(["HELLO"]);
  expect(model.requests[0]?.messages).toEqual([said[0], { role: "user", content: "HELLO" }]);
  expect(messages[1]).toEqual({ role: "user", content: "HELLO" });
  expect(state.start).toBe(2);
});

test("the input is checked once: not again when the run goes on after an answer", async () => {
  let asked = 0;
  const model = scripted([{ text: "One.", toolCalls: [{ name: "none" }] }, "Two."]);
  const agent = new Agent({ model, maxSteps: 1, guardrails: { input: () => void asked++ } });
  const stopped = await agent.run("Go.");
  const result = await agent.resume(stopped.state, { maxSteps: 5 });

  expect(result.status).toBe("completed");
  expect(asked).toBe(1);
});

test("of an answer that is blocked nobody sees anything, and it is paid for", async () => {
  const { model } = inShreds([{ content: "The forbidden word." }]);
  const { result, text, events } = await heard(new Agent({ model, guardrails: { output: no } }));

  expect(result).toMatchObject({ status: "stopped", reason: "guardrail", detail: "Not this." });
  expect(result.text).toBe("");
  expect(text).toBe("");
  expect(JSON.stringify(events)).not.toContain("forbidden");
  expect(result.usage.totalTokens).toBe(2);
});

test("an answer that passes is shown piece by piece, after it has passed", async () => {
  const order: string[] = [];
  const { model } = inShreds([{ content: "Hi!" }]);
  const agent = new Agent({
    model,
    guardrails: { output: ({ text }) => void order.push(`checked ${text}`) },
  });
  agent.on("text-delta", ({ text }) => text && order.push(text));
  await agent.run("Go.");

  expect(order).toEqual(["checked Hi!", "H", "i", "!"]);
});

test("an answer that is replaced is shown and kept in its new form, without citations", async () => {
  const citations = [{ start: 0, end: 5, text: "wrong", sources: [{ id: "d" }] }];
  const { model } = inShreds([{ content: "wrong answer", citations }]);
  const agent = new Agent({ model, guardrails: { output: () => ({ replace: "A good answer." }) } });
  const { result, text, events } = await heard(agent);

  expect(result).toMatchObject({ status: "completed", text: "A good answer.", citations: [] });
  expect(text).toBe("A good answer.");
  expect(JSON.stringify(events)).not.toContain("wrong");
});

test("an answer that calls tools is not the last word, and passes", async () => {
  const checked: string[] = [];
  const model = scripted([{ text: "I look.", toolCalls: [{ name: "none" }], usage }, "Done."]);
  const guardrails = { output: ({ text }: { text: string }) => void checked.push(text) };
  const { text } = await heard(new Agent({ model, guardrails }));

  expect(checked).toEqual(["Done."]);
  expect(text).toBe("I look.Done.");
});

test("an answer that breaks off shows nothing that was not checked, and is asked for again", async () => {
  const partial = { role: "assistant", content: "half a forbid" } as const;
  const failure = (retryable: boolean): ModelError =>
    new ModelError("It broke off.", { code: "incomplete", retryable, partial });
  const { model } = inShreds([
    { content: "half a forbid", error: failure(true) },
    { content: "half a forbid", error: failure(false) },
  ]);
  const guardrails = { output: () => {} };
  const { result, events } = await heard(new Agent({ model, guardrails }));

  expect(events.map(({ type }) => type)).toContain("reset");
  expect(result).toMatchObject({ status: "failed", error: { message: "It broke off." } });
  expect(JSON.stringify([events, result, Object(result).error.partial])).not.toContain("forbid");
});

test.each<[string, Guardrails]>([
  ["throws", { output: () => Promise.reject(new Error("Out of order.")) }],
  [
    "throws at once",
    {
      input: () => {
        throw new Error("Out of order.");
      },
    },
  ],
])("a guardrail that %s lets nothing pass", async (_, guardrails) => {
  const { result } = await heard(new Agent({ model: scripted(["Hello."]), guardrails }));

  expect(result).toMatchObject({ status: "stopped", reason: "guardrail", detail: "Out of order." });
});

test.each([[true], ["no"], [{}], [{ block: "" }], [{ block: "a", replace: "b" }], [null]])(
  "a guardrail that returns %j lets nothing pass",
  async (answer) => {
    const guardrails = { input: () => answer } as unknown as Guardrails;
    const { result } = await heard(new Agent({ model: scripted(["Hello."]), guardrails }));

    expect(result).toMatchObject({
      status: "stopped",
      detail: 'a guardrail must return nothing, { block: "the reason" } or { replace: a value }',
    });
  },
);

test.each(["input", "output"] as const)(
  "a guardrail of the %s that hangs is left when the run is aborted",
  async (kind) => {
    const guardrails = { [kind]: () => new Promise<undefined>(() => {}) };
    const agent = new Agent({ model: scripted(["Hello."]), guardrails });
    const startedAt = performance.now();
    const { status } = await agent.run("Go.", { signal: AbortSignal.timeout(20) });

    expect(status).toBe("aborted");
    expect(performance.now() - startedAt).toBeLessThan(1000);
  },
);

test("guardrails get a signal that ends with the run, and the type of their context", async () => {
  const signals: AbortSignal[] = [];
  const agent = new Agent({
    model: scripted(["Hello."]),
    guardrails: {
      output: async ({ signal, context }) => {
        expectTypeOf(context).toEqualTypeOf<unknown>();
        signals.push(signal);
        await sleep(500, undefined, { signal }).catch(() => {});
      },
    },
  });
  await agent.run("Go.", { signal: AbortSignal.timeout(10) });

  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
});

test("a model that a step is prepared with is guarded like the agent's own", async () => {
  const other = scripted(["The forbidden word."]);
  const agent = new Agent({
    model: scripted([]),
    prepareStep: () => ({ model: other }),
    guardrails: { output: no },
  });

  expect((await heard(agent)).result).toMatchObject({ status: "stopped", reason: "guardrail" });
});

test("what a guardrail says is redacted too", async () => {
  const redact = ["sk-live-51Hx"];
  const guardrails = {
    input: () => ({ replace: `Go with ${redact[0]}.` }),
    output: () => ({ block: `It says ${redact[0]}` }),
  };
  const { result, events } = await heard(
    new Agent({ model: scripted(["Hello."]), guardrails, redact }),
  );

  expect(result).toMatchObject({ detail: "It says [redacted]" });
  expect(JSON.stringify(events)).not.toContain(redact[0]);
});

test("guardrails see redacted text", async () => {
  const seen: string[] = [];
  const guardrails = { output: ({ text }: { text: string }) => void seen.push(text) };
  const model = scripted(["It is sk-live-51Hx."]);
  await new Agent({ model, guardrails, redact: ["sk-live-51Hx"] }).run("Go.");

  expect(seen).toEqual(["It is [redacted]."]);
});

test.each([
  [{ outptu: no }, /unknown option "outptu". Did you mean "output"\?/],
  [{ output: null }, /"guardrails.output" must be a function, or a list of functions/],
  [{ input: "no" }, /"guardrails.input" must be a function, or a list of functions/],
  [null, /takes an object of options, got null/],
])("the agent refuses guardrails that are none: %j", (guardrails, message) => {
  const options = { model: scripted([]), guardrails: guardrails as never };
  expect(() => new Agent(options)).toThrow(message);
});
