import { Agent, tool } from "@pawl/core";
import { scripted, type ScriptedTurn } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

/** A step with these calls, each a name and a number. */
function calling(...calls: readonly (readonly [string, number])[]): ScriptedTurn {
  return { toolCalls: calls.map(([name, n]) => ({ name, input: { n } })) };
}

interface Looping {
  readonly poll?: boolean;
  readonly maxRepeats?: number;
  readonly give?: (n: number) => unknown;
}

/** Runs these steps over and over, up to 20 of them; says how it ended and what the model was warned of. */
async function repeated(
  steps: readonly ScriptedTurn[],
  { poll = false, maxRepeats, give = (n) => n }: Looping = {},
) {
  const shape = { inputSchema: z.object({ n: z.number() }), description: "Look", poll };
  const look = tool({ ...shape, execute: ({ n }) => give(n) });
  const read = tool({ ...shape, poll: false, execute: ({ n }) => give(n) });
  const turns = Array.from({ length: 20 }, (_, i) => steps[i % steps.length] ?? "");
  const model = scripted([...turns, "Done."]);
  const agent = new Agent({ model, tools: { look, read }, maxSteps: 30, maxRepeats });
  const result = await agent.run("Go.");
  const warnings = model.requests.flatMap(({ messages }, i) =>
    JSON.stringify(messages).includes("another repetition ends the run") ? [i] : [],
  );
  return { result, asked: model.requests.length, warnings, agent, model };
}

test.for([1, 2, 3, 4])(
  "a cycle of %i steps is warned of once and stopped at its third time",
  async (period) => {
    const steps = Array.from({ length: period }, (_, i) => calling(["look", i]));

    const { result, asked, warnings } = await repeated(steps);

    expect(result).toMatchObject({ status: "stopped", reason: "no-progress" });
    expect(asked).toBe(period * 3);
    expect(warnings).toEqual([period * 2]);
    expect(JSON.stringify(result.messages)).not.toContain("another repetition");
    expect(result.messages.at(-1)).toMatchObject({ role: "tool" });
  },
);

test("a cycle of five steps, other arguments, or other results are progress", async () => {
  let ticks = 0;
  const five = await repeated([0, 1, 2, 3, 4].map((n) => calling(["look", n])));
  const counting = await repeated([calling(["look", 1])], { give: () => ticks++ });
  const other = await repeated(
    [calling(["look", 1]), calling(["look", 2]), calling(["read", 1])].flatMap((each, i) => [
      each,
      calling(["look", 100 + i]),
    ]),
  );

  expect(five.result.status).toBe("completed");
  expect(counting.result.status).toBe("completed");
  expect(other.result.status).toBe("completed");
});

test("steps with parallel calls are compared as a whole", async () => {
  const { result, asked } = await repeated([calling(["look", 1], ["read", 2])]);

  expect(result).toMatchObject({ status: "stopped", reason: "no-progress" });
  expect(asked).toBe(3);
});

test("the same failing call is no progress either, nor is a call of no tool", async () => {
  const failing = await repeated([calling(["look", 1])], {
    give: () => {
      throw new Error("no");
    },
  });
  const unknown = await repeated([calling(["nothing", 1])]);

  expect(failing.result).toMatchObject({ status: "stopped", reason: "no-progress" });
  expect(unknown.result).toMatchObject({ status: "stopped", reason: "no-progress" });
});

test("a tool that is made to be polled may be called as often as it takes", async () => {
  const { result, warnings } = await repeated([calling(["look", 1])], { poll: true });
  const mixed = await repeated([calling(["look", 1], ["read", 1])], { poll: true });

  expect(result.status).toBe("completed");
  expect(warnings).toEqual([]);
  expect(mixed.result).toMatchObject({ status: "stopped", reason: "no-progress" });
});

test("the limit can be moved, or taken away", async () => {
  const steps = [calling(["look", 1])];

  expect((await repeated(steps, { maxRepeats: 2 })).asked).toBe(2);
  expect((await repeated(steps, { maxRepeats: 5 })).asked).toBe(5);
  const { result } = await repeated(steps, { maxRepeats: Number.POSITIVE_INFINITY });
  expect(result.status).toBe("completed");
  await expect(repeated(steps, { maxRepeats: 1 })).rejects.toThrow(
    'Agent: "maxRepeats" must be a whole number of at least 2, got 1.',
  );
});

test("a run that was stopped for it can be resumed, and is warned and stopped again", async () => {
  const { result, agent, model } = await repeated([calling(["look", 1])]);

  const again = await agent.resume(JSON.parse(JSON.stringify(result.state)));

  expect(again).toMatchObject({ status: "stopped", reason: "no-progress" });
  expect(again.steps).toHaveLength(1);
  expect(JSON.stringify(model.requests.at(-1)?.messages)).toContain("another repetition");
});

test("what was done before a run was paused counts too", async () => {
  const look = tool({
    description: "Look",
    inputSchema: z.object({}),
    needsApproval: true,
    execute: () => "nothing",
  });
  const turns = Array.from({ length: 9 }, () => ({ toolCalls: [{ name: "look" }] }));
  const agent = new Agent({ model: scripted(turns), tools: { look } });
  let result = await agent.run("Go.");
  let rounds = 0;
  while (result.status === "paused") {
    rounds++;
    const decisions = result.approvals.map(({ callId }) => ({ callId, approve: true }));
    result = await agent.resume(JSON.parse(JSON.stringify(result.state)), { decisions });
  }

  expect(rounds).toBe(3);
  expect(result).toMatchObject({ status: "stopped", reason: "no-progress" });
});
