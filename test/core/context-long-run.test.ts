import { expect, test } from "vitest";
import { z } from "zod";

import { Agent, tool, type CompactionEvent, type Message } from "@pawl/core";
import type { ScriptedTurn } from "@pawl/core/testing";
import { continues, prose, sizeOf, strict } from "./strict.ts";

const reading = { description: "Reads a file.", inputSchema: z.object({ file: z.number() }) };
const read = tool({
  ...reading,
  name: "read_file",
  execute: ({ file }) => prose(10_240, file),
});

function fiveReads(step: number): string | ScriptedTurn {
  return step > 5 ? "Done." : { toolCalls: [{ name: "read_file", input: { file: step } }] };
}

test("200 steps with results of 10 KB never ask for more than a model of 8,000 tokens takes in", async () => {
  const model = strict({ contextTokens: 8000 }, (step) =>
    step > 200 ? "Done." : { toolCalls: [{ name: "read_file", input: { file: step } }] },
  );
  const agent = new Agent({ model, tools: [read], maxSteps: 300 });
  const events: CompactionEvent[] = [];
  const stream = agent.stream("Read all the files.");
  for await (const event of stream) if (event.type === "compaction") events.push(event);
  const result = await stream.result;

  expect(result).toMatchObject({ status: "completed", text: "Done." });
  expect(model.requests).toHaveLength(201);
  expect(result.messages).toHaveLength(402);
  expect(result.messages.filter(({ content }) => content.length === 10_240)).toHaveLength(200);
  for (const { messages } of model.requests.slice(1)) {
    expect(messages[0]?.content).toMatch(/^Read all the files\./);
    const last = messages.at(-1)?.content as string;
    expect(last.length).toBeGreaterThan(10_000);
  }
  expect(model.summaries.length).toBeGreaterThan(2);
  expect(model.summaries.length).toBeLessThan(20);
  expect(events).toHaveLength(model.summaries.length);
  for (const { before, after } of events) expect(after).toBeLessThan(before / 2);
});

test("where a model has room for many steps, what it is sent seldom changes but at its end", async () => {
  const model = strict({ contextTokens: 128_000, maxOutputTokens: 4096 }, (step) =>
    step > 200 ? "Done." : { toolCalls: [{ name: "read_file", input: { file: step } }] },
  );
  const result = await new Agent({ model, tools: [read], maxSteps: 300 }).run("Read them.");
  expect(result.status).toBe("completed");
  const changes = model.requests.filter((request, i) => {
    const before = model.requests[i - 1];
    return before && !continues(before, request);
  });
  expect(changes.length).toBeGreaterThan(2);
  expect(changes.length).toBeLessThan(15);
  for (const { messages } of changes) expect(sizeOf(messages)).toBeLessThan(75_000);
  const { messages } = model.requests[200] ?? { messages: [] };
  expect(messages[2]?.content).toBe(
    "[result removed to make room: 10,240 characters of read_file]",
  );
  for (const { content } of messages.filter(({ role }) => role === "tool").slice(-3))
    expect(content).toHaveLength(10_240);
});

test("eight calls at a time with 200 KB each fit too, and all are answered in order", async () => {
  const dump = tool({ ...reading, name: "dump", execute: ({ file }) => prose(200_000, file) });
  const model = strict({ contextTokens: 16_000 }, (step) =>
    step > 12
      ? "Done."
      : { toolCalls: Array.from({ length: 8 }, (_, i) => ({ name: "dump", input: { file: i } })) },
  );
  const result = await new Agent({ model, tools: [dump], maxRepeats: Infinity }).run("Dump them.");
  expect(result).toMatchObject({ status: "completed", text: "Done." });
  const last = model.requests.at(-1)?.messages.slice(-8) ?? [];
  for (const { content } of last) {
    expect(content).toMatch(/\n\[removed here to make room: 19\d,\d{3} characters of dump\]\n/);
    expect(content.length).toBeGreaterThan(2000);
  }
});

test("a huge result gives way to those before it, down to half of the room", async () => {
  const model = strict({ contextTokens: 16_000 }, (step) =>
    step > 2 ? "Done." : { toolCalls: [{ name: "dump", input: { file: 20 ** (step + 2) } }] },
  );
  const dump = tool({ ...reading, name: "dump", execute: ({ file }) => prose(file) });
  await new Agent({ model, tools: [dump] }).run("Dump them.");
  const [first = "", second = ""] = (model.requests[2]?.messages ?? []).flatMap((each) =>
    each.role === "tool" ? [each.content] : [],
  );
  expect(first.length).toBeGreaterThan(7000);
  expect(second.length).toBeGreaterThan(25_000);
});

test("of many tools only those count that are offered", async () => {
  const many = Array.from({ length: 200 }, (_, i) =>
    tool({
      name: `read_${i}`,
      description: prose(400, i),
      inputSchema: reading.inputSchema,
      execute: () => "Read.",
    }),
  );
  const model = strict({ contextTokens: 8000 }, () => "Done.");
  const result = await new Agent({ model, tools: many, toolSearch: true }).run("Say done.");
  expect(result.status).toBe("completed");
  expect(model.summaries).toHaveLength(0);
  const again = await new Agent({ model, tools: many, toolSearch: true }).run([
    ...[1, 2, 3, 4, 5].flatMap((n): Message[] => [
      { role: "user", content: prose(500, n) },
      { role: "assistant", content: prose(4000, n) },
    ]),
    { role: "user", content: "Say done." },
  ]);
  expect(again.state.view).toBeUndefined();
});

test("prepareStep is shown what the model would be sent", async () => {
  const shown: (readonly Message[])[] = [];
  const model = strict({ contextTokens: 8000 }, (step) =>
    step > 12 ? "Done." : { toolCalls: [{ name: "read_file", input: { file: step } }] },
  );
  const agent = new Agent({
    model,
    tools: [read],
    prepareStep: ({ messages }) => void shown.push([...messages]),
  });
  const result = await agent.run("Read them.");
  expect(result.status).toBe("completed");
  expect(shown).toEqual(model.requests.map(({ messages }) => messages));
});

test("a short run is sent as it is, and so is any run of a model whose room nobody knows", async () => {
  const roomy = strict({ contextTokens: 100_000 }, fiveReads);
  const unknown = strict({}, fiveReads);
  const off = strict({}, fiveReads);
  const talker = strict({ contextTokens: 100_000, maxOutputTokens: 100_000 }, fiveReads);
  const small = { tokens: 2000 };
  for (const [model, compaction] of [
    [roomy, undefined],
    [unknown, undefined],
    [off, false],
    [talker, undefined],
  ] as const) {
    const result = await new Agent({ model, tools: [read], compaction }).run("Read them.");
    expect(model.requests.at(-1)?.messages).toEqual(result.messages.slice(0, -1));
    expect(
      result.messages.slice(0, -1).every((m, i) => m === model.requests.at(-1)?.messages[i]),
    ).toBe(true);
    expect(result.state.view).toBeUndefined();
  }
  const mute = { id: "mute", respond: (request) => unknown.respond(request) } as typeof unknown;
  expect((await new Agent({ model: mute, tools: [read] }).run("Read them.")).status).toBe(
    "completed",
  );
  const limited = strict({}, fiveReads);
  await new Agent({ model: limited, tools: [read], compaction: small }).run("Read them.");
  for (const { messages } of limited.requests) expect(sizeOf(messages)).toBeLessThan(2300);
});
