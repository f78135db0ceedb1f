import { setTimeout as sleep } from "node:timers/promises";

import { Agent, handoff, memorySession, type Message, type Session } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";

// @boundaries-ignore that nothing is left over can be seen nowhere else
import { busySessions } from "../../packages/core/src/session/session-turn.ts";

const words = (messages: readonly Message[] | undefined): unknown[] =>
  (messages ?? []).map(({ content }) => content);

/** An agent that answers each input with "re: " and the input, after as many milliseconds as the input says. */
function echo(): Agent {
  const turn = scripted([]);
  return new Agent({
    model: {
      ...turn,
      respond: async function* (request) {
        const asked = JSON.stringify(request.messages.at(-1)?.content).slice(1, -1);
        await sleep(Number(/\d+$/.exec(asked)?.[0] ?? 0), undefined, { signal: request.signal });
        yield* [];
        return { role: "assistant", content: `re: ${asked}` };
      },
    },
  });
}

test("runs of one session come one after another, first come first served", async () => {
  const agent = echo();
  const session = memorySession();

  await Promise.all(["a 30", "b 1", "c 10"].map((input) => agent.run(input, { session })));

  expect(words(await session.load())).toEqual([
    "a 30",
    "re: a 30",
    "b 1",
    "re: b 1",
    "c 10",
    "re: c 10",
  ]);
  expect(busySessions()).toBe(0);
});

test("two objects with one id are one session, and others do not wait", async () => {
  const agent = echo();
  const said: Message[] = [];
  const open = (): Session => ({
    id: "user-7",
    load: async () => [...said],
    append: async (messages) => void said.push(...messages),
  });
  const order: string[] = [];
  const run = async (input: string, session: Session): Promise<void> => {
    await agent.run(input, { session });
    order.push(input);
  };

  await Promise.all([run("a 40", open()), run("b 1", open()), run("c 1", memorySession())]);

  expect(order).toEqual(["c 1", "a 40", "b 1"]);
  expect(words(said)).toEqual(["a 40", "re: a 40", "b 1", "re: b 1"]);
});

test("the next run loads only when the record of the one before is written", async () => {
  const log: string[] = [];
  const session: Session = {
    id: "slow",
    load: async () => {
      log.push("load");
      return [];
    },
    append: async () => {
      log.push("append");
      await sleep(20);
      log.push("appended");
    },
  };
  const agent = echo();

  await Promise.all([agent.run("a", { session }), agent.run("b", { session })]);

  expect(log).toEqual(["load", "append", "appended", "load", "append", "appended"]);
});

test("a run that is aborted while it waits leaves the queue at once, and the next one goes on", async () => {
  const agent = echo();
  const session = memorySession();
  const controller = new AbortController();
  const ended: string[] = [];
  const first = agent.run("a 60", { session }).then(() => ended.push("first"));
  const second = agent.run("b", { session, signal: controller.signal });
  const third = agent.run("c", { session });
  await sleep(5);

  controller.abort("enough");
  const aborted = await second;

  expect(aborted).toMatchObject({ status: "aborted", reason: "enough" });
  expect(ended).toEqual([]);
  await Promise.all([first, third]);
  await agent.resume(aborted.state, { session });
  expect(words(await session.load())).toEqual(["a 60", "re: a 60", "c", "re: c", "b", "re: b"]);
  expect(busySessions()).toBe(0);
});

test("waiting counts as time of the run's budget", async () => {
  const agent = echo();
  const session = memorySession();
  const first = agent.run("a 80", { session });

  const second = await agent.run("b", { session, budget: { ms: 20 } });

  expect(second).toMatchObject({ status: "stopped", reason: "budget", limit: "ms" });
  await first;
  expect(words(await session.load())).toEqual(["a 80", "re: a 80"]);
});

test("a store that is deaf to an abort keeps the next run waiting until it has answered", async () => {
  const log: string[] = [];
  const controller = new AbortController();
  const session: Session = {
    id: "deaf",
    load: async () => {
      log.push("load");
      return [];
    },
    append: async () => {
      controller.abort("enough");
      await sleep(30);
      log.push("appended");
    },
  };
  const agent = echo();

  const first = agent.run("a", { session, signal: controller.signal });
  const second = agent.run("b", { session });

  expect(await first).toMatchObject({ status: "aborted", text: "re: a" });
  expect(log).toEqual(["load"]);
  await second;
  expect(log).toEqual(["load", "appended", "load", "appended"]);
  expect(busySessions()).toBe(0);
});

test("a watcher who leaves frees the session", async () => {
  const agent = echo();
  const session = memorySession();
  for await (const event of agent.stream("a 1000", { session }))
    if (event.type === "step-start") break;

  await agent.run("b", { session });

  expect(words(await session.load())).toEqual(["b", "re: b"]);
  expect(busySessions()).toBe(0);
});

test("an aborted run that nobody reads on frees the session too", async () => {
  const agent = echo();
  const session = memorySession();
  const controller = new AbortController();
  const events = agent.stream("a", { session, signal: controller.signal })[Symbol.asyncIterator]();
  await events.next();
  expect((await events.next()).value).toMatchObject({ type: "step-start" });

  controller.abort("enough");
  await agent.run("b", { session });

  expect(words(await session.load())).toEqual(["b", "re: b"]);
  expect(busySessions()).toBe(0);
});

test("a run that is handed over stays in its session to the end", async () => {
  const second = scripted(["I am the second.", "Hello again."]);
  const model = scripted([{ toolCalls: [{ name: "transfer_to_second" }] }, "Yes?"]);
  const next = new Agent({ name: "second", model: second });
  const agent = new Agent({ model, tools: [handoff(next)] });
  const session = memorySession();

  await agent.run("Hand over.", { session });
  await next.run("Hello", { session });

  expect(await session.load()).toHaveLength(6);
  expect(second.requests[1]?.messages).toHaveLength(5);
});
