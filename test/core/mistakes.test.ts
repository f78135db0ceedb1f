import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { Agent, tool } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

const model = scripted([]);
const add = tool({ name: "add", description: "x", inputSchema: z.object({}), execute: () => 1 });

test("an observer of an event that does not exist is refused, with the nearest name", () => {
  // @ts-expect-error there is no such event
  expect(() => new Agent({ model }).on("tool-results", () => {})).toThrow(
    new TypeError('on: unknown option "tool-results". Did you mean "tool-result"?'),
  );
});

test("one tool where a list is wanted, and a list within a list, are named as such", () => {
  // @ts-expect-error a tool is no list of tools
  expect(() => new Agent({ model, tools: add })).toThrow("put it into a list");
  // @ts-expect-error a list is no tool
  expect(() => new Agent({ model, tools: [[add]] })).toThrow("spread it");
});

test("messages that are only results of unknown calls are refused", async () => {
  const orphan = { role: "tool", callId: "x", toolName: "add", content: "1" } as const;
  await expect(new Agent({ model }).run([orphan])).rejects.toThrow("are only tool results");
});

test("a tool that reports no numbers as spent fails, and spoils no sum", async () => {
  const spender = tool({
    description: "x",
    inputSchema: z.object({}),
    // @ts-expect-error the counts are missing
    execute: (_, { spend }) => spend({ tokens: 4 }),
  });
  const agent = new Agent({
    model: scripted([{ toolCalls: [{ name: "spender" }] }, "Done."]),
    tools: { spender },
  });
  const { usage, messages } = await agent.run("Go.");
  expect(usage.totalTokens).toBe(0);
  expect(messages[2]?.content).toContain("spend takes { inputTokens");
});

test("a process lives until a tool that waits for nothing meets its deadline", async () => {
  const program = `
    import { Agent, tool } from "@pawl/core";
    import { scripted } from "@pawl/core/testing";
    import { z } from "zod";
    const deaf = tool({ description: "x", inputSchema: z.object({}), execute: () => new Promise(() => {}) });
    const agent = new Agent({ model: scripted([{ toolCalls: [{ name: "deaf" }] }]), tools: { deaf } });
    const { status } = await agent.run("Go.", { signal: AbortSignal.timeout(50) });
    console.log(status);
  `;
  const args = ["--input-type=module-typescript", "--eval", program];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: new URL("../", import.meta.url),
  });
  expect(stdout).toBe("aborted\n");
});
