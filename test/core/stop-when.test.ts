import { Agent, type StopWhen, tool } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

/** Counts up to ten under this condition. */
function counter(stopWhen: StopWhen | readonly StopWhen[]) {
  let n = 0;
  const count = tool({ description: "Count", inputSchema: z.object({}), execute: () => ++n });
  const turns = Array.from({ length: 10 }, () => ({ toolCalls: [{ name: "count" }] }));
  return new Agent({ model: scripted([...turns, "Ten."]), tools: { count }, stopWhen });
}

test("a run ends after the step at which the condition holds, and can go on", async () => {
  const agent = counter(
    ({ steps }) => steps.at(-1)?.toolResults[0]?.error === undefined && steps.length === 3,
  );

  const stopped = await agent.run("Count.");
  const result = await agent.resume(JSON.parse(JSON.stringify(stopped.state)));

  expect(stopped).toMatchObject({ status: "stopped", reason: "stop-when" });
  expect(stopped.steps).toHaveLength(3);
  expect(stopped.messages.at(-1)).toMatchObject({ role: "tool", content: "3" });
  expect(result.steps).toHaveLength(3);
});

test("of several conditions any ends the run, async ones too", async () => {
  const agent = counter([() => false, async ({ messages }) => messages.length > 4]);

  expect((await agent.run("Count.")).steps).toHaveLength(2);
});

test("an answer without calls is not asked about: it is the end anyway", async () => {
  const agent = new Agent({ model: scripted(["Done."]), stopWhen: () => true });

  expect((await agent.run("Go.")).status).toBe("completed");
});

test("what a condition throws fails the run, and one that hangs cannot hold up an abort", async () => {
  const throws = await counter(() => {
    throw new Error("no idea");
  }).run("Count.");
  const hangs = await counter(() => new Promise(() => {})).run("Count.", {
    signal: AbortSignal.timeout(20),
  });

  expect(throws).toMatchObject({ status: "failed", error: { message: "no idea" } });
  expect(hangs.status).toBe("aborted");
});

test("what is no condition is refused", () => {
  expect(() => counter("three" as never)).toThrow(
    'Agent: "stopWhen" must be a function, or a list of functions.',
  );
});
