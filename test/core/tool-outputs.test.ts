import { tool } from "@pawl/core";
import { expect, test } from "vitest";
import { z } from "zod";

import { callOf } from "./call-of.ts";

const nothing = z.object({});

test.for<[unknown, string]>([
  ["as it is", "as it is"],
  [{ a: [1, null] }, '{"a":[1,null]}'],
  [undefined, "(no output)"],
  ["", "(no output)"],
  [null, "null"],
  [{}, "{}"],
  [Object.create(null), "{}"],
])("an output is told as text, or as JSON (%#)", async ([output, content]) => {
  const it = tool({ description: "x", inputSchema: nothing, execute: () => output });

  expect(await callOf(it)).toMatchObject({ content, isError: false });
});

const circular: Record<string, unknown> = {};
circular["self"] = circular;

test.for(["é", "€", "😀"])(
  "an output of more than 256 KiB is cut between two characters (%s)",
  async (character) => {
    const bound = 256 * 1024;
    const whole = `ab${character.repeat(200_000)}`;
    const size = Buffer.byteLength(whole);
    const it = tool({ description: "x", inputSchema: nothing, execute: () => whole });

    const { content } = await callOf(it);

    const [kept = "", note] = content.split("\n");
    expect(whole.startsWith(kept)).toBe(true);
    expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(bound);
    expect(Buffer.byteLength(kept)).toBeGreaterThan(bound - 4);
    expect(note).toBe(
      `[cut: this is the first ${Buffer.byteLength(kept)} of ${size} bytes; ask for less at a time]`,
    );
  },
);

test("an output of just 256 KiB is whole", async () => {
  const whole = "x".repeat(256 * 1024);
  const it = tool({ description: "x", inputSchema: nothing, execute: () => whole });

  expect((await callOf(it)).content).toBe(whole);
});

test("a long error message is cut like an output", async () => {
  const it = tool({
    description: "x",
    inputSchema: nothing,
    execute: () => {
      throw new Error("x".repeat(300_000));
    },
  });

  const { content } = await callOf(it);

  expect(content.length).toBeLessThan(263_000);
  expect(content).toContain("[cut: ");
});

test.for([
  circular,
  { n: 1n },
  {
    toJSON: () => {
      throw new Error("no");
    },
  },
])("an output without a JSON form is an error that says that the tool ran (%#)", async (output) => {
  const it = tool({ description: "x", inputSchema: nothing, execute: () => output });

  const { content, isError, error } = await callOf(it);

  expect(content).toContain("The tool ran, but its output cannot be written as JSON");
  expect(isError).toBe(true);
  expect(error).toMatchObject({ code: "failed", outcome: "failed" });
});

test.for<[unknown, string]>([
  [() => 1, "function"],
  [Symbol("x"), "symbol"],
  [new Map([[1, 2]]), "Map"],
  [new Set([1]), "Set"],
  [new Error("x"), "Error"],
])("an output that JSON would make nothing of is an error (%#)", async ([output, kind]) => {
  const call = await callOf(
    tool({ description: "x", inputSchema: nothing, execute: () => output }),
  );
  expect(call).toMatchObject({ isError: true });
  expect(call.content).toContain(`it is a ${kind}): return text, numbers, lists`);
});
