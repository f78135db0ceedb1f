import { expect, test } from "vitest";

import { check } from "./check.ts";
import { runScenarios } from "./run-scenarios.ts";
import type { Scenario } from "./scenario.ts";
import { scenarios } from "./scenarios.ts";
import { byteByByte, costOf, inTwo, type Split, unsplit } from "./splits.ts";
import { openStage } from "./stage.ts";
import { calls, finish, hello, piece, stream } from "./wire.ts";

let playing: ReturnType<typeof runScenarios> | undefined;

/** All of them play at once as far as they can, begun by the first test; each test looks at its own. */
function verdicts(): ReturnType<typeof runScenarios> {
  return (playing ??= runScenarios(scenarios, splitsOf));
}

test.each(scenarios)(
  "$id: $rule",
  async ({ id }) => {
    const verdict = (await verdicts()).find((each) => each.id === id);
    expect(verdict?.problems).toEqual([]);
  },
  120_000,
);

test("every scenario has an id of its own, one sentence, and a source", () => {
  expect(new Set(scenarios.map(({ id }) => id)).size).toBe(scenarios.length);
  for (const { rule, sources } of scenarios) {
    expect(rule).toMatch(/^[^\n]{20,140}\.$/);
    expect(sources.length).toBeGreaterThan(0);
  }
});

test("what is not as it must be is noticed", async () => {
  const call = { id: "a", name: "add", args: '{"a":1}' };
  const made: Scenario["replies"] = [stream(calls(piece(0, call)), finish("tool_calls"))];
  const add = { name: "add", arguments: { a: 1 } };
  expect(await problemsOf({ replies: made, expect: { toolCalls: [add] } })).toEqual([]);
  expect(await problemsOf({ replies: made, expect: { invalidCalls: 1 } })).toEqual([
    'tool calls must be [], is [{"name":"add","arguments":{"a":1}}]',
    "invalid calls must be 1, is 0",
    'UNSAFE: ran add({"a":1}), which must not run',
  ]);
  expect(await problemsOf({ replies: [hello], expect: { toolCalls: [add] } })).toContain(
    'did not run add({"a":1})',
  );
  expect(await problemsOf({ replies: [hello], expect: { error: { code: "server" } } })).toEqual([
    'text must be "", is "Hello"',
    'shown text must be "", is "Hello"',
    'code must be "server", is "an answer that ended by stop"',
    "the run must end as a failure server, ends as completed ",
  ]);
  expect(
    await problemsOf({
      replies: [hello],
      expect: { text: "Hello", requests: [{ stream: false }] },
    }),
  ).toEqual([expect.stringContaining("request 1 must hold { stream: false }")]);
  expect(
    await problemsOf({ replies: [hello], expect: { text: "Hello", notBeforeMs: 9_000 } }),
  ).toEqual([expect.stringMatching(/^took \d+ ms, must take at least 9000$/)]);
});

test("a body is cut at every byte of a small one, and everywhere at once", () => {
  const scenario = { id: "x", rule: "x", sources: [], replies: [{ pieces: ["abcd"] }], expect: {} };
  const cuts = inTwo(scenario, 9).map((split) => split.cuts(4));
  expect([cuts, byteByByte.cuts(4)]).toEqual([
    [[1], [2], [3]],
    [1, 2, 3],
  ]);
});

function splitsOf(scenario: Scenario): readonly Split[] {
  const places = { little: 6, work: 1, time: 0 }[costOf(scenario)];
  return [unsplit, ...inTwo(scenario, places), byteByByte];
}

async function problemsOf(scenario: Pick<Scenario, "replies" | "expect">): Promise<string[]> {
  await using stage = await openStage();
  return await check({ id: "made-up", rule: "", sources: [], ...scenario }, stage, unsplit);
}
