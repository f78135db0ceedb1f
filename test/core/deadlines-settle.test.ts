import { setTimeout as sleep } from "node:timers/promises";

import { Agent, type AgentOptions, type Model, ModelError, tool, type Tool } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

/** How long each deadline is, and how long after it a run may take to settle. */
const limitMs = 40;
const graceMs = 50;

/** A model that says a word and then nothing, whatever becomes of its signal. */
const deafModel: Model = {
  id: "deaf",
  capabilities: { tools: true },
  async *respond() {
    yield { type: "text-delta", text: "One" };
    return await new Promise<never>(() => {});
  },
};

/** The same before its first word. */
const silentModel: Model = {
  ...deafModel,
  // oxlint-disable-next-line require-yield -- it never says anything
  async *respond() {
    return await new Promise<never>(() => {});
  },
};

const manners = {
  promise: () => new Promise<never>(() => {}),
  generator: async function* (): AsyncGenerator<string, string> {
    yield "begun";
    return await new Promise<never>(() => {});
  },
};

type Options = Omit<AgentOptions<readonly Tool[], never>, "model" | "tools">;

function deafAgent(
  manner: keyof typeof manners,
  { timeoutMs, ...options }: Options & { readonly timeoutMs?: number } = {},
): Agent<readonly Tool[]> {
  const deaf = tool({
    name: "deaf",
    description: "Never ends",
    inputSchema: z.object({}),
    effect: "write",
    timeoutMs,
    execute: manners[manner] as () => Promise<never>,
  });
  const model = scripted([{ toolCalls: [{ name: "deaf" }, { name: "deaf" }] }, "Done."]);
  return new Agent<readonly Tool[]>({ ...options, model, tools: [deaf] });
}

/** What work gives, when it settles soon after the deadline (of a timer beside it, on a machine that is slow) and not before. */
async function inTime<Value>(work: Promise<Value>): Promise<Value> {
  const startedAt = performance.now();
  let dueAt = Infinity;
  setTimeout(() => (dueAt = performance.now()), limitMs);
  const value = await work;
  const settledAt = performance.now();
  expect(settledAt - startedAt).toBeGreaterThan(limitMs / 2);
  await sleep(1);
  expect(settledAt - dueAt).toBeLessThan(graceMs);
  return value;
}

const models = [
  ["that broke off in the middle", deafModel, "One"],
  ["that says nothing", silentModel, ""],
] as const;

test.each(models)("an abort ends a run with a model %s", async (_name, model, text) => {
  const signal = AbortSignal.timeout(limitMs);
  const result = await inTime(new Agent({ model }).run("Go.", { signal }));
  expect(result).toMatchObject({ status: "aborted", reason: signal.reason, text });
});

test.each(models)("a budget of time ends a run with a model %s", async (_name, model, text) => {
  const result = await inTime(new Agent({ model }).run("Go.", { budget: { ms: limitMs } }));
  expect(result).toMatchObject({ status: "stopped", reason: "budget", limit: "ms", text });
});

test.each(models)("the deadline of a step ends a run with a model %s", async (_name, model) => {
  const agent = new Agent({ model, timeouts: { stepMs: limitMs } });
  const result = await inTime(agent.run("Go."));
  expect(result).toMatchObject({ status: "failed", error: { code: "timeout" } });
  expect(result.status === "failed" && result.error).toBeInstanceOf(ModelError);
});

test("a model that falls silent is given up, and asked anew as often as restarts allow", async () => {
  let asked = 0;
  const model: Model = {
    ...deafModel,
    respond(request) {
      asked++;
      return deafModel.respond(request);
    },
  };
  const agent = new Agent({ model, timeouts: { idleMs: limitMs / 2 }, maxRestarts: 1 });
  const result = await inTime(agent.run("Go."));
  expect(result).toMatchObject({ status: "failed", error: { code: "timeout" } });
  expect(asked).toBe(2);
});

test("a model that says nothing at all is given up when it is idle for too long", async () => {
  const agent = new Agent({ model: silentModel, timeouts: { idleMs: limitMs } });
  const result = await inTime(agent.run("Go."));
  expect(result).toMatchObject({ status: "failed", error: { code: "timeout" } });
});

test.each(["promise", "generator"] as const)(
  "an abort ends a run with a deaf tool (%s), whose outcome is unknown",
  async (manner) => {
    const signal = AbortSignal.timeout(limitMs);
    const result = await inTime(deafAgent(manner).run("Go.", { signal }));
    expect(result).toMatchObject({ status: "aborted", reason: signal.reason });
    const errors = result.steps[0]?.toolResults.map(({ error }) => error);
    const unknown = { code: "aborted", outcome: "unknown" };
    expect(errors).toMatchObject([unknown, unknown]);
  },
);

test.each(["promise", "generator"] as const)(
  "a budget of time ends a run with a deaf tool (%s), whose outcome is unknown",
  async (manner) => {
    const result = await inTime(deafAgent(manner).run("Go.", { budget: { ms: limitMs } }));
    expect(result).toMatchObject({ status: "stopped", reason: "budget", limit: "ms" });
    const errors = result.steps[0]?.toolResults.map(({ error }) => error);
    expect(errors).toMatchObject([{ outcome: "unknown" }, { outcome: "unknown" }]);
  },
);

test.each([
  ["of its own", { timeoutMs: limitMs }],
  ["of all tools", { timeouts: { toolMs: limitMs } }],
  ["of the step", { timeouts: { stepMs: limitMs } }],
] as const)(
  "a deaf tool is given up at the deadline %s, and the run goes on",
  async (_name, options) => {
    for (const manner of ["promise", "generator"] as const) {
      const result = await inTime(deafAgent(manner, options).run("Go."));
      expect(result).toMatchObject({ status: "completed", text: "Done." });
      const unknown = { code: "timeout", outcome: "unknown" };
      const errors = result.steps[0]?.toolResults.map(({ error }) => error);
      expect(errors).toMatchObject([unknown, unknown]);
      const told = result.messages.filter(({ role }) => role === "tool");
      expect(told.map(({ content }) => content)).toEqual(
        Array(2).fill(expect.stringContaining("Its outcome is unknown")),
      );
    }
  },
);

test("a deadline inside a subagent ends it, and not the run around it", async () => {
  const expert = new Agent({ name: "expert", model: deafModel }).asTool({
    name: "expert",
    description: "An expert",
    timeoutMs: limitMs,
  });
  const model = scripted([{ toolCalls: [{ name: "expert", input: { task: "Do it." } }] }, "Done."]);
  const result = await inTime(new Agent({ model, tools: [expert] }).run("Go."));
  expect(result).toMatchObject({ status: "completed", text: "Done." });
});
