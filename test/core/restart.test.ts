import { Agent, type AgentEvent, type AgentOptions, ModelError, type ToolSet } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";

const broken = new ModelError("It broke off.", { code: "incomplete", retryable: true });

test("an answer that broke off begins anew once, after a reset that declares void what was shown", async () => {
  const model = scripted([{ text: "Half an", error: broken }, "A whole answer."]);
  const events: AgentEvent[] = [];
  const stream = new Agent({ model }).stream("Go.");
  for await (const event of stream) events.push(event);
  const result = await stream.result;

  expect(result).toMatchObject({ status: "completed", text: "A whole answer." });
  expect(events.map((each) => (each.type === "text-delta" ? each.text : each.type))).toEqual([
    "start",
    "step-start",
    "Half",
    " an",
    "reset",
    "A",
    " whole",
    " answer.",
    "step-finish",
    "finish",
  ]);
  expect(events.find(({ type }) => type === "reset")).toEqual({
    type: "reset",
    attempt: 1,
    error: broken,
  });
  expect(model.requests.map(({ requestId, attempt }) => [requestId, attempt])).toEqual([
    [`${result.runId}.1`, 1],
    [`${result.runId}.1`, 2],
  ]);
});

test("the number of an attempt goes on from the one that the adapter had come to", async () => {
  const third = broken.with({ attempt: 3 });
  const model = scripted([{ text: "Half", error: third }, "Whole."]);

  await new Agent({ model }).run("Go.");

  expect(model.requests.map(({ attempt }) => attempt)).toEqual([1, 4]);
});

test("what was shown of a void answer is in no result", async () => {
  const twice = [
    { text: "First half", error: broken },
    { text: "Second", error: broken },
  ];
  const { status, text, messages } = await runOf(twice);

  expect({ status, text }).toEqual({ status: "failed", text: "Second" });
  expect(messages).toHaveLength(1);
});

test.each([
  ["never, when told so", { maxRestarts: 0 }, 1],
  ["once by default", {}, 2],
  ["as often as told", { maxRestarts: 3 }, 4],
  ["no oftener than the run's budget of retries allows", { maxRestarts: 3, retryBudget: 2 }, 3],
])("a turn begins anew %s", async (_name, options, wanted) => {
  const turns = Array.from({ length: 9 }, () => ({ text: "Half", error: broken }));
  const { status, asked } = await runOf(turns, options);

  expect({ status, asked }).toEqual({ status: "failed", asked: wanted });
});

test("the budget is one for all steps of a run", async () => {
  const half = { text: "Half", error: broken };
  const turns = [half, { toolCalls: [{ name: "none" }] }, half, "Whole."];

  expect(await runOf(turns, { retryBudget: 1 })).toMatchObject({ status: "failed", asked: 3 });
  expect(await runOf(turns, { retryBudget: 2 })).toMatchObject({ status: "completed", asked: 4 });
});

test("subagents share the budget of the run that they are part of", async () => {
  const half = { text: "Half", error: broken };
  const inner = scripted([half, half, half, "Done."]);
  const expert = new Agent({ model: inner, maxRestarts: 5, retryBudget: 9 });
  const model = scripted([{ toolCalls: [{ name: "expert", input: { task: "It." } }] }, "Whole."]);
  const tools = { expert: expert.asTool({ description: "An expert" }) };

  await new Agent({ model, tools, retryBudget: 2 }).run("Go.");

  expect(inner.requests).toHaveLength(3);
});

test.each([
  [
    "a failure that will not pass",
    { text: "Half", error: new ModelError("No.", { code: "auth" }) },
  ],
  ["a failure before anything was shown, which the adapter has dealt with", { error: broken }],
  ["a failure of the adapter's own", { text: "Half", error: new Error("A bug.") }],
])("no turn begins anew after %s", async (_name, turn) => {
  expect(await runOf([turn, "Whole."])).toMatchObject({ status: "failed", asked: 1 });
});

test("a limit that is no whole number in its range is refused", () => {
  expect(() => agent({ maxRestarts: 11 })).toThrow(
    new TypeError('Agent: "maxRestarts" must be a whole number from 0 to 10, got 11.'),
  );
  expect(() => agent({ retryBudget: -1 })).toThrow(
    new TypeError('Agent: "retryBudget" must be a whole number of at least 0, got -1.'),
  );
});

function agent(options: object): Agent {
  return new Agent({ model: scripted([]), ...options });
}

async function runOf(
  turns: Parameters<typeof scripted>[0],
  options: Partial<AgentOptions<ToolSet, unknown>> = {},
) {
  const model = scripted(turns);
  const result = await new Agent({ model, ...options }).run("Go.");
  return { ...result, asked: model.requests.length };
}
