import { Agent, handoff, memoryResults, memorySession, tool, type Tool } from "@pawl/core";
import { scripted, type ScriptedModel } from "@pawl/core/testing";
import { expect, test } from "vitest";

const secret = "sk-live-51Hx";

/** Tools with names that look like keys. */
function weather(count: number, about = "Weather"): Tool[] {
  return Array.from({ length: count }, (_, index) =>
    tool({
      name: `tool_${index + 1}_weather`,
      description: about,
      inputSchema: { type: "object" },
      execute: () => `sunny tool_${index + 1}_weather ${secret}`,
    }),
  );
}

const search = { toolCalls: [{ name: "search_tools", input: { query: "weather" } }] };
const call = { toolCalls: [{ name: "tool_1_weather" }] };
const redact = [/tool_\d\w*/, /sk-\w+-\w+/];

const found = (name: string): string => `{"name":"${name}","description":""}`;

function offers({ requests }: ScriptedModel): string[] {
  return requests.at(-1)?.tools.map(({ name }) => name) ?? [];
}

test("the names of tools that a pattern matches are whole where a search gives them, and only there", async () => {
  const model = scripted([search, call, "Sunny."]);
  const agent = new Agent({
    model,
    tools: weather(3, `Weather by ${secret}, like tool_9.`),
    toolSearch: true,
    redact,
  });
  const { messages, steps } = await agent.run("How is it?");
  const clean = "Weather by [redacted], like [redacted].";

  expect(steps[0]?.toolResults[0]).toMatchObject({
    output: { tools: [{ name: "tool_1_weather", description: clean }, {}, {}] },
  });
  expect(messages[2]?.content).toContain(
    `{"tools":[{"name":"tool_1_weather","description":"${clean}"},{"name":"tool_2_weather"`,
  );
  expect(model.requests[2]?.messages[2]?.content).toBe(messages[2]?.content);
  expect(messages[4]).toMatchObject({ content: "sunny [redacted] [redacted]" });
  expect(offers(model)).toContain("tool_3_weather");
});

test("a secret that is a text is not shown as the name of a tool either", async () => {
  const model = scripted([search, "Done."]);
  const agent = new Agent({
    model,
    tools: weather(2),
    toolSearch: true,
    redact: ["tool_1_weather"],
  });
  const { messages, steps } = await agent.run("How is it?");

  expect(JSON.stringify([messages, steps])).not.toContain("tool_1_weather");
  expect(messages[2]?.content).toContain('{"name":"[redacted]"');
});

test("what was found in a session, or before a resume, is offered though a pattern matches it", async () => {
  const session = memorySession();
  const model = scripted([search, "Found.", "And still.", call, "Done."]);
  const agent = new Agent({ model, tools: weather(2), toolSearch: true, redact });
  await agent.run("Find it.", { session });
  const first = await agent.run("Is it there?", { session });

  expect(offers(model)).toEqual(["search_tools", "tool_1_weather", "tool_2_weather"]);
  const state = JSON.parse(JSON.stringify(first.state)) as typeof first.state;
  const again = new Agent({ model, tools: weather(2), toolSearch: true, redact });
  expect((await again.resume(state)).status).toBe("completed");
  expect(offers(model)).toEqual(["search_tools", "tool_1_weather", "tool_2_weather"]);
});

test("agents that work in a run which redacts find their tools, too", async () => {
  const inner = scripted([search, call, "Sunny."]);
  const helper = new Agent({ name: "helper", model: inner, tools: weather(2), toolSearch: true });
  const ask = { toolCalls: [{ name: "ask", input: { task: "Weather?" } }] };
  const asking = new Agent({
    model: scripted([ask, "Done."]),
    tools: { ask: helper.asTool({ description: "Asks" }) },
    redact,
  });
  expect((await asking.run("Go.")).status).toBe("completed");
  expect(offers(inner)).toContain("tool_2_weather");
  expect(JSON.stringify(inner.requests[2]?.messages)).not.toContain(secret);

  const other = scripted([search, "Found."]);
  const next = new Agent({ name: "next", model: other, tools: weather(2), toolSearch: true });
  const over = { toolCalls: [{ name: "transfer_to_next" }] };
  const first = new Agent({ model: scripted([over]), tools: [handoff(next)], redact });
  expect((await first.run("Go.")).status).toBe("completed");
  expect(offers(other)).toContain("tool_2_weather");
});

test("a tool of your own named search_tools has no names to show", async () => {
  const own = tool({
    name: "search_tools",
    description: "Finds",
    inputSchema: { type: "object" },
    execute: () => ({ tools: [{ name: secret, description: "" }], note: "" }),
  });
  const agent = new Agent({ model: scripted([search, "Done."]), tools: [own], redact });
  const result = await agent.run("Go.");

  expect(result.messages[2]?.content).toContain('{"name":"[redacted]"');
  expect(JSON.stringify(result)).not.toContain(secret);
});

test("in a history only the names of the agent's own tools are whole, and no secret that is a text", async () => {
  const names = ["tool_1_weather", "tool_2_weather", secret];
  const history = [
    { role: "user", content: "Weather?" },
    {
      role: "assistant",
      content: "",
      toolCalls: [{ id: "1", name: "search_tools", input: { query: "weather" } }],
    },
    {
      role: "tool",
      callId: "1",
      toolName: "search_tools",
      content: `{"tools":[${names.map(found).join()}],"note":""}`,
    },
    { role: "user", content: "And now?" },
  ] as const;
  const model = scripted(["Sunny."]);
  const agent = new Agent({
    model,
    tools: weather(2),
    toolSearch: true,
    redact: [...redact, "tool_2_weather"],
  });
  await agent.run(history);

  const shown = ["tool_1_weather", "[redacted]", "[redacted]"].map(found).join();
  expect(model.requests[0]?.messages[2]?.content).toBe(`{"tools":[${shown}],"note":""}`);
});

test("all that a search finds is offered, however long the list of it is", async () => {
  const model = scripted([search, "Done."]);
  const agent = new Agent({
    model,
    tools: weather(30, "Weather ".repeat(60)),
    toolSearch: { results: 20 },
    offload: { store: memoryResults(), bytes: 4096 },
  });
  await agent.run("How is it?");

  expect(offers(model).filter((name) => name.startsWith("tool_"))).toHaveLength(20);
});

test("a tool of your own named search_tools has its large results kept aside", async () => {
  const own = tool({
    name: "search_tools",
    description: "Finds",
    inputSchema: { type: "object" },
    execute: () => "found ".repeat(2000),
  });
  const offload = { store: memoryResults(), bytes: 4096 };
  const agent = new Agent({ model: scripted([search, "Done."]), tools: [own], offload });

  expect((await agent.run("Go.")).messages[2]?.content).toContain("read on with read_result");
});
