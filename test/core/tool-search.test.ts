import { Agent, tool, type Model, type RunState, type Tool } from "@pawl/core";
import { scripted, type ScriptedModel } from "@pawl/core/testing";
import { expect, test } from "vitest";

import { manyTools } from "./many-tools.ts";

const nothing = { type: "object", properties: {} };

/** A tool that says its name. */
function named(name: string, description = `About ${name}`): Tool {
  return tool({ name, description, inputSchema: nothing, execute: () => `${name} done` }) as Tool;
}

function search(query: string) {
  return { toolCalls: [{ name: "search_tools", input: { query } }] };
}

function offers({ requests }: ScriptedModel): string[][] {
  return requests.map(({ tools }) => tools.map(({ name }) => name));
}

test("the model is offered a search, and what it finds from the next step on", async () => {
  const model = scripted([
    search("create a github issue"),
    { toolCalls: [{ name: "github_create_issue", input: { name: "Crash" } }] },
    "Filed.",
  ]);
  const agent = new Agent({ model, tools: manyTools(), toolSearch: { results: 2 } });

  const result = await agent.run("File a bug about the crash.");

  expect(result).toMatchObject({ status: "completed", output: "Filed." });
  expect(offers(model)).toEqual([
    ["search_tools"],
    ["search_tools", "github_create_issue", "github_update_issue"],
    ["search_tools", "github_create_issue", "github_update_issue"],
  ]);
  expect(result.steps[0]?.toolResults).toMatchObject([
    {
      toolName: "search_tools",
      output: {
        tools: [
          { name: "github_create_issue", description: "Create an issue of a repository (github)." },
          { name: "github_update_issue" },
        ],
      },
    },
  ]);
  expect(result.steps[1]?.toolResults).toMatchObject([{ output: "github_create_issue done" }]);
});

test("the search says how many tools there are, and what most of them are about", async () => {
  const model = scripted(["Hello."]);
  await new Agent({ model, tools: manyTools(), toolSearch: true }).run("Hi");

  const [search_tools] = model.requests[0]?.tools ?? [];
  expect(search_tools?.description).toContain("500");
  for (const topic of ["github", "calendar", "weather"])
    expect(search_tools?.description).toContain(topic);
  expect(search_tools?.description.length).toBeLessThan(700);
});

/** How long the tools of the last request are, after a search where there is one. */
async function bytesOf(tools: Tool[], toolSearch: boolean): Promise<number> {
  const model = scripted([...(toolSearch ? [search("create calendar event")] : []), "Done."]);
  await new Agent({ model, tools, toolSearch }).run("Hi");
  return JSON.stringify(model.requests.at(-1)?.tools).length;
}

test("the prompt with 500 tools is no longer than with ten", async () => {
  const all = manyTools();

  expect(await bytesOf(all, true)).toBeLessThan(await bytesOf(all.slice(0, 10), false));
});

test("some tools can be offered from the start", async () => {
  const model = scripted([search("walk the dog"), "Done."]);
  const tools = [named("walk_dog"), named("feed_cat"), named("tell_time")];

  await new Agent({ model, tools, toolSearch: { always: ["tell_time"] } }).run("Hi");

  expect(offers(model)).toEqual([
    ["search_tools", "tell_time"],
    ["search_tools", "tell_time", "walk_dog"],
  ]);
});

test("what is offered is the same list while nothing new is found, and new tools stand at its end", async () => {
  const model = scripted([
    "Hm.",
    search("cat"),
    { toolCalls: [{ name: "feed_cat" }] },
    search("cat"),
    search("zebra"),
    search("dog"),
    "Done.",
  ]);
  const tools = [named("walk_dog"), named("feed_cat"), named("tell_time")];
  const agent = new Agent({ model, tools, toolSearch: true });
  const hello = await agent.run("Hi");
  await agent.run([...hello.messages, { role: "user", content: "Go on" }]);

  const lists = model.requests.map((request) => request.tools);
  expect(offers(model).at(-1)).toEqual(["search_tools", "feed_cat", "walk_dog"]);
  expect(lists[1]).toBe(lists[0]);
  expect(new Set(lists.slice(2, 6)).size).toBe(1);
  expect(new Set(lists).size).toBe(3);
});

test("when too many were found, the one drops out that was neither found nor called for longest", async () => {
  const model = scripted([
    search("one"),
    search("two"),
    { toolCalls: [{ name: "tool_one" }] },
    search("three"),
    search("two"),
    "Done.",
  ]);
  const tools = ["one", "two", "three"].map((each) => named(`tool_${each}`));
  const toolSearch = { results: 1, offered: 2 };

  await new Agent({ model, tools, toolSearch }).run("Hi");

  expect(offers(model).map((names) => names.slice(1))).toEqual([
    [],
    ["tool_one"],
    ["tool_one", "tool_two"],
    ["tool_one", "tool_two"],
    ["tool_one", "tool_three"],
    ["tool_three", "tool_two"],
  ]);
});

test("a call of a tool that is not offered yet is refused with the way to it", async () => {
  let calls = 0;
  const pay = tool({
    name: "pay",
    description: "Pay",
    inputSchema: nothing,
    execute: () => `${++calls} paid`,
  }) as Tool;
  const model = scripted([
    { toolCalls: [{ name: "pay" }, { name: "fly" }] },
    search("pay"),
    { toolCalls: [{ name: "pay" }] },
    "Done.",
  ]);

  const result = await new Agent({ model, tools: [pay], toolSearch: true }).run("Pay it.");

  const [refused, unknown] = result.messages.filter(({ role }) => role === "tool");
  expect(refused?.content).toBe(
    'Not executed: "pay" is not among the tools of this step. Call search_tools({"query":"pay"}) first; the tool is offered afterwards.',
  );
  expect(unknown?.content).toBe('There is no tool "fly". Other tools are found with search_tools.');
  expect(calls).toBe(1);
  expect(result.steps[2]?.toolResults).toMatchObject([{ output: "1 paid" }]);
});

test("a long description is cut in the result, since the tool itself will have it", async () => {
  const model = scripted([search("dog"), "Done."]);
  const tools = [named("walk_dog", "Walks it. ".repeat(100)), named("feed_cat")];

  const result = await new Agent({ model, tools, toolSearch: true }).run("Hi");

  expect(result.messages[2]?.content.length).toBeLessThan(500);
  expect(model.requests[1]?.tools[1]?.description).toHaveLength(1000);
});

test("a search without a hit says so, and one without words is the model's to mend", async () => {
  const model = scripted([search("zebra"), search(" "), "Sorry."]);

  const result = await new Agent({ model, tools: [named("a")], toolSearch: true }).run("Hi");

  expect(result.steps[0]?.toolResults).toMatchObject([{ output: { tools: [] } }]);
  expect(result.steps[1]?.toolResults).toMatchObject([{ error: { code: "invalid-input" } }]);
  expect(new Set(model.requests.map(({ tools }) => tools)).size).toBe(1);
});

test("a run that is resumed in another process offers what it had found", async () => {
  const tools = [named("walk_dog"), named("feed_cat")];
  const agentWith = (model: Model): Agent<Tool[]> =>
    new Agent({ model, tools, toolSearch: true, maxSteps: 1 });
  const first = await agentWith(scripted([search("cat")])).run("Hi");
  const state = JSON.parse(JSON.stringify(first.state)) as RunState;
  const model = scripted([{ toolCalls: [{ name: "feed_cat" }] }, "Fed."]);

  const result = await agentWith(model).resume(state, { maxSteps: 5 });

  expect(first).toMatchObject({ status: "stopped" });
  expect(result.steps[0]?.toolResults).toMatchObject([{ output: "feed_cat done" }]);
  expect(offers(model)[0]).toEqual(["search_tools", "feed_cat"]);
});
