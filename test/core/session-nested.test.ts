import { setTimeout as sleep } from "node:timers/promises";

import { Agent, memorySession, tool, type Message, type Session } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

// @boundaries-ignore that nothing is left over can be seen nowhere else
import { busySessions } from "../../packages/core/src/session/session-turn.ts";

const words = (messages: readonly Message[] | undefined): unknown[] =>
  (messages ?? []).map(({ content }) => content);

/** An agent that answers "Yes." to each input. */
function echo(): Agent {
  return new Agent({ model: scripted(["Yes.", "Yes.", "Yes."]) });
}

/** An agent whose tool starts runs of `inner`. */
function starter(start: () => Promise<{ readonly status: string; readonly error?: Error }>): Agent {
  const ask = tool({
    description: "Ask",
    inputSchema: z.object({}),
    execute: async () => {
      const { status, error } = await start();
      return `${status}: ${error?.message ?? ""}`;
    },
  });
  return new Agent({
    model: scripted([{ toolCalls: [{ name: "ask" }] }, "Done."]),
    tools: { ask },
  }) as unknown as Agent;
}

test("a run that a tool starts in the session of its own run is refused, where it would wait for ever", async () => {
  const session = memorySession([], "user-7");
  const other = memorySession();
  const inner = echo();
  const deep = starter(() => inner.run("deep", { session }));

  const direct = await starter(() => inner.run("b", { session })).run("a", { session });
  const indirect = await starter(async () => {
    const between = await deep.run("between", { session: other });
    return { status: String(words(between.messages)[2]) };
  }).run("a", { session });

  for (const result of [direct, indirect]) {
    expect(result.status).toBe("completed");
    expect(words(result.messages).join()).toContain('failed: Session "user-7": it is in use by');
  }
  expect(busySessions()).toBe(0);
});

test("a run that a tool starts in another session, or in none, is not refused", async () => {
  const inner = echo();
  const other = memorySession();

  for (const options of [{ session: other }, {}]) {
    const agent = starter(() => inner.run("b", options));
    const result = await agent.run("a", { session: memorySession() });
    expect(words(result.messages)).toContain("completed: ");
  }
  expect(words(await other.load())).toEqual(["b", "Yes."]);
});

test("two runs whose tools each want the session of the other do not wait for ever", async () => {
  const [one, two] = [memorySession(), memorySession()];
  const inner = echo();
  const starts = (session: Session): Agent =>
    starter(async () => {
      await sleep(10);
      return inner.run("inner", { session });
    });

  const results = await Promise.all([
    starts(two).run("a", { session: one }),
    starts(one).run("b", { session: two }),
  ]);

  expect(results.map(({ status }) => status)).toEqual(["completed", "completed"]);
  const told = results.flatMap(({ messages }) => words(messages)).join();
  expect(told).toContain("it is in use by");
  expect(told).toContain("completed: ");
  expect(busySessions()).toBe(0);
});

test.each(["load", "append"] as const)(
  "a run that the session's own %s starts in it is refused, where it would wait for ever",
  async (what) => {
    const inner = echo();
    const session: Session = {
      ...memorySession(),
      [what]: async () => {
        const result = await inner.run("b", { session });
        if (result.status === "failed") throw result.error;
        return [];
      },
    };
    const result = await echo().run("a", { session });

    expect(result).toMatchObject({ status: "failed" });
    expect(String(Object(result).error)).toContain("it is in use by a run that cannot end");
    expect(busySessions()).toBe(0);
  },
);
