import { Agent, tool, type Tool } from "@pawl/core";
import { chatCompletions } from "@pawl/models";
import { simulator, type ChatRequest } from "@pawl/simulator";
import { expect, test } from "vitest";

import { manyTools } from "./many-tools.ts";

function offered(requests: readonly { readonly body: unknown }[]): string[][] {
  return requests.map(({ body }) =>
    ((body as ChatRequest).tools ?? []).map((each) => each.function?.name ?? ""),
  );
}

test("over the wire go the search and what it found, not 500 tools", async () => {
  await using server = await simulator({
    script: [
      { toolCalls: [{ name: "search_tools", input: { query: "weather forecast" } }] },
      { toolCalls: [{ name: "weather_get_forecast", input: { id: "Oslo" } }] },
      "Sunny.",
    ],
  });
  const model = chatCompletions({ baseURL: server.url, model: "cohere/command-r-plus-08-2024" });
  const agent = new Agent({ model, tools: manyTools(), toolSearch: { results: 3 } });

  const result = await agent.run("How will the weather be in Oslo?");

  expect(result).toMatchObject({ status: "completed", output: "Sunny." });
  expect(result.messages.at(-2)?.content).toBe("weather_get_forecast done");
  const [first, second, third] = offered(server.requests);
  expect(first).toEqual(["search_tools"]);
  expect(second).toHaveLength(4);
  expect(second).toContain("weather_get_forecast");
  expect(third).toEqual(second);
  for (const { body } of server.requests) expect(JSON.stringify(body).length).toBeLessThan(4000);
});

test("the planner reads what is offered anew in each request", async () => {
  await using server = await simulator();
  const calculator = tool({
    name: "calculator",
    description: "Evaluate an arithmetic expression",
    inputSchema: {
      type: "object",
      properties: { expression: { type: "string", description: "such as 2 * (3 + 4)" } },
      required: ["expression"],
    },
    execute: () => 391,
  }) as Tool;
  const model = chatCompletions({ baseURL: server.url, model: "cohere/command-r-plus-08-2024" });
  const tools = [...manyTools(), calculator];
  const agent = new Agent({ model, tools, toolSearch: true });

  const result = await agent.run("Find a tool for an arithmetic expression, and what is 17 * 23?");

  expect(result).toMatchObject({ status: "completed" });
  expect(result.text).toContain("17 * 23 = 391");
  expect(offered(server.requests)).toEqual([
    ["search_tools"],
    ["search_tools", "calculator"],
    ["search_tools", "calculator"],
  ]);
});
