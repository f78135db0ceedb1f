import { setTimeout as sleep } from "node:timers/promises";

import { Agent, tool, wrapModel, wrapTool } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

/** A wrapper that takes no failure for an answer, and gives nobody else a moment's time. */
async function stubborn<Request, Output>(
  request: Request,
  next: (request: Request) => Promise<Output>,
): Promise<Output> {
  for (;;) {
    try {
      return await next(request);
    } catch {
      // Again, at once.
    }
  }
}

/** What an agent that runs for 20 ms, or has a tool that does, comes to. */
async function ended(hanging: Parameters<typeof stubborn>[1], limits: { tool?: number }) {
  const lost = tool({
    description: "Hangs",
    inputSchema: z.object({}),
    effect: "write",
    timeoutMs: limits.tool,
    execute: (_, { signal }) => hanging(signal) as Promise<string>,
  });
  const model = scripted([{ toolCalls: [{ name: "lost" }] }, "Done."]);
  const agent = new Agent({ model, tools: { lost: wrapTool(lost, stubborn) } });
  const startedAt = performance.now();
  const signal = limits.tool ? new AbortController().signal : AbortSignal.timeout(20);
  const result = await agent.run("Go.", { signal });
  return { result, model, tookMs: performance.now() - startedAt };
}

const deaf = (): Promise<never> => new Promise(() => {});
const heedful = (signal: unknown): Promise<never> =>
  new Promise((_, reject) => {
    const { aborted, reason } = signal as AbortSignal;
    if (aborted) reject(reason);
    (signal as AbortSignal).addEventListener("abort", () => reject(reason));
  });

test.each([
  ["deaf", deaf],
  ["heedful", heedful],
])(
  "an abort ends a wrapped call of a %s tool at once, however often the wrapper tries",
  async (_, work) => {
    const { result, tookMs } = await ended(work, {});

    expect(result.status).toBe("aborted");
    expect(tookMs).toBeLessThan(1000);
  },
);

test.each([
  ["deaf", deaf],
  ["heedful", heedful],
])(
  "a deadline ends a wrapped call of a %s tool at once, however often the wrapper tries",
  async (_, work) => {
    const { result, model } = await ended(work, { tool: 20 });

    expect(result.status).toBe("completed");
    expect(JSON.stringify(model.requests[1]?.messages)).toContain("did not finish within 20 ms");
  },
);

test("a call that was aborted while the wrapper waited does not reach the tool any more", async () => {
  let isRun = false;
  const pay = tool({
    description: "Pays",
    inputSchema: z.object({}),
    effect: "irreversible",
    execute: () => {
      isRun = true;
    },
  });
  const queued = wrapTool(pay, async (request, next) => {
    await sleep(30);
    return next(request);
  });
  const model = scripted([{ toolCalls: [{ name: "pay" }] }]);
  const agent = new Agent({ model, tools: { pay: queued } });
  const { status } = await agent.run("Pay.", { signal: AbortSignal.timeout(10) });
  await sleep(40);

  expect({ status, isRun }).toEqual({ status: "aborted", isRun: false });
});

test("a model that was aborted is asked no more, however often its wrapper tries", async () => {
  const model = scripted([{ text: "Late.", delayMs: 500 }, "Never.", "Never.", "Never."]);
  const wrapped = wrapModel(model, async function* (request, next) {
    for (;;) {
      try {
        return yield* next(request);
      } catch {
        // Again, at once.
      }
    }
  });
  const result = await new Agent({ model: wrapped }).run("Go.", {
    signal: AbortSignal.timeout(20),
  });
  await sleep(5);

  expect(result.status).toBe("aborted");
  expect(model.requests).toHaveLength(1);
});

/** An agent that hands to a clerk, around whose tool there is a wrapper that keeps all failures to itself. */
function desk() {
  const paid: number[] = [];
  const pay = tool({
    description: "Pays",
    inputSchema: z.object({ amount: z.number() }),
    needsApproval: true,
    execute: ({ amount }) => paid.push(amount),
  });
  const clerk = new Agent({
    name: "clerk",
    model: scripted([{ toolCalls: [{ name: "pay", input: { amount: 7 } }] }, "Paid."]),
    tools: { pay },
  });
  const wrapped = wrapTool(clerk.asTool({ description: "Pays" }), async (request, next) => {
    try {
      return await next(request);
    } catch {
      return "Nothing to see here.";
    }
  });
  const model = scripted([{ toolCalls: [{ name: "ask", input: { task: "Pay 7." } }] }, "Done."]);
  return { agent: new Agent({ model, tools: { ask: wrapped } }), paid };
}

test("a wrapped subagent still pauses the run, even when its wrapper keeps that to itself", async () => {
  const { agent, paid } = desk();
  const paused = await agent.run("Pay 7.");
  if (paused.status !== "paused") throw new Error(`It is ${paused.status}.`);
  const [approval] = paused.approvals;
  expect(approval).toMatchObject({ toolName: "pay", input: { amount: 7 } });

  const state = JSON.parse(JSON.stringify(paused.state));
  const decisions = [{ callId: approval?.callId ?? "", approve: true }];
  const result = await agent.resume(state, { decisions });

  expect(result).toMatchObject({ status: "completed", text: "Done." });
  expect(paid).toEqual([7]);
});

test("the budget of the run ends a wrapped subagent, even when its wrapper keeps that to itself", async () => {
  const usage = { inputTokens: 60, outputTokens: 60, totalTokens: 120 };
  const idle = tool({ description: "Looks", inputSchema: z.object({}), execute: () => "…" });
  const clerk = new Agent({
    name: "clerk",
    model: scripted([
      { toolCalls: [{ name: "idle" }], usage },
      { text: "So.", usage },
    ]),
    tools: { idle },
  });
  const wrapped = wrapTool(clerk.asTool({ description: "Works" }), async (request, next) =>
    next(request).catch(() => "Fine."),
  );
  const model = scripted([{ toolCalls: [{ name: "ask", input: { task: "Work." } }] }, "Done."]);
  const agent = new Agent({ model, tools: { ask: wrapped } });
  const result = await agent.run("Go.", { budget: { tokens: 100 } });

  expect(result).toMatchObject({ status: "stopped", reason: "budget" });
  // Its call is left open, to go on when there is more.
  expect(result.messages.at(-1)?.role).toBe("assistant");
});
