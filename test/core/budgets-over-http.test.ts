import { Agent, tool, type Model, type RunState } from "@pawl/core";
import { chatCompletions } from "@pawl/models";
import { simulator, type ScriptedTurn } from "@pawl/simulator";
import { expect, test } from "vitest";
import { z } from "zod";

interface Body {
  readonly max_tokens?: number;
  readonly messages: readonly { readonly role: string; readonly content?: string | null }[];
}

function modelAt(baseURL: string): Model {
  return chatCompletions({ baseURL, model: "cohere/command-r-plus-08-2024" });
}

function stored(state: RunState): RunState {
  return JSON.parse(JSON.stringify(state)) as RunState;
}

function calls(count: number, name: string): ScriptedTurn["toolCalls"] {
  return Array.from({ length: count }, (_, n) => ({ name, input: { task: `Part ${n}` } }));
}

/** What a request asks for, used up to the last token that it allows but 900. */
function usageOf({ max_tokens: most = 900 }: Body) {
  const completion_tokens = Math.min(most, 900);
  return { prompt_tokens: 60, completion_tokens, total_tokens: 60 + completion_tokens };
}

function steps({ messages }: Body): number {
  return messages.filter(({ role }) => role === "assistant").length;
}

/** A head with 8 clerks, each of whom works three times; all their models are on one server. */
function firm(baseURL: string) {
  const done: string[] = [];
  const work = tool({
    description: "Work",
    inputSchema: z.object({ task: z.string() }),
    execute: (_, { idempotencyKey }) => void done.push(idempotencyKey),
  });
  const agent = () => {
    const clerk = new Agent({
      name: "clerk",
      instructions: "You are a clerk.",
      model: modelAt(baseURL),
      tools: { work },
    });
    return new Agent({
      name: "head",
      model: modelAt(baseURL),
      tools: { clerk: clerk.asTool({ description: "Works" }) },
    });
  };
  return { agent, done };
}

function script(body: Body): ScriptedTurn {
  const isClerk = body.messages[0]?.role === "system";
  const step = steps(body);
  const work = [{ name: "work", input: { task: `Step ${step}` } }];
  const toolCalls = isClerk ? work : calls(8, "clerk");
  const turn = step < (isClerk ? 3 : 1) ? { toolCalls } : { text: "Done." };
  return { ...turn, usage: usageOf(body), delayMs: 3 };
}

test("of 8 calls with 6 left exactly 6 begin, and the other 2 when there is more", async () => {
  await using server = await simulator({ script: [{ toolCalls: calls(8, "work") }, "Done."] });
  const done: string[] = [];
  const work = tool({
    description: "Work",
    inputSchema: z.object({ task: z.string() }),
    effect: "write",
    execute: ({ task }) => void done.push(task),
  });
  const agent = new Agent({ model: modelAt(server.url), tools: { work } });

  const stopped = await agent.run("Work.", { budget: { toolCalls: 6 } });
  expect(stopped).toMatchObject({ status: "stopped", reason: "budget", limit: "toolCalls" });
  expect(done).toHaveLength(6);
  const result = await agent.resume(stored(stopped.state), { budget: { toolCalls: 8 } });
  expect(result).toMatchObject({ status: "completed", text: "Done." });
  expect(done).toEqual(Array.from({ length: 8 }, (_, n) => `Part ${n}`));
  expect(server.requests).toHaveLength(2);
});

test("8 subagents share the tokens of the run, no request may use more, and a resume asks nothing twice", async () => {
  await using server = await simulator({ script: (request) => script(request as Body) });
  const { agent, done } = firm(server.url);

  let tokens = 12_000;
  let last = await agent().run("Work.", { budget: { tokens } });
  let stops = 0;
  for (; last.status === "stopped" && stops < 9; stops++) {
    expect(last.limit).toBe("tokens");
    expect(last.usage.totalTokens).toBeLessThanOrEqual(tokens);
    tokens += 6000;
    last = await agent().resume(stored(last.state), { budget: { tokens } });
  }

  expect([last.status, stops >= 2]).toEqual(["completed", true]);
  expect(done).toHaveLength(24);
  expect(new Set(done)).toHaveLength(24);
  // The head twice, and each clerk four times.
  expect(server.requests).toHaveLength(34);
  const longest = server.requests.map(({ body }) => (body as Body).max_tokens);
  expect(longest.every((each) => each !== undefined && each > 0)).toBe(true);
  const used = server.requests.map(({ body }) => usageOf(body as Body).total_tokens);
  expect(last.usage.totalTokens).toBe(used.reduce((sum, each) => sum + each, 0));
});

test("8 subagents share the dollars of the run, whose prices are learnt from the bills", async () => {
  await using server = await simulator({ script: (request) => script(request as Body) });
  const { agent } = firm(server.url);

  const stopped = await agent().run("Work.", { budget: { usd: 0.1 } });

  expect(stopped).toMatchObject({ status: "stopped", reason: "budget", limit: "usd" });
  expect(stopped.usage.usd).toBeLessThanOrEqual(0.1);
  expect(stopped.usage.usd).toBeGreaterThan(0.05);
});

test("a provider that states no cost fails a run with a budget in US dollars", async () => {
  const chunks = ['data: {"choices":[{"delta":{"content":"Done."},"finish_reason":"stop"}]}\n\n'];
  await using server = await simulator({ script: [{ chunks: [...chunks, "data: [DONE]\n\n"] }] });
  const agent = new Agent({ model: modelAt(server.url) });

  const failed = await agent.run("Work.", { budget: { usd: 0.1 } });

  expect(failed).toMatchObject({
    status: "failed",
    error: { message: expect.stringContaining("use a budget in tokens, or a model with prices") },
  });
});

test("a run whose time is over ends within 50 ms while its provider hangs", async () => {
  await using server = await simulator({ script: [{ hang: true }, "Done."] });
  const agent = new Agent({ model: modelAt(server.url) });
  const startedAt = performance.now();

  const stopped = await agent.run("Work.", { budget: { ms: 80 } });

  expect(performance.now() - startedAt).toBeLessThan(130);
  expect(stopped).toMatchObject({ status: "stopped", reason: "budget", limit: "ms" });
  const result = await agent.resume(stored(stopped.state), { budget: { ms: 5000 } });
  expect(result).toMatchObject({ status: "completed", text: "Done." });
});

test("writes to one file are made in the order in which the model asked for them", async () => {
  const diary: string[] = [];
  const append = tool({
    description: "Append to a file",
    inputSchema: z.object({ file: z.string(), text: z.string() }),
    effect: "write",
    resources: ({ file }) => file,
    execute: async ({ file, text }) => {
      await new Promise((resolve) => setTimeout(resolve, 12 - 4 * text.length));
      diary.push(`${file}: ${text}`);
    },
  });
  const texts = ["a", "bb", "ccc"];
  const toolCalls = texts.map((text) => ({ name: "append", input: { file: "x.txt", text } }));
  await using server = await simulator({ script: [{ toolCalls }, "Done."] });

  await new Agent({ model: modelAt(server.url), tools: { append } }).run("Write.");

  expect(diary).toEqual(["x.txt: a", "x.txt: bb", "x.txt: ccc"]);
});
