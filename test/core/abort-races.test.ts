import { getEventListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

import { Agent, tool } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

const nothing = z.object({});
const never = (): Promise<never> => new Promise(() => {});

test("an aborted run goes on from its state, and repeats no call", async () => {
  let runs = 0;
  const controller = new AbortController();
  const wait = tool({
    description: "Wait",
    inputSchema: nothing,
    execute: () => {
      runs++;
      controller.abort();
      return never();
    },
  });
  const model = scripted([{ toolCalls: [{ name: "wait" }] }, "It was cut short."]);
  const agent = new Agent({ model, tools: { wait } });

  const aborted = await agent.run("Go.", { signal: controller.signal });
  const result = await agent.resume(aborted.state);

  expect(aborted.status).toBe("aborted");
  expect(result).toMatchObject({ status: "completed", output: "It was cut short." });
  expect(runs).toBe(1);
});

test("a deaf tool that ends after its run changes nothing of the result", async () => {
  const isLate = Promise.withResolvers<string>();
  const wait = tool({
    description: "Wait",
    inputSchema: nothing,
    execute: (_, { spend }) =>
      isLate.promise.finally(() => spend({ inputTokens: 1, outputTokens: 1, totalTokens: 2 })),
  });
  const agent = new Agent({
    model: scripted([{ toolCalls: [{ name: "wait" }] }]),
    tools: { wait },
  });

  const result = await agent.run("Go.", { signal: AbortSignal.timeout(20) });
  const before = JSON.stringify(result);
  isLate.resolve("too late");
  await sleep(10);

  expect(JSON.stringify(result)).toBe(before);
  expect(result.messages.at(-1)?.content).not.toContain("too late");
});

test("a pause, a timeout, a failure and an abort at once end as aborted with valid messages", async () => {
  const slow = tool({ description: "x", inputSchema: nothing, timeoutMs: 20, execute: never });
  const bad = tool({
    description: "x",
    inputSchema: nothing,
    execute: async () => {
      await sleep(20);
      throw new Error("bad");
    },
  });
  const pay = tool({
    description: "x",
    inputSchema: nothing,
    needsApproval: () => sleep(20, true),
    execute: () => "paid",
  });
  const tools = {
    slow,
    bad,
    pay,
    wait: tool({ description: "x", inputSchema: nothing, execute: never }),
  };
  const toolCalls = Array.from({ length: 16 }, (_, i) => ({
    name: ["slow", "bad", "pay", "wait"][i % 4] ?? "",
  }));

  await Promise.all(
    Array.from({ length: 40 }, async (_, i) => {
      const agent = new Agent({ model: scripted([{ toolCalls }]), tools });
      const result = await agent.run("Go.", { signal: AbortSignal.timeout(10 + (i % 20)) });
      expect(result.status).toBe("aborted");
      const answered = result.messages.flatMap((each) =>
        each.role === "tool" ? [each.callId] : [],
      );
      expect(new Set(answered).size).toBe(answered.length);
      const open = toolCalls.flatMap(({ name }, n) =>
        answered.includes(`call-${n + 1}`) ? [] : [name],
      );
      // Only a call that waits for a person may be without an answer.
      expect(new Set([...open, "pay"])).toEqual(new Set(["pay"]));
    }),
  );
});

test("a thousand runs on one signal leave no listener and print no warning", async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error): unknown => warnings.push(warning);
  process.on("warning", onWarning);
  const controller = new AbortController();
  const { signal } = controller;
  const hear = tool({
    description: "Hear",
    inputSchema: nothing,
    timeoutMs: 1_000,
    execute: (_, options) => sleep(1, "ok", { signal: options.signal }),
  });
  const toolCalls = Array.from({ length: 3 }, () => ({ name: "hear" }));

  for (let batch = 0; batch < 5; batch++)
    await Promise.all(
      Array.from({ length: 200 }, async () => {
        const agent = new Agent({ model: scripted([{ toolCalls }, "Done."]), tools: { hear } });
        expect((await agent.run("Go.", { signal })).status).toBe("completed");
      }),
    );
  await sleep(1);
  process.off("warning", onWarning);

  expect(getEventListeners(signal, "abort")).toHaveLength(0);
  expect(warnings).toEqual([]);
});

test("streams that nobody reads hold on to no signal", () => {
  const { signal } = new AbortController();
  const agent = new Agent({ model: scripted([]) });

  for (let i = 0; i < 20; i++) agent.stream("Hi", { signal });

  expect(getEventListeners(signal, "abort")).toHaveLength(0);
});

test("a signal that is aborted before its stream is read still ends it", async () => {
  const controller = new AbortController();
  const model = scripted(["Hello."]);
  const stream = new Agent({ model }).stream("Hi", { signal: controller.signal });
  controller.abort("meanwhile");

  expect(await stream.result).toMatchObject({ status: "aborted", reason: "meanwhile" });
  expect(model.requests).toHaveLength(0);
});

test("the tools of a subagent that is left in the middle are closed", async () => {
  let isClosed = false;
  const work = tool({
    description: "Work",
    inputSchema: nothing,
    execute: async function* () {
      try {
        yield "at work";
        await never();
      } finally {
        isClosed = true;
      }
    },
  });
  const inner = new Agent({
    model: scripted([{ toolCalls: [{ name: "work" }] }]),
    tools: { work },
  });
  const turn = { toolCalls: [{ name: "expert", input: { task: "Work." } }] };
  const controller = new AbortController();
  const agent = new Agent({
    model: scripted([turn]),
    tools: { expert: inner.asTool({ description: "x" }) },
  });
  const stream = agent.stream("Go.", { signal: controller.signal });
  for await (const event of stream)
    if (event.type === "tool-progress" && JSON.stringify(event.value).includes("at work"))
      controller.abort();
  await sleep(5);

  expect(isClosed).toBe(true);
  expect(await stream.result).toMatchObject({ status: "aborted" });
});

test("an abort without a reason has the signal's own", async () => {
  const signal = AbortSignal.abort();

  const result = await new Agent({ model: scripted([]) }).run("Hi", { signal });

  expect(result.status === "aborted" && result.reason).toBe(signal.reason);
});
