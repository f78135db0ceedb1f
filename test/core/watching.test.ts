import { Agent, tool } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

test("events are made only for those who see them, and the result is the same", async () => {
  const turns = [{ toolCalls: [{ name: "add", input: { a: 1, b: 2 } }] }, "3"];
  const asked: boolean[] = [];
  const told: boolean[] = [];
  const watching = (): Agent<{ readonly add: typeof add }> => {
    const model = scripted(turns.map((turn) => (request) => (asked.push(request.isWatched), turn)));
    return new Agent({ model, tools: { add } });
  };
  const add = tool({
    description: "Add two numbers",
    inputSchema: z.object({ a: z.number(), b: z.number() }),
    execute: ({ a, b }, { isWatched }) => (told.push(isWatched), a + b),
  });

  const alone = await watching().run("1+2?");
  const streamed = await watching().stream("1+2?").result;
  const observed = await watching()
    .on("finish", () => {})
    .run("1+2?");

  expect(asked).toEqual([false, false, true, true, true, true]);
  expect(told).toEqual([false, true, true]);
  for (const { messages, steps, text } of [streamed, observed])
    expect({ messages, steps, text }).toEqual({
      messages: alone.messages,
      steps: alone.steps,
      text: alone.text,
    });
});
