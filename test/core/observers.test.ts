import { setTimeout as sleep } from "node:timers/promises";

import { Agent, tool } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

const add = tool({
  description: "Add two numbers",
  inputSchema: z.object({ a: z.number(), b: z.number() }),
  execute: ({ a, b }) => a + b,
});

const turns = [{ toolCalls: [{ name: "add", input: { a: 1, b: 2 } }] }, "3"];

test("observers see the events of all runs, each with its run", async () => {
  const agent = new Agent({ model: scripted(["One.", "Two."]) });
  const seen: string[] = [];
  agent.on("finish", ({ result }, { runId }) => seen.push(`${runId} ${result.status}`));

  await agent.run("Hi", { runId: "a" });
  await agent.stream("Hi", { runId: "b" }).result;

  expect(seen).toEqual(["a completed", "b completed"]);
});

test("an observer sees what the reader of the stream sees", async () => {
  const agent = new Agent({ model: scripted(turns), tools: { add } });
  const seen: unknown[] = [];
  agent
    .on("tool-result", (event) => seen.push(event))
    .on("step-start", (event) => seen.push(event));
  const read: unknown[] = [];
  for await (const event of agent.stream("1+2?"))
    if (event.type === "tool-result" || event.type === "step-start") read.push(event);

  expect(seen).toEqual(read);
  expect(seen).toHaveLength(3);
});

test("an observer that was taken back sees nothing more", async () => {
  const agent = new Agent({ model: scripted(["One.", "Two."]) });
  let count = 0;
  const listener = (): number => count++;

  agent.on("start", listener);
  await agent.run("Hi");
  agent.off("start", listener);
  await agent.run("Hi");

  expect(count).toBe(1);
});

test("an observer that throws is a warning, and disturbs neither the run nor other observers", async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error): unknown => warnings.push(warning);
  process.on("warning", onWarning);
  const agent = new Agent({ model: scripted(turns), tools: { add } });
  let count = 0;
  agent.on("tool-result", () => {
    throw new Error("broken observer");
  });
  agent.on("finish", () => {
    throw Object.create(null);
  });
  agent.on("start", async () => {
    throw new Error("broken later");
  });
  agent.on("tool-result", () => count++);

  const result = await agent.run("1+2?");
  await sleep(5);
  process.off("warning", onWarning);

  expect(result).toMatchObject({ status: "completed", output: "3" });
  expect(count).toBe(1);
  expect(warnings.map(({ message }) => message)).toEqual([
    'An observer of "start" threw: broken later',
    'An observer of "tool-result" threw: broken observer',
    'An observer of "finish" threw: something without a message was thrown',
  ]);
});

test("observers do not slow a run", async () => {
  const agent = new Agent({ model: scripted(turns), tools: { add } });
  agent.on("tool-start", async () => sleep(5_000, undefined, { ref: false }));

  const startedAt = performance.now();
  await agent.run("1+2?");

  expect(performance.now() - startedAt).toBeLessThan(1_000);
});
