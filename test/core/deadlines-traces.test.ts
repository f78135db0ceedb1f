import { getEventListeners } from "node:events";

import { Agent, type AgentEvent, type Model, tool } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

const waiting = (needsApproval: boolean) =>
  tool({
    name: "waits",
    description: "Waits for nothing",
    inputSchema: z.object({}),
    timeoutMs: 60_000,
    needsApproval,
    execute: async (_, { signal }) => (signal.aborted ? "over" : "waited"),
  });

const waits = waiting(false);

/** Asks for two calls, then answers; however many runs ask. */
const model: Model = {
  id: "two",
  capabilities: { tools: true },
  // oxlint-disable-next-line require-yield -- it has nothing to report
  async *respond({ messages }) {
    const { role } = messages.at(-1) ?? {};
    if (role === "tool") return { role: "assistant", content: "Done.", finishReason: "stop" };
    const toolCalls = [1, 2].map((n) => ({ id: `c${n}`, name: "waits", input: {} }));
    return { role: "assistant", content: "", finishReason: "tool-calls", toolCalls };
  },
};

const timeouts = { stepMs: 60_000, idleMs: 60_000, toolMs: 60_000 };
const budget = { ms: 60_000, tokens: 100_000, steps: 100 };

test("a thousand runs on one signal leave no listener on it, and no timer", async () => {
  const { signal } = new AbortController();
  const expert = new Agent({ name: "expert", model, tools: [waits], timeouts });
  const agent = new Agent({ model, tools: [waits], timeouts });
  const before = timers();
  for (let i = 0; i < 500; i++) {
    const [run, stream] = [agent.run("Go.", { signal, budget }), expert.stream("Go.", { signal })];
    expect((await run).status).toBe("completed");
    expect((await stream.result).status).toBe("completed");
  }
  expect(getEventListeners(signal, "abort")).toHaveLength(0);
  expect(timers()).toBe(before);
});

test("runs that end in any other way leave none either", async () => {
  const { signal } = new AbortController();
  const asks = waiting(true);
  const fails = new Agent({ model: scripted([]), timeouts });
  const before = timers();
  for (let i = 0; i < 50; i++) {
    const paused = await new Agent({ model, tools: [asks], timeouts }).run("Go.", { signal });
    expect(paused.status).toBe("paused");
    expect((await fails.run("Go.", { signal, budget })).status).toBe("failed");
    const stopped = new Agent({ model, tools: [waits], timeouts }).run("Go.", {
      signal,
      budget: { ...budget, steps: 1 },
    });
    expect((await stopped).status).toBe("stopped");
    for (const at of ["start", "tool-start", "tool-result"] as const) await left(signal, at);
  }
  expect(getEventListeners(signal, "abort")).toHaveLength(0);
  expect(timers()).toBe(before);
});

test("a run that is over when it begins leaves nothing", async () => {
  const signal = AbortSignal.abort("no");
  const before = timers();
  const result = await new Agent({ model, tools: [waits], timeouts }).run("Go.", {
    signal,
    budget,
  });
  expect(result).toMatchObject({ status: "aborted", reason: "no" });
  expect(getEventListeners(signal, "abort")).toHaveLength(0);
  expect(timers()).toBe(before);
});

async function left(signal: AbortSignal, at: AgentEvent["type"]): Promise<void> {
  const stream = new Agent({ model, tools: [waits], timeouts }).stream("Go.", { signal, budget });
  for await (const { type } of stream) if (type === at) break;
  expect((await stream.result).status).toBe("aborted");
}

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
}
