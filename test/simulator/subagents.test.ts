import { simulator } from "@pawl/simulator";
import { expect, test } from "vitest";

import { talk, type Toy } from "./talk.ts";
import { calculator, files } from "./toys.ts";

const task = { task: { type: "string" } };

test("each part of a question goes to the adviser of its kind, whatever their order", async () => {
  await using sim = await simulator();
  const experts = {
    ask_archivist: advise("Searches the documents: give it a question about packages or files"),
    ask_bookkeeper: advise("Calculates: give it a task with arithmetic in it"),
  };
  for (const tools of [experts, Object.fromEntries(Object.entries(experts).toReversed())]) {
    const { calls } = await talk(sim.url, "How much is 12 * 12, and who maintains the wire?", {
      tools,
    });
    expect(calls.map(({ name }) => name)).toEqual(["ask_bookkeeper", "ask_archivist"]);
  }
});

test("the answer of a subagent on the simulator is quoted without its closing lines, its sources in place", async () => {
  await using sim = await simulator();
  const question = "Which package retries requests?";
  const inner = await talk(sim.url, question, { tools: { calculator, ...files } });
  const expert: Toy = {
    description: "Answers questions",
    properties: task,
    required: ["task"],
    run: () => inner.text,
  };
  const { text } = await talk(sim.url, question, { tools: { ask_expert: expert } });
  expect(text).toMatch(/stubborn retries failed HTTP requests.*\(docs\/stubborn\.md\) \[1\]/u);
  expect(text.split("not a language model")).toHaveLength(2);
  expect(text.split("Sources:")).toHaveLength(2);
});

function advise(description: string): Toy {
  return { description, properties: task, required: ["task"], run: () => "Noted." };
}
