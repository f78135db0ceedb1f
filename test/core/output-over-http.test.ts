import { Agent, tool } from "@pawl/core";
import { chatCompletions } from "@pawl/models";
import { simulator, type ScriptedTurn } from "@pawl/simulator";
import { expect, test } from "vitest";
import { z } from "zod";

const output = z.object({ fruit: z.string(), pieces: z.number() });
const right = '{"fruit":"pear","pieces":7}';

const check_stock = tool({
  description: "Says how many pieces of a fruit are in stock",
  inputSchema: z.object({ fruit: z.string() }),
  execute: () => 7,
});

const turns: readonly (string | ScriptedTurn)[] = [
  { toolCalls: [{ name: "check_stock", arguments: '{"fruit":"pear"}' }] },
  "There are seven pears.",
  '{"fruit":"pear"}',
  `\`\`\`json\n${right}\n\`\`\``,
];

interface Body {
  readonly messages: readonly { readonly role: string; readonly content?: string }[];
  readonly tools?: readonly unknown[];
  readonly tool_choice?: unknown;
  readonly response_format?: { readonly type: string };
}

test.each([
  ["json-schema", "json_schema", false],
  ["json-object", "json_object", true],
  ["prompt", undefined, true],
] as const)(
  "an output is asked for, mended and read from a provider that can be held to: %s",
  async (structuredOutput, type, isInWords) => {
    // The server answers 400 to what is no valid conversation.
    await using server = await simulator({ script: turns });
    const model = chatCompletions({
      baseURL: server.url,
      model: "cohere/command-r-plus-08-2024",
      capabilities: { structuredOutput },
    });
    const agent = new Agent({ model, tools: { check_stock }, output });
    const values: unknown[] = [];
    const stream = agent.stream("How many pears are in stock?");
    for await (const event of stream) if (event.type === "output-delta") values.push(event.output);
    const result = await stream.result;

    expect(result.status === "failed" && result.error).toBe(false);
    expect(result).toMatchObject({ status: "completed", output: { fruit: "pear", pieces: 7 } });
    expect(values.at(-1)).toEqual({ fruit: "pear", pieces: 7 });
    const bodies = server.requests.map(({ body }) => body as unknown as Body);
    expect(bodies.map(({ response_format: format }) => format?.type)).toEqual([
      undefined,
      undefined,
      type,
      type,
    ]);
    expect(bodies.map(({ tool_choice: choice }) => choice)).toEqual([
      undefined,
      undefined,
      "none",
      "none",
    ]);
    for (const { tools } of bodies) expect(tools).toHaveLength(1);
    const system = bodies.map(({ messages: [first] }) =>
      first?.role === "system" ? first.content : "",
    );
    expect(system.slice(0, 2)).toEqual(["", ""]);
    expect((system[2] ?? "").includes('"pieces"')).toBe(isInWords);
    expect(bodies[3]?.messages.map(({ role }) => role).join(" ")).toMatch(
      /user assistant tool assistant user assistant user$/,
    );
    expect(bodies[3]?.messages.at(-1)?.content).toMatch(/cannot be used: pieces: /);
  },
);

test("a model with prompted tools gives an output too", async () => {
  await using server = await simulator({
    script: (_, index) => (index === 0 ? "Seven, I believe." : right),
  });
  const model = chatCompletions({
    baseURL: server.url,
    model: "cohere/command-r-plus-08-2024",
    toolMode: "prompted",
  });
  const agent = new Agent({ model, tools: { check_stock }, output });
  expect(await agent.run("How many pears?")).toMatchObject({ output: { pieces: 7 } });
});

test("an empty answer can be asked for again", async () => {
  await using server = await simulator({ script: ["", right] });
  const model = chatCompletions({ baseURL: server.url, model: "cohere/command-r-plus-08-2024" });
  const result = await new Agent({ model, output }).run("How many pears?");
  expect(result).toMatchObject({ status: "completed", output: { pieces: 7 } });
});
