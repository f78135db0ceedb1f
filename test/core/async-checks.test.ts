import { setTimeout as sleep } from "node:timers/promises";

import { Agent, tool } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";
import { z as z3 } from "zod/v3";

test.for([
  [
    "zod 4",
    (check: () => Promise<boolean>) => z.object({ key: z.string().refine(check, "is unknown") }),
  ],
  [
    "zod 3",
    (check: () => Promise<boolean>) => z3.object({ key: z3.string().refine(check, "is unknown") }),
  ],
] as const)(
  "an async check of %s runs once, and one that rejects stops the call only",
  async ([, schema]) => {
    let checks = 0;
    const unhandled: unknown[] = [];
    const keep = (error: unknown): void => void unhandled.push(error);
    process.on("unhandledRejection", keep);
    const checked = (check: () => Promise<boolean>) =>
      tool({ description: "x", inputSchema: schema(check), execute: () => "ok" });
    const tools = {
      fine: checked(async () => ++checks > 0),
      wrong: checked(async () => false),
      broken: checked(async () => {
        await sleep(2);
        throw new Error("the database is down");
      }),
    };
    const toolCalls = Object.keys(tools).map((name) => ({ name, input: { key: "k" } }));
    const agent = new Agent({ model: scripted([{ toolCalls }, "Done."]), tools });

    const { messages } = await agent.run("Go.");
    await sleep(5);
    process.off("unhandledRejection", keep);

    expect(messages.slice(2, 5).map(({ content }) => content)).toEqual([
      "ok",
      expect.stringContaining("key: is unknown"),
      "Not executed: the database is down",
    ]);
    expect(checks).toBe(1);
    expect(unhandled).toEqual([]);
  },
);
