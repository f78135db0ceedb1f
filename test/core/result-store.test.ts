import { Agent, memoryResults, tool, type Message, type ResultStore } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";

import { prose } from "./strict.ts";

/** A tool whose results are large, and each another one. */
function dumping() {
  let count = 0;
  return tool({
    name: "dump",
    description: "Gives much.",
    inputSchema: { type: "object" },
    execute: () => `Result ${++count}. ${prose(10_000)}`,
  });
}

function read(id: string, length = 10) {
  return { toolCalls: [{ name: "read_result", input: { id, length } }] };
}

function told(messages: readonly Message[]): (string | undefined)[] {
  return messages.flatMap((each) =>
    each.role === "tool" ? [each.content.split("\n")[0]?.trim()] : [],
  );
}

function agentWith(store: ResultStore, turns: Parameters<typeof scripted>[0]) {
  return new Agent({ model: scripted(turns), tools: [dumping()], offload: { store, bytes: 4096 } });
}

test.each([
  [{ owner: "tenant:b", callId: "call", thief: "tenant", named: "b:call" }],
  [{ owner: "tenant_", callId: "call", thief: "tenant", named: "_:call" }],
  [{ owner: "tenant_003ab", callId: "call", thief: "tenant", named: "b:call" }],
  [{ owner: "a:b:c", callId: "d", thief: "a", named: "b:c:d" }],
])(
  "what run $owner keeps for its call $callId is not what run $thief finds under $named",
  async ({ owner, callId, thief, named }) => {
    const store = memoryResults();
    const dump = { toolCalls: [{ id: callId, name: "dump" }] };
    const own = await agentWith(store, [dump, read(callId), "Done."]).run("Go.", { runId: owner });
    const other = await agentWith(store, [read(named), "Done."]).run("Go.", { runId: thief });

    expect(told(own.messages)[1]).toBe("Result 1.");
    expect(told(other.messages)[0]).toMatch(/^Error: There is no result kept/);
  },
);

test("each call of a run has a result of its own, whatever the ids are", async () => {
  const ids = [
    "a é",
    "a_20_e9",
    "a_0020_00e9",
    "a:b",
    "a_b",
    "a__b",
    "a_003ab",
    "\ud800",
    "_d800",
    " 0",
    "\u0200",
  ];
  const names: string[] = [];
  const memory = memoryResults();
  const store = {
    ...memory,
    put: (id: string, text: string) => (names.push(id), memory.put(id, text)),
  };
  const dumps = ids.map((id) => ({ toolCalls: [{ id, name: "dump" }] }));
  const agent = agentWith(store, [...dumps, ...ids.map((id) => read(id)), "Done."]);
  const { messages } = await agent.run("Go.", { runId: "run_1", maxSteps: 40 });

  expect(told(messages).slice(ids.length)).toEqual(ids.map((_, index) => `Result ${index + 1}.`));
  for (const name of names) expect(name).toMatch(/^run__1:[\w.-]+$/);
});

test("a store by hand may answer at once, and say of what it does not have whatever is no text", async () => {
  const texts = new Map<string, string>();
  const store = {
    put: (id: string, text: string): void => void texts.set(id, text),
    get: (id: string) => (id.endsWith("number") ? 5 : (texts.get(id) ?? null)) as string,
  };
  const dump = { toolCalls: [{ id: "kept", name: "dump" }] };
  const turns = [dump, read("kept"), read("missing"), read("number"), "Done."];
  const { messages } = await agentWith(store, turns).run("Go.");
  const [first, ...pieces] = messages.flatMap((each) =>
    each.role === "tool" ? [each.content] : [],
  );

  expect(first).toContain('read on with read_result({ "id": "kept"');
  expect(pieces[0]).toMatch(/^Result 1\. \n/);
  expect(pieces[1]).toMatch(/^Error: There is no result kept under the id "missing"/);
  expect(pieces[2]).toMatch(/^Error: There is no result kept under the id "number"/);
});
