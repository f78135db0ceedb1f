import { setTimeout as sleep } from "node:timers/promises";

import { tool } from "@pawl/core";
import { expect, test } from "vitest";
import { z } from "zod";

import { callOf } from "./call-of.ts";

const nothing = z.object({});

test("a call of an unknown tool is answered with the names of the tools", async () => {
  const it = tool({ description: "x", inputSchema: nothing, execute: () => 1 });

  const { content, isError, error } = await callOf(it, { name: "serach" });

  expect(content).toBe('There is no tool "serach". The tools are: it.');
  expect(isError).toBe(true);
  expect(error).toMatchObject({ code: "unknown-tool", outcome: "not-run" });
});

test("arguments that do not fit are answered with the field and the schema, and nothing runs", async () => {
  let runs = 0;
  const it = tool({
    description: "x",
    inputSchema: z.object({ invoice: z.object({ amount: z.number() }) }),
    execute: () => runs++,
  });

  const { content, error, events } = await callOf(it, { input: { invoice: { amount: "five" } } });

  expect(content).toContain("invoice.amount: ");
  expect(content).toContain('"amount":{"type":"number"}');
  expect(error).toMatchObject({ code: "invalid-input", outcome: "not-run" });
  expect(events.some(({ type }) => type === "tool-start" || type === "tool-end")).toBe(false);
  expect(runs).toBe(0);
});

test("a call whose arguments are not proven complete never runs", async () => {
  let runs = 0;
  const it = tool({ description: "x", inputSchema: nothing, execute: () => runs++ });

  const { content, error } = await callOf(it, {
    invalid: { reason: "the answer was cut", text: '{"amount": 1' },
  });

  expect(content).toContain("Not executed: the answer was cut.");
  expect(error).toMatchObject({ code: "invalid-input", outcome: "not-run" });
  expect(runs).toBe(0);
});

test("a thrown error tells the model its message, and watchers its cause", async () => {
  const cause = new Error("password=hunter2");
  const thrown = new Error("The bank is closed.", { cause });
  const it = tool({
    description: "x",
    inputSchema: nothing,
    execute: async () => {
      await sleep(1);
      throw thrown;
    },
  });

  const { content, isError, error, prompt } = await callOf(it);

  expect(content).toBe("Error: The bank is closed.");
  expect(isError).toBe(true);
  expect(error).toMatchObject({ code: "failed", outcome: "failed" });
  expect(error?.cause).toBe(thrown);
  expect(prompt).not.toContain("hunter2");
  expect(prompt).not.toContain("tools.test");
});

test.for<[unknown, string]>([
  ["no luck", "Error: no luck"],
  [undefined, "Error: undefined"],
  [7n, "Error: 7"],
  [Symbol("x"), "Error: Symbol(x)"],
  [{ message: "an object's" }, "Error: an object's"],
  [{ key: "secret" }, "Error: something without a message was thrown"],
  [Object.create(null), "Error: something without a message was thrown"],
  [new RangeError(), "Error: RangeError"],
])("a tool may throw anything, at once or later (%#)", async ([thrown, content]) => {
  const fail = () => {
    throw thrown;
  };
  const atOnce = tool({ description: "x", inputSchema: nothing, execute: fail });
  const later = tool({
    description: "x",
    inputSchema: nothing,
    execute: () => sleep(1).then(fail),
  });

  for (const it of [atOnce, later]) {
    const got = await callOf(it);
    expect(got).toMatchObject({ content, error: { code: "failed", outcome: "failed" } });
    expect(got.error?.cause).toBe(thrown ?? undefined);
  }
});
