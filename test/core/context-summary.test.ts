import { setTimeout as sleep } from "node:timers/promises";

import { expect, test } from "vitest";
import { z } from "zod";

import { Agent, ModelError, tool, type AgentEvent, type Message } from "@pawl/core";
import type { ScriptedTurn } from "@pawl/core/testing";
import { prose, sizeOf, strict } from "./strict.ts";

// What the model writes cannot be taken out as results can: only a summary makes room.
const note = tool({
  name: "note",
  description: "Keeps a note.",
  inputSchema: z.object({ text: z.string() }),
  effect: "write",
  execute: () => "Noted.",
});

function noting(last: number): (step: number) => string | ScriptedTurn {
  return (step) =>
    step > last ? "Done." : { toolCalls: [{ name: "note", input: { text: prose(2000, step) } }] };
}

const limits = { contextTokens: 8000 };
const usage = { inputTokens: 900, outputTokens: 50, totalTokens: 950 };

test("a summary stands for old messages, behind the request word for word", async () => {
  const model = strict(limits, noting(30), (n) => `Summary ${n}: notes were written.`);
  const agent = new Agent({ model, instructions: "Be brief.", tools: [note], maxSteps: 50 });
  const said: Message[] = [
    { role: "system", content: "Speak English." },
    { role: "user", content: "Write thirty notes; call the last one Ω." },
  ];
  const result = await agent.run(said);
  expect(result.status).toBe("completed");
  const { length } = model.summaries;
  expect(length).toBeGreaterThan(1);
  const last = model.requests.at(-1);
  expect(last?.instructions).toBe("Be brief.");
  expect(last?.messages[0]).toBe(result.messages[0]);
  const { content } = last?.messages[1] ?? {};
  expect(content).toMatch(/^Write thirty notes; call the last one Ω\.\n\n\[/);
  expect(content).toContain(`Summary ${length}: notes were written.`);
  expect(content).not.toContain(`Summary ${length - 1}`);
  expect(last?.messages.slice(2)).toEqual(
    result.messages.slice(-(last?.messages.length ?? 0) + 1, -1),
  );
  expect(result.messages).toHaveLength(63);
  expect(JSON.stringify(result.messages)).not.toContain("Summary");
});

test("a summary is asked for without tools, as a request of its own, with the last one in it", async () => {
  const model = strict(limits, noting(30), (n) => `Summary ${n}: notes were written.`);
  const compaction = { instructions: "Keep the names of birds." };
  const agent = new Agent({ model, tools: [note], maxSteps: 50, compaction });
  await agent.run("Write thirty notes.", { runId: "run-1" });
  const [first, second] = model.summaries;
  const run = model.requests[0]?.run;
  expect(first).toMatchObject({ requestId: "run-1.summary-1", tools: [], isWatched: false });
  expect(first?.run).not.toBe(run);
  expect(second?.run).not.toBe(run);
  expect(first?.instructions).toMatch(/Keep the names of birds\.$/);
  expect(first?.messages).toHaveLength(1);
  expect(first?.messages[0]?.content).toMatch(
    /^User: Write thirty notes\.\n\nCall of note: \{"text"/,
  );
  expect(first?.messages[0]?.content).toContain("Result of note: Noted.");
  expect(second?.messages[0]?.content).toContain("Summary 1: notes were written.");
  expect(second?.messages[0]?.content).not.toContain(prose(200, 1));
});

test("another model may write the summaries, or none", async () => {
  const writer = strict(
    { contextTokens: 4000 },
    () => "unused",
    () => "By the writer.",
  );
  const model = strict(limits, noting(30));
  const compaction = { summarize: writer };
  await new Agent({ model, tools: [note], maxSteps: 50, compaction }).run("Write.");
  expect(model.summaries).toHaveLength(0);
  expect(writer.summaries.length).toBeGreaterThan(1);
  for (const { messages } of writer.summaries) expect(sizeOf(messages)).toBeLessThan(3400);
  expect(model.requests.at(-1)?.messages[0]?.content).toContain("By the writer.");

  const alone = strict({}, noting(30));
  const none = { tokens: 6000, summarize: false };
  const result = await new Agent({
    model: alone,
    tools: [note],
    maxSteps: 50,
    compaction: none,
  }).run("Write.");
  expect(result.status).toBe("completed");
  expect(alone.summaries).toHaveLength(0);
  expect(alone.requests.at(-1)?.messages).toHaveLength(61);
});

test("a summary that is empty, or longer than what it stands for, is not used and not tried at each step", async () => {
  for (const text of ["  ", "x".repeat(100_000)]) {
    const model = strict({}, noting(30), () => text);
    const compaction = { tokens: 6000 };
    const agent = new Agent({ model, tools: [note], maxSteps: 50, compaction });
    const result = await agent.run("Write.");
    expect(result.status).toBe("completed");
    expect(model.requests.at(-1)?.messages).toHaveLength(61);
    expect(model.summaries.length).toBeLessThan(6);
  }
});

function failing(): ScriptedTurn {
  return { error: new ModelError("Overloaded.", { code: "server" }) };
}

test("no summary is asked for where there is next to nothing to sum up", async () => {
  const lengths = [40, 28_000];
  const model = strict({}, (step) => {
    const length = lengths[step - 1];
    if (length === undefined) return "Done.";
    return { toolCalls: [{ name: "note", input: { text: prose(length) } }] };
  });
  const plain = { id: "plain", respond: (request) => model.respond(request) } as typeof model;
  for (const each of [model, plain]) {
    const agent = new Agent({ model: each, tools: [note], compaction: { tokens: 6000 } });
    expect((await agent.run("Write.")).status).toBe("completed");
  }
  expect(model.summaries).toHaveLength(0);
});

test("when no summary can be had the run goes on, until the model can take in no more", async () => {
  const roomy = strict({}, noting(30), failing);
  const agent = new Agent({
    model: roomy,
    tools: [note],
    maxSteps: 50,
    compaction: { tokens: 6000 },
  });
  expect((await agent.run("Write.")).status).toBe("completed");
  expect(roomy.summaries.length).toBeGreaterThan(1);
  expect(roomy.summaries.length).toBeLessThan(6);

  const patient = strict({}, noting(30), failing);
  const model = { ...patient, capabilities: { tools: true, ...limits } };
  const result = await new Agent({ model, tools: [note], maxSteps: 50 }).run("Write.");
  const { message } = result.status === "failed" ? result.error : new Error(result.status);
  expect(message).toMatch(/more than the model can take in .* Overloaded\./);
  expect(model.requests.length).toBeGreaterThan(12);

  const error = new Error("A bug in the adapter.");
  const buggy = strict(limits, noting(30), () => ({ error }));
  const failed = await new Agent({ model: buggy, tools: [note], maxSteps: 50 }).run("Write.");
  expect(failed).toMatchObject({ status: "failed", error });
});

test("what a summary costs is part of the run's usage and its budget", async () => {
  const model = strict(limits, noting(16), () => ({ text: "All noted.", usage }));
  const agent = new Agent({ model, tools: [note], maxSteps: 50 });
  const result = await agent.run("Write.");
  expect(model.summaries).toHaveLength(1);
  expect(result.usage.totalTokens).toBe(950);

  const poor = strict(limits, noting(30), () => ({ text: "All noted.", usage }));
  const stopped = await new Agent({ model: poor, tools: [note], maxSteps: 50 }).run("Write.", {
    budget: { tokens: 6500 },
  });
  expect(stopped).toMatchObject({ status: "stopped", reason: "budget", limit: "tokens" });
  expect(poor.summaries[0]?.maxOutputTokens).toBeLessThan(6500);
});

test("of a long talk, what the user said last comes in one message with the summary of all before", async () => {
  const model = strict(
    {},
    () => "Done.",
    () => "Much was said.",
  );
  const agent = new Agent({ model, compaction: { tokens: 4000 } });
  const talk: Message[] = [1, 2, 3, 4].flatMap((n) => [
    { role: "user", content: `Question ${n}?` },
    { role: "assistant", content: prose(6000, n) },
  ]);
  const image = { type: "image", image: "https://example.com/a.png" } as const;
  const end: Message = { role: "user", content: [{ type: "text", text: "And this?" }, image] };
  const result = await agent.run([...talk, end]);
  expect(result.status).toBe("completed");
  const [only, ...more] = model.requests[0]?.messages ?? [];
  expect(more).toEqual([]);
  const text = expect.stringMatching(/^\[Messages were left out here.*\]\nMuch was said\.\n\[/);
  expect(only?.content).toEqual([
    { type: "text", text },
    { type: "text", text: "And this?" },
    image,
  ]);
});

test("a watcher is told of a summary, and hears nothing of its text", async () => {
  const model = strict(limits, noting(16), () => "All noted.");
  const stream = new Agent({ model, tools: [note], maxSteps: 50 }).stream("Write.");
  const events: AgentEvent[] = [];
  for await (const event of stream) events.push(event);
  const at = events.findIndex(({ type }) => type === "compaction");
  const told = events[at];
  expect(told).toEqual({
    type: "compaction",
    before: expect.any(Number),
    after: expect.any(Number),
  });
  const { before = 0, after = 0 } = told?.type === "compaction" ? told : {};
  expect(before).toBeGreaterThan(6400);
  expect(after).toBeLessThan(3200);
  expect(events[at - 1]?.type).toBe("step-start");
  expect(events.filter(({ type }) => type === "compaction")).toHaveLength(1);
  const words = events.filter(({ type }) => type === "text-delta");
  expect(words).toEqual([{ type: "text-delta", text: "Done." }]);
});

test("a summary takes none of the time of its step, and no more room than it may", async () => {
  const model = strict(limits, noting(16), () => ({ text: prose(12_000), delayMs: 120 }));
  const agent = new Agent({ model, tools: [note], maxSteps: 50, timeouts: { stepMs: 80 } });
  const result = await agent.run("Write.");
  expect(result.status).toBe("completed");
  expect(model.summaries).toHaveLength(1);
  expect(model.requests.at(-1)?.messages[0]?.content.length).toBeLessThan(9000);
});

test("an abort ends a run within 50 ms while a summary is written", async () => {
  const controller = new AbortController();
  const reason = new Error("Enough.");
  let abortedAt = 0;
  const model = strict(limits, noting(30), () => {
    void sleep(5).then(() => {
      abortedAt = performance.now();
      controller.abort(reason);
    });
    return { text: "Late.", delayMs: 60_000 };
  });
  const deaf = {
    ...model,
    respond: (r: never) =>
      model.respond({ ...(r as object), signal: new AbortController().signal } as never),
  };
  const agent = new Agent({ model: deaf, tools: [note], maxSteps: 50 });
  const result = await agent.run("Write.", { signal: controller.signal });
  expect(performance.now() - abortedAt).toBeLessThan(50);
  expect(result).toMatchObject({ status: "aborted", reason });
});
