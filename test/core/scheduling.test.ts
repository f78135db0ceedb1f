import { setTimeout as sleep } from "node:timers/promises";

import { Agent, tool, type ToolEffect } from "@pawl/core";
import { scripted, type ScriptedCall } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

const file = z.object({ file: z.string(), ms: z.number().default(8) });

/** An agent that touches files, and a diary of when each call began and ended. */
function desk(calls: readonly ScriptedCall[], toolConcurrency = 64) {
  const diary: string[] = [];
  const touch = (verb: string, effect: ToolEffect, isList: boolean) =>
    tool({
      description: `${verb} a file`,
      inputSchema: file,
      effect,
      resources: (input: { file: string }) => (isList ? input.file.split("+") : input.file),
      execute: async ({ file: name, ms }) => {
        diary.push(`${verb} ${name}`);
        await sleep(ms);
        diary.push(`${verb} ${name} done`);
      },
    });
  const plain = tool({
    description: "Touch nothing",
    inputSchema: z.object({ name: z.string() }),
    effect: "write",
    execute: ({ name }) => void diary.push(name),
  });
  const agent = new Agent({
    model: scripted([{ toolCalls: calls }, "Done."]),
    tools: { write: touch("write", "write", true), read: touch("read", "read", false), plain },
    toolConcurrency,
  });
  return { agent, diary };
}

function call(name: string, files: string, ms?: number): ScriptedCall {
  return { name, input: ms === undefined ? { file: files } : { file: files, ms } };
}

test("64 calls of 20 ms that touch nothing in common take little more than 20 ms", async () => {
  const wait = tool({ description: "Wait", inputSchema: z.object({}), execute: () => sleep(20) });
  const toolCalls = Array.from({ length: 64 }, () => ({ name: "wait" }));
  const took: number[] = [];
  // The best of three: other work on the machine is nothing to them.
  for (let n = 0; n < 3; n++) {
    const model = scripted([{ toolCalls }, "Done."]);
    const startedAt = performance.now();
    await new Agent({ model, tools: { wait }, toolConcurrency: 64 }).run("Wait.");
    took.push(performance.now() - startedAt);
  }

  expect(Math.min(...took)).toBeLessThan(45);
});

test("writes to one file run in the order of the calls, whatever they take, and others beside them", async () => {
  const { agent, diary } = desk([
    call("write", "a", 15),
    call("write", "a", 1),
    call("write", "b", 5),
    call("write", "a", 5),
  ]);
  await agent.run("Write.");

  expect(diary).toEqual([
    "write a",
    "write b",
    "write b done",
    "write a done",
    "write a",
    "write a done",
    "write a",
    "write a done",
  ]);
});

test("reads of one file run beside each other, after the write before them and before the write after them", async () => {
  const { agent, diary } = desk([
    call("write", "a"),
    call("read", "a"),
    call("read", "a"),
    call("write", "a"),
    call("read", "a"),
  ]);
  await agent.run("Work.");

  const [write, writeDone] = ["write a", "write a done"];
  const [read, readDone] = ["read a", "read a done"];
  const begin = [write, writeDone, read, read, readDone, readDone];
  expect(diary).toEqual([...begin, write, writeDone, read, readDone]);
});

test("a write of two files waits for both, and those after it for it", async () => {
  const { agent, diary } = desk([
    call("write", "a", 1),
    call("write", "b", 12),
    call("write", "a+b", 1),
    call("read", "a", 1),
  ]);
  await agent.run("Work.");

  expect(diary.slice(0, 4)).toEqual(["write a", "write b", "write a done", "write b done"]);
  expect(diary.slice(4)).toEqual(["write a+b", "write a+b done", "read a", "read a done"]);
});

test("a call that waits for a file takes no place from one that does not", async () => {
  const { agent, diary } = desk(
    [call("write", "a", 20), call("write", "a", 1), { name: "plain", input: { name: "x" } }],
    2,
  );
  await agent.run("Work.");

  expect(diary.slice(0, 2)).toEqual(["write a", "x"]);
});

test("a call that is not run does not hold up those that touch the same file", async () => {
  const { agent, diary } = desk([
    { name: "write", input: { file: 7 } },
    { name: "nobody" },
    call("write", "a", 1),
  ]);
  const result = await agent.run("Work.");

  expect(result.status).toBe("completed");
  expect(diary).toEqual(["write a", "write a done"]);
});

test("a call that waits for a person does not hold up those that touch the same file", async () => {
  const done: string[] = [];
  const write = tool({
    description: "Write",
    inputSchema: z.object({ n: z.number() }),
    effect: "write",
    needsApproval: async ({ n }) => {
      await sleep(5);
      return n === 1;
    },
    resources: () => "a",
    execute: ({ n }) => done.push(String(n)),
  });
  const toolCalls = [1, 2, 3].map((n) => ({ id: `w${n}`, name: "write", input: { n } }));
  const agent = new Agent({ model: scripted([{ toolCalls }, "Done."]), tools: { write } });

  const paused = await agent.run("Write.");
  expect([paused.status, done]).toEqual(["paused", ["2", "3"]]);
  const decisions = [{ callId: "w1", approve: true }];
  await agent.resume(paused.state, { decisions });
  expect(done).toEqual(["2", "3", "1"]);
});

test("a write comes before the writes after it, even when it is checked for longer", async () => {
  const done: number[] = [];
  const write = tool({
    description: "Write",
    inputSchema: z.object({ n: z.number() }),
    effect: "write",
    needsApproval: async ({ n }) => {
      await sleep(n === 0 ? 8 : 1);
      return false;
    },
    resources: () => ["a"],
    execute: ({ n }) => void done.push(n),
  });
  const toolCalls = [0, 1, 2].map((n) => ({ name: "write", input: { n } }));
  const model = scripted([{ toolCalls }, "Done."]);
  await new Agent({ model, tools: { write } }).run("Write.");

  expect(done).toEqual([0, 1, 2]);
});

test("one call at a time means the order of the calls, however long their checks take", async () => {
  const done: number[] = [];
  const work = tool({
    description: "Work",
    inputSchema: z.object({ n: z.number() }),
    needsApproval: async ({ n }) => {
      await sleep(10 - n * 2);
      return false;
    },
    execute: ({ n }) => void done.push(n),
  });
  const toolCalls = [0, 1, 2, 3].map((n) => ({ name: "work", input: { n } }));
  const model = scripted([{ toolCalls }, "Done."]);
  await new Agent({ model, tools: { work }, toolConcurrency: 1 }).run("Work.");

  expect(done).toEqual([0, 1, 2, 3]);
});

test("resources that cannot be told fail their call, and nothing was done", async () => {
  const done: string[] = [];
  const work = tool({
    description: "Work",
    inputSchema: z.object({}),
    resources: () => {
      throw new Error("no such cupboard");
    },
    execute: () => void done.push("worked"),
  });
  const model = scripted([{ toolCalls: [{ name: "work" }, { name: "work" }] }, "Done."]);
  const result = await new Agent({ model, tools: { work } }).run("Work.");

  expect(done).toEqual([]);
  expect(result.steps[0]?.toolResults[0]?.error).toMatchObject({
    code: "failed",
    outcome: "not-run",
    message: "Not executed: no such cupboard",
  });
});

test("an abort ends the calls that wait for a file, within 50 ms", async () => {
  const { agent, diary } = desk([call("write", "a", 500), call("write", "a"), call("read", "a")]);
  const startedAt = performance.now();

  const result = await agent.run("Work.", { signal: AbortSignal.timeout(20) });

  expect(performance.now() - startedAt).toBeLessThan(70);
  expect([result.status, diary]).toEqual(["aborted", ["write a"]]);
});
