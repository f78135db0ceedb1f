import { expect, test } from "vitest";
import { z } from "zod";

import { Agent, memoryResults, tool, type Message, type ResultStore } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { prose } from "./strict.ts";

const text = `${prose(100_000)}THE END`;
const dumping = {
  description: "Gives much.",
  inputSchema: z.object({ length: z.number().optional() }),
  execute: ({ length = text.length }: { readonly length?: number | undefined }): string =>
    text.slice(0, length),
};
const dump = tool({ ...dumping, name: "dump" });

function contents(messages: readonly Message[]): string[] {
  return messages.flatMap((each) => (each.role === "tool" ? [each.content] : []));
}

test("of a large result the model reads the beginning, and as much more as it asks for", async () => {
  const model = scripted([
    { toolCalls: [{ id: "call-7", name: "dump" }] },
    { toolCalls: [{ name: "read_result", input: { id: "call-7", offset: 2048 } }] },
    { toolCalls: [{ name: "read_result", input: { id: "call-7", offset: 99_990, length: 100 } }] },
    "Read.",
  ]);
  const agent = new Agent({ model, tools: [dump], offload: { store: memoryResults() } });
  const result = await agent.run("Dump it.");
  expect(result.status).toBe("completed");
  const [first, second, third] = contents(result.messages);
  expect(first).toBe(
    `${text.slice(0, 2048)}\n[cut: these are the first 2048 of 100007 characters; read on with read_result({ "id": "call-7", "offset": 2048 })]`,
  );
  expect(second).toBe(
    `${text.slice(2048, 10_240)}\n[characters 2048 to 10240 of 100007; read on from offset 10240]`,
  );
  expect(third).toBe(`${text.slice(99_990)}\n[characters 99990 to 100007 of 100007, the end]`);
  expect(model.requests[0]?.tools.map(({ name }) => name)).toEqual(["dump", "read_result"]);
  expect(result.steps[0]?.toolResults[0]).toMatchObject({ output: text });
});

test("what is small enough is given as it is, and nothing is kept of it", async () => {
  const ids: string[] = [];
  const store: ResultStore = {
    put: async (id) => void ids.push(id),
    get: async () => undefined,
  };
  const small = { toolCalls: [{ name: "dump", input: { length: 5000 } }] };
  const large = { toolCalls: [{ name: "dump", input: { length: 5001 } }] };
  const agent = new Agent({
    model: scripted([small, large, "Done."]),
    tools: [dump],
    offload: { store, bytes: 5000 },
  });
  const result = await agent.run("Dump.", { runId: "run-1" });
  const [first, second] = contents(result.messages);
  expect(first).toBe(text.slice(0, 5000));
  expect(second).toContain("[cut: ");
  expect(ids).toEqual(["run-1:call-2"]);
});

test("what is asked for is given whole, up to 16,384 characters at a time", async () => {
  const model = scripted([
    { toolCalls: [{ name: "dump" }] },
    { toolCalls: [{ name: "read_result", input: { id: "call-1", length: 100_000 } }] },
    "Done.",
  ]);
  const agent = new Agent({
    model,
    tools: [dump],
    offload: { store: memoryResults(), bytes: 4096 },
  });
  const result = await agent.run("Dump.");
  expect(contents(result.messages)[1]).toBe(
    `${text.slice(0, 16_384)}\n[characters 0 to 16384 of 100007; read on from offset 16384]`,
  );
});

test("results of more than 256 KiB are kept whole, objects as JSON, and characters are not cut in half", async () => {
  const store = memoryResults();
  const rows = Array.from({ length: 40_000 }, (_, id) => ({ id, face: "😀" }));
  const list = tool({ ...dumping, name: "list", execute: () => rows });
  const faces = tool({ ...dumping, name: "faces", execute: () => `x${"😀".repeat(50_000)}` });
  const model = scripted([
    { toolCalls: [{ name: "list" }, { name: "faces" }] },
    { toolCalls: [{ name: "read_result", input: { id: "call-2", offset: 2048, length: 3 } }] },
    "Done.",
  ]);
  const agent = new Agent({ model, tools: [list, faces], offload: { store } });
  const result = await agent.run("List.", { runId: "run-1" });
  expect(await store.get("run-1:call-1")).toBe(JSON.stringify(rows));
  const [, second, third] = contents(result.messages);
  expect(second).toMatch(/😀\n\[cut: these are the first 2047 of /);
  expect(third).toBe("😀\n[characters 2047 to 2049 of 100001; read on from offset 2049]");
});

test("a run reads its own results and no others, and is told when there is none", async () => {
  const asked: string[] = [];
  const memory = memoryResults();
  const store = { ...memory, get: (id: string) => (asked.push(id), memory.get(id)) };
  await store.put("run-2:call-1", "A secret.");
  await store.put("other", "A secret.");
  const asks = ["call-1", "run-2:call-1", "../other", "/other"].map((id) => ({
    toolCalls: [{ name: "read_result", input: { id } }],
  }));
  const past = { toolCalls: [{ name: "read_result", input: { id: "call-9", offset: 200_000 } }] };
  const wrong = { toolCalls: [{ name: "read_result", input: { id: "call-9", offset: -1 } }] };
  const agent = new Agent({
    model: scripted([
      { toolCalls: [{ id: "call-9", name: "dump" }] },
      ...asks,
      past,
      wrong,
      "Done.",
    ]),
    tools: [dump],
    offload: { store },
  });
  const result = await agent.run("Read what you can.", { runId: "run-1" });
  const [, ...refused] = contents(result.messages);
  for (const each of refused.slice(0, 4)) expect(each).toMatch(/^Error: There is no result kept/);
  expect(refused[4]).toMatch(/has 100007 characters: "offset" must be less/);
  expect(refused[5]).toContain("offset: must be a whole number of at least 0");
  expect(JSON.stringify(result.messages)).not.toContain("secret");
  for (const id of asked) expect(id).toMatch(/^run-1:[\w.:-]+$/);
});

test("a store that fails or hangs loses the rest of a result, not the call", async () => {
  const failing: ResultStore = {
    put: () => Promise.reject(new Error("The disk is full.")),
    get: async () => undefined,
  };
  const broken: ResultStore = {
    put: () => {
      throw new Error("Not even a promise.");
    },
    get: async () => undefined,
  };
  const hanging: ResultStore = { put: () => new Promise(() => {}), get: async () => undefined };
  for (const store of [failing, broken, hanging]) {
    const model = scripted([{ toolCalls: [{ name: "dump" }] }, "Done."]);
    const slow = tool({ ...dumping, name: "dump", timeoutMs: 30 });
    const agent = new Agent({ model, tools: [slow], offload: { store } });
    const result = await agent.run("Dump.");
    expect(result.status).toBe("completed");
    const [only] = result.messages.filter((each) => each.role === "tool");
    expect(only?.isError).toBeUndefined();
    expect(only?.content).toMatch(/; the rest could not be kept; ask for less at a time\]$/);
  }
});

test("a store in memory forgets the oldest when it is full", async () => {
  const store = memoryResults({ characters: 100 });
  await store.put("a", "x".repeat(60));
  await store.put("a", "y".repeat(60));
  await store.put("b", "z".repeat(40));
  expect(await store.get("a")).toBe("y".repeat(60));
  await store.put("c", "z");
  expect(await store.get("a")).toBeUndefined();
  expect(await store.get("b")).toHaveLength(40);
  await store.put("d", "x".repeat(101));
  expect(await store.get("d")).toBeUndefined();
  expect(() => memoryResults({ characters: 0 })).toThrow(/"characters" must be a whole number/);
});

test("wrong options are refused at once", () => {
  const model = scripted([]);
  const store = memoryResults();
  const make =
    (options: object): (() => unknown) =>
    () =>
      new Agent({ model, ...options });
  const taken = tool({ ...dumping, name: "read_result" });
  expect(make({ tools: [taken], offload: { store } })).toThrow(
    new TypeError(
      'Agent: with "offload" no tool of yours can be named "read_result"; give it another name.',
    ),
  );
  expect(make({ tools: [taken] })).not.toThrow();
  expect(make({ offload: {} })).toThrow(/"offload.store" must have "put" and "get"/);
  expect(make({ offload: { store, bytes: 100 } })).toThrow(
    /"offload.bytes" must be a whole number of at least 4096/,
  );
  expect(make({ offload: { store, byte: 1 } })).toThrow(/unknown option "byte"/);
  expect(make({ compaction: { tokens: 10 } })).toThrow(
    /"compaction.tokens" must be .* at least 500/,
  );
  expect(make({ compaction: { keepSteps: 0 } })).toThrow(/"compaction.keepSteps" must be/);
  expect(make({ compaction: { keepStep: 1 } })).toThrow(/unknown option "keepStep"/);
  expect(make({ compaction: { summarize: "yes" } })).toThrow(
    /"compaction.summarize" must be true, false, or a model/,
  );
  expect(make({ compaction: { instructions: 1 } })).toThrow(
    /"compaction.instructions" must be a string/,
  );
  expect(make({ compaction: true })).toThrow(/takes an object of options/);
});
