import { Agent, tool } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

const add = tool({
  description: "Add two numbers",
  inputSchema: z.object({ a: z.number(), b: z.number() }),
  execute: ({ a, b }) => a + b,
});

test("a run asks, does the calls side by side, feeds the results in, and answers", async () => {
  const model = scripted([
    {
      text: "I add.",
      toolCalls: [
        { name: "add", input: { a: 2, b: 3 } },
        { name: "add", input: { a: 4, b: 5 } },
      ],
    },
    "The sums are 5 and 9.",
  ]);
  const agent = new Agent({ model, instructions: "Use tools.", tools: { add } });

  const result = await agent.run("2+3 and 4+5?");

  expect(result).toMatchObject({
    status: "completed",
    text: "The sums are 5 and 9.",
    output: "The sums are 5 and 9.",
  });
  expect(result.messages.map(({ role }) => role)).toEqual([
    "user",
    "assistant",
    "tool",
    "tool",
    "assistant",
  ]);
  expect(result.messages[2]).toMatchObject({ callId: "call-1", content: "5" });
  expect(result.steps[0]?.toolResults).toMatchObject([{ output: 5 }, { output: 9 }]);
  expect(model.requests[0]).toMatchObject({ instructions: "Use tools.", tools: [{ name: "add" }] });
  expect(model.requests[1]?.messages).toHaveLength(4);
});
