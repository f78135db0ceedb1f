import { setTimeout as sleep } from "node:timers/promises";

import { Agent, tool, type Model } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test, vi } from "vitest";
import { z } from "zod";

import { Chance } from "../fuzz/chance.ts";
import { cut, inPieces } from "./in-pieces.ts";

const person = z.object({
  name: z.string(),
  age: z.number(),
  tags: z.array(z.string()).default([]),
});

/** What is shown of an answer while it arrives. */
async function shown(model: Model, output: z.ZodType): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const event of new Agent({ model, output }).stream("Who?"))
    if (event.type === "output-delta") values.push(event.output);
    else if (event.type === "reset") values.push("reset");
  return values;
}

test("an answer is shown while it arrives: texts grow, all else comes whole", async () => {
  const pieces = ['{"na', 'me":"A', "da ", 'L","age":3', "6", ',"tags":["a"', ",", '"b"]}'];
  expect(await shown(inPieces(pieces), person)).toEqual([
    {},
    { name: "A" },
    { name: "Ada " },
    { name: "Ada L" },
    { name: "Ada L", age: 36, tags: ["a"] },
    { name: "Ada L", age: 36, tags: ["a", "b"] },
  ]);
});

test("half an escape and half a character are not shown", async () => {
  const face = "😀";
  const pieces = [
    '{"a":"1',
    "\\",
    "n",
    "\\u00",
    "e9",
    "\\ud83d",
    "\\ude00",
    face[0],
    face[1],
    '"}',
  ];
  const values = await shown(inPieces(pieces as string[]), z.object({ a: z.string() }));
  expect(values.map((each) => (each as { a: string }).a)).toEqual([
    "1",
    "1\n",
    "1\né",
    "1\né😀",
    "1\né😀😀",
  ]);
});

test("what is in an envelope or a fence is shown without it", async () => {
  const list = z.array(z.number());
  const enveloped = ["{", '"value":', "[1,", "2]", "}"];
  expect(await shown(inPieces(enveloped), list)).toEqual([[1], [1, 2]]);
  const fenced = ["Here:\n``", "`json", "\n[", "7,8", "]\n```"];
  expect(await shown(inPieces(fenced), list)).toEqual([[], [7], [7, 8]]);
  const misled = ["{x}, that is:\n", '```json\n{"value":[7,', "8]}\n```"];
  expect(await shown(inPieces(misled), list)).toEqual([[7, 8]]);
  expect(await shown(inPieces(['{"value":', "4", "2}"]), z.number())).toEqual([42]);
  expect(await shown(inPieces(["4", "2"]), z.number())).toEqual([42]);
});

test("after a reset it begins anew", async () => {
  const model = inPieces(['{"name":"Bob', cut], ['{"name":"Ada"', ',"age":36}']);
  expect(await shown(model, person)).toEqual([
    { name: "Bob" },
    "reset",
    { name: "Ada" },
    { name: "Ada", age: 36 },
  ]);
});

test("what is no JSON shows nothing more, and each new try is shown from its beginning", async () => {
  const model = inPieces(['{"name":"Bob"', ",}}", '"age":1}'], ['{"name":"Ada","age":36}']);
  expect(await shown(model, person)).toEqual([{ name: "Bob" }, { name: "Ada", age: 36 }]);
});

test("only an answer that was asked for in the form is shown in part", async () => {
  const look = tool({ description: "Look", inputSchema: z.object({}), execute: () => 1 });
  const model = scripted([{ toolCalls: [{ name: "look" }] }, "{} is my answer.", '{"n": 1}']);
  const agent = new Agent({ model, tools: { look }, output: z.object({ n: z.number() }) });
  const types: string[] = [];
  for await (const { type } of agent.stream("Go.")) types.push(type);
  expect(types.filter((type) => type === "output-delta")).toHaveLength(2);
  expect(types.slice(types.lastIndexOf("step-start"))).toEqual([
    "step-start",
    "text-delta",
    "output-delta",
    "text-delta",
    "output-delta",
    "step-finish",
    "finish",
  ]);
});

test("nothing is made for a run that nobody watches", async () => {
  const model = inPieces(['{"name":"Ada"', ',"age":', "36", ',"tags":["a",', '"b"]}']);
  const agent = new Agent({ model, output: person });
  const parse = vi.spyOn(JSON, "parse");
  await agent.run("Who?");
  expect(parse).toHaveBeenCalledTimes(1);
  parse.mockRestore();
});

test("leaving in the middle of an answer ends it, also that of a subagent whose time is over", async () => {
  const alone = endless();
  for await (const event of new Agent({ model: alone, output: person }).stream("Who?"))
    if (event.type === "output-delta") break;
  expect(alone.isEnded).toBe(true);

  const inner = endless();
  const subagent = new Agent({ model: inner, output: person });
  const ask = subagent.asTool({ description: "Ask", timeoutMs: 20 });
  const model = scripted([{ toolCalls: [{ name: "ask", input: { task: "Who?" } }] }, "Done."]);
  let isHeld = false;
  for await (const event of new Agent({ model, tools: { ask } }).stream("Who?")) {
    const { type } = (event.type === "tool-progress" ? event.value : {}) as { type?: string };
    if (type !== "output-delta" || isHeld) continue;
    isHeld = true;
    await sleep(40);
  }
  expect([isHeld, inner.isEnded]).toEqual([true, true]);
});

test("every part of any JSON is a beginning of the whole, and the last part is the whole", async () => {
  for (let run = 0; run < 300; run++) {
    const chance = new Chance(7, run);
    const value = { it: anyJson(chance, 4) };
    const text = spaced(JSON.stringify(value, undefined, chance.of([undefined, 1])), chance);
    const values = await shown(inPieces(piecesOf(text, chance)), z.object({ it: z.any() }));
    const wrong = values.filter((part, at) => !isBeginning(part, values[at + 1] ?? value));
    expect({ run, wrong }).toEqual({ run, wrong: [] });
    expect({ run, last: values.at(-1) }).toEqual({ run, last: value });
  }
});

test("the work on a long answer grows with its length and not with the square of it", async () => {
  await timeOf(1000);
  const [, few] = await timeOf(2000);
  const [ms, many] = await timeOf(40_000);
  // Twenty times the length is a few more steps of two hundredths; made anew each time it would be 9.6 GB of JSON.
  expect(many).toBeLessThan(few + 200);
  expect(ms).toBeLessThan(5000);
});

/** A model that never comes to an end, and says whether it was ended. */
function endless(): Model & { isEnded: boolean } {
  return {
    id: "endless",
    capabilities: { tools: true },
    isEnded: false,
    async *respond() {
      try {
        for (;;) yield { type: "text-delta", text: '{"name":"A' };
      } finally {
        this.isEnded = true;
      }
    },
  };
}

/** How long it takes to show an answer of so many words, and in how many parts. */
async function timeOf(length: number): Promise<[ms: number, parts: number]> {
  const pieces = Array.from({ length }, (_, i) => `word${i % 10} `);
  const model = inPieces(['{"name":"', ...pieces, '","age":1}']);
  const startedAt = performance.now();
  const values = await shown(model, person);
  expect((values.at(-1) as { name: string }).name).toHaveLength(6 * length);
  return [performance.now() - startedAt, values.length];
}

function anyJson(chance: Chance, depth: number): unknown {
  const kind = chance.below(depth > 0 ? 6 : 4);
  const size = chance.below(4);
  if (kind === 0) return chance.of([null, true, false]);
  if (kind === 1) return chance.of([0, -1, 12.5, 1e21, -2.5e-7, 1234567]);
  if (kind <= 3) return anyText(chance);
  if (kind === 4) return Array.from({ length: size }, () => anyJson(chance, depth - 1));
  const entries = Array.from({ length: size }, () => [anyText(chance), anyJson(chance, depth - 1)]);
  return Object.fromEntries(entries) as unknown;
}

function anyText(chance: Chance): string {
  const parts = [
    "a",
    "é",
    "😀",
    '"',
    "\\",
    "\n",
    "{",
    "]",
    ",",
    ":",
    "\ud83d",
    "\u0000",
    "```",
    " ",
  ];
  return Array.from({ length: chance.below(8) }, () => chance.of(parts)).join("");
}

/** The same JSON with characters written as escapes, as some servers do. */
function spaced(json: string, chance: Chance): string {
  return json.replace(/[^ -~\n]/g, (c) =>
    chance.isOneIn(2) ? `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}` : c,
  );
}

function piecesOf(text: string, chance: Chance): string[] {
  const pieces: string[] = [];
  const most = chance.of([1, 3, 10, 40]);
  for (let at = 0; at < text.length;) {
    const length = chance.below(most) + 1;
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  return pieces;
}

/** Whether `part` can grow into `whole`: texts and lists by their ends, objects by new names, all else not at all. */
function isBeginning(part: unknown, whole: unknown): boolean {
  if (typeof part === "string") return typeof whole === "string" && whole.startsWith(part);
  if (typeof part !== "object" || part === null) return part === whole;
  if (typeof whole !== "object" || whole === null) return false;
  if (Array.isArray(part) !== Array.isArray(whole)) return false;
  return Object.entries(part).every(
    ([key, each]) =>
      Object.hasOwn(whole, key) && isBeginning(each, (whole as Record<string, unknown>)[key]),
  );
}
