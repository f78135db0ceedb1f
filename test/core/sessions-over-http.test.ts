import { setTimeout as sleep } from "node:timers/promises";

import { Agent, memorySession, tool, type Message } from "@pawl/core";
import { chatCompletions } from "@pawl/models";
import { simulator, type ChatRequest, type ScriptedTurn } from "@pawl/simulator";
import { expect, test } from "vitest";

// @boundaries-ignore that nothing is left over can be seen nowhere else
import { busySessions } from "../../packages/core/src/session/session-turn.ts";

/** The same numbers from 0 to 1 for the same seed (mulberry32, public domain). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Answers after a while: a call first, then the name of the run; a run that says so fails instead. */
async function answer({ messages }: ChatRequest): Promise<ScriptedTurn> {
  const asked = messages.findLast(({ role }) => role === "user");
  const [name = "", ms, fate] = JSON.stringify(asked?.content).slice(1, -1).split(" ");
  await sleep(Number(ms));
  if (fate === "fails") return { status: 400 };
  const isFirst = messages.at(-1)?.role === "user";
  return isFirst ? { toolCalls: [{ name: "look" }] } : { text: `answer to ${name}` };
}

const look = tool({
  description: "Look",
  inputSchema: { type: "object", properties: {} },
  execute: async () => {
    await sleep(1);
    return "seen";
  },
});

function wordsOf(messages: readonly Message[]): string[] {
  return messages.map(({ role, content }) => `${role}: ${JSON.stringify(content)}`);
}

test.each([1, 2, 3, 4])(
  "concurrent runs on one session are never interleaved, whatever becomes of them (seed %i)",
  async (seed) => {
    const random = chance(seed);
    await using server = await simulator({ script: answer });
    const agent = new Agent({
      model: chatCompletions({ baseURL: server.url, model: "cohere/command-r-plus-08-2024" }),
      tools: { look },
    });
    const sessions = [memorySession(), memorySession()];

    const runs = Array.from({ length: 14 }, async (_, number) => {
      const session = sessions[random() < 0.7 ? 0 : 1] ?? memorySession();
      const fate = random() < 0.2 ? "fails" : "answers";
      const isAborted = random() < 0.2;
      const signal = isAborted ? AbortSignal.timeout(Math.ceil(random() * 60)) : undefined;
      const input = `run-${number} ${Math.floor(random() * 12)} ${fate}`;
      await sleep(random() * 20);
      const result = await agent.run(input, { session, ...(signal && { signal }) });
      return { input, result, session };
    });
    const ended = await Promise.all(runs);

    for (const session of sessions) {
      const said = await session.load();
      const blocks = ended.filter(
        (each) => each.session === session && each.result.status === "completed",
      );
      expect(said).toHaveLength(blocks.length * 4);
      for (let start = 0; start < said.length; start += 4) {
        const block = said.slice(start, start + 4);
        const { input = "", result } =
          blocks.find((each) => each.input === block[0]?.content) ?? {};
        expect(wordsOf(block)).toEqual([
          `user: ${JSON.stringify(input)}`,
          'assistant: ""',
          'tool: "seen"',
          `assistant: "answer to ${input.split(" ")[0]}"`,
        ]);
        // It began with all that stands before it, and with nothing else.
        expect(wordsOf(result?.messages ?? [])).toEqual(wordsOf(said.slice(0, start + 4)));
      }
    }
    expect(ended.some(({ result }) => result.status === "completed")).toBe(true);
    expect(busySessions()).toBe(0);
  },
);

test("what a model is sent over the wire begins with the session's history", async () => {
  await using server = await simulator({ script: ["Hello Ada.", { status: 400 }, "Ada."] });
  const agent = new Agent({
    model: chatCompletions({ baseURL: server.url, model: "cohere/command-r-plus-08-2024" }),
  });
  const session = memorySession();

  await agent.run("I am Ada.", { session });
  const failed = await agent.run("Who am I?", { session });
  const done = await agent.resume(failed.state, { session });

  expect(failed.status).toBe("failed");
  expect(done).toMatchObject({ status: "completed", output: "Ada." });
  const sent = server.requests.map(({ body }) => (body as ChatRequest).messages);
  expect(sent.map((messages) => messages.map(({ content }) => content))).toEqual([
    ["I am Ada."],
    ["I am Ada.", "Hello Ada.", "Who am I?"],
    ["I am Ada.", "Hello Ada.", "Who am I?"],
  ]);
  expect(await session.load()).toHaveLength(4);
});
