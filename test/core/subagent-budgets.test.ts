import { Agent, tool, type RunState, type Tool, type Usage } from "@pawl/core";
import { scripted, type ScriptedCall, type ScriptedTurn } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

function stored(state: RunState): RunState {
  return JSON.parse(JSON.stringify(state)) as RunState;
}

function used(inputTokens: number, outputTokens: number): Usage {
  return { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
}

function calls(count: number, name: string, prefix = name): ScriptedCall[] {
  return Array.from({ length: count }, (_, n) => ({
    id: `${prefix}${n}`,
    name,
    input: { task: `Part ${n}` },
  }));
}

/** A tool that notes who called it. */
function noting(done: string[]): Tool<"work", { readonly task: string }> {
  return tool({
    name: "work",
    description: "Work",
    inputSchema: z.object({ task: z.string() }),
    execute: (_, { idempotencyKey }) => void done.push(idempotencyKey),
  });
}

/** Three agents, each with a subagent's script for all its runs. */
function firm(head: ScriptedTurn[], desk: ScriptedTurn[], clerk: ScriptedTurn[]) {
  const done: string[] = [];
  const work = noting(done);
  const models = { head: scripted(head), desk: scripted(desk), clerk: scripted(clerk) };
  const agent = () => {
    const clerks = new Agent({ name: "clerk", model: models.clerk, tools: { work } });
    const desks = new Agent({
      name: "desk",
      model: models.desk,
      tools: { clerk: clerks.asTool({ description: "Works" }), work },
    });
    return new Agent({
      name: "head",
      model: models.head,
      tools: { desk: desks.asTool({ description: "Has things done" }), work },
    });
  };
  const asked = () =>
    [models.head, models.desk, models.clerk].map(({ requests }) => requests.length);
  return { agent, asked, done };
}

test("what subagents of subagents do is counted in the run, and it is the run that stops", async () => {
  const { agent, asked, done } = firm(
    [{ toolCalls: calls(1, "desk") }, { text: "All done." }],
    [{ toolCalls: calls(1, "clerk") }, { text: "The clerk did it." }],
    [{ toolCalls: calls(4, "work") }, { text: "Did it." }],
  );

  const stopped = await agent().run("Work.", { runId: "r", budget: { toolCalls: 5 } });

  expect(stopped).toMatchObject({ status: "stopped", reason: "budget", limit: "toolCalls" });
  // The desk, the clerk, and three of the clerk's own.
  expect(done.map((key) => key.slice(-5))).toEqual(["work0", "work1", "work2"]);
  expect(stopped.messages).toHaveLength(2);
  const before = asked();
  const result = await agent().resume(stored(stopped.state), { budget: { toolCalls: 6 } });
  expect(result).toMatchObject({ status: "completed", text: "All done." });
  expect(done.map((key) => key.slice(-5))).toEqual(["work0", "work1", "work2", "work3"]);
  expect([before, asked()]).toEqual([
    [1, 1, 1],
    [2, 2, 2],
  ]);
  expect(result.state.spent).toMatchObject({ toolCalls: 6, steps: 6 });
});

test("of a stopped run's subagents each goes on where it was, and nothing is done twice", async () => {
  const { agent, done } = firm(
    [{ toolCalls: calls(8, "desk") }, { text: "All done." }],
    [
      ...Array.from({ length: 8 }, (_, n) => ({ toolCalls: calls(3, "work", `w${n}-`) })),
      ...Array.from({ length: 8 }, () => ({ text: "Did it." })),
    ],
    [],
  );
  const stopped = await agent().run("Work.", { budget: { toolCalls: 20 } });
  expect(stopped).toMatchObject({ status: "stopped", limit: "toolCalls" });
  expect(done).toHaveLength(12);
  let last = stopped;
  for (const toolCalls of [25, 30, 32])
    last = await agent().resume(stored(last.state), { budget: { toolCalls } });

  expect(last).toMatchObject({ status: "completed", text: "All done." });
  expect(done).toHaveLength(24);
  expect(new Set(done)).toHaveLength(24);
});

test("steps are shared, and a resume asks no model again for what it has said", async () => {
  const { agent, asked } = firm(
    [{ toolCalls: calls(1, "desk") }, { text: "All done." }],
    [{ toolCalls: calls(1, "clerk") }, { text: "The clerk did it." }],
    [{ toolCalls: calls(1, "work") }, { text: "Did it." }],
  );
  let last = await agent().run("Work.", { budget: { steps: 2 } });
  const statuses = [last.status];
  for (const steps of [3, 4, 5, 6]) {
    last = await agent().resume(stored(last.state), { budget: { steps } });
    statuses.push(last.status);
  }

  expect(statuses).toEqual([...Array<string>(4).fill("stopped"), "completed"]);
  expect(asked()).toEqual([2, 2, 2]);
});

test("a subagent's own budget ends the subagent only, and its model is the one that is told", async () => {
  const done: string[] = [];
  const inner = new Agent({
    model: scripted([{ toolCalls: calls(3, "work") }, "Did it."]),
    tools: [noting(done)],
  });
  const model = scripted([{ toolCalls: calls(1, "inner") }, "It could not."]);
  const tools = { inner: inner.asTool({ description: "Works", budget: { toolCalls: 2 } }) };
  const result = await new Agent({ model, tools }).run("Work.", { budget: { toolCalls: 9 } });

  expect(result).toMatchObject({ status: "completed", state: { spent: { toolCalls: 3 } } });
  expect(done).toHaveLength(2);
  expect(result.messages.find(({ role }) => role === "tool")?.content).toContain(
    "The agent stopped (budget) before it had an answer.",
  );
});

test("8 subagents side by side never use more tokens than there are, and go on side by side", async () => {
  let atOnce = 0;
  let most = 0;
  let spent = 0;
  const inner = scripted(
    Array.from({ length: 100 }, () => ({ maxOutputTokens = NaN, messages }) => {
      most = Math.max(most, ++atOnce);
      const usage = used(100, Math.min(maxOutputTokens, 1500));
      setTimeout(() => atOnce--, 4);
      spent += usage.totalTokens;
      return {
        toolCalls: [{ name: "work", input: { task: `${messages.length}` } }],
        usage,
        delayMs: 5,
      };
    }),
  );
  const expert = new Agent({ model: inner, tools: [noting([])] });
  const agent = new Agent({
    model: scripted([{ toolCalls: calls(8, "expert"), usage: used(100, 100) }]),
    tools: { expert: expert.asTool({ description: "Knows" }) },
  });

  const stopped = await agent.run("Work.", { budget: { tokens: 40_000 } });

  expect(stopped).toMatchObject({ status: "stopped", reason: "budget", limit: "tokens" });
  expect(stopped.usage.totalTokens).toBe(spent + 200);
  expect(spent + 200).toBeLessThanOrEqual(40_000);
  expect(spent).toBeGreaterThan(35_000);
  expect(most).toBe(8);
});

test("a paused subagent counts once: as open before its decision, and as done after", async () => {
  const done: string[] = [];
  const pay = tool({
    description: "Pay",
    inputSchema: z.object({ task: z.string() }),
    needsApproval: true,
    execute: () => void done.push("paid"),
  });
  const desk = scripted([
    { toolCalls: [...calls(1, "work"), ...calls(1, "pay")], usage: used(10, 5) },
    { text: "Paid.", usage: used(10, 5) },
  ]);
  const head = scripted([{ toolCalls: calls(1, "desk"), usage: used(1, 1) }, { text: "Done." }]);
  const desks = new Agent({ name: "desk", model: desk, tools: { work: noting(done), pay } });
  const tools = { desk: desks.asTool({ description: "Pays" }) };
  const agent = new Agent({ name: "head", model: head, tools });

  const paused = await agent.run("Pay.", { budget: { toolCalls: 3 } });
  expect(paused.status).toBe("paused");
  expect([paused.usage, paused.state.spent?.usage]).toEqual([used(11, 6), used(1, 1)]);
  const result = await agent.resume(stored(paused.state), {
    decisions: [{ callId: "desk0/pay0", approve: true }],
  });

  expect(result).toMatchObject({ status: "completed", usage: used(21, 11) });
  expect(result.state.spent).toMatchObject({ toolCalls: 3, steps: 4 });
  expect(done).toHaveLength(2);
});
