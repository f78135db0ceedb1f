import { Agent, handoff, tool } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

const person = z.object({ name: z.string(), age: z.number() });
const look = tool({ description: "Look", inputSchema: z.object({}), execute: () => "Ada, 36" });
const lookUp = { toolCalls: [{ name: "look" }] };

test("without tools the first request asks for the form, and the answer is read by the schema", async () => {
  const model = scripted(['{"name":"Ada","age":36}']);
  const result = await new Agent({ model, output: person }).run("Who?");
  expect(result).toMatchObject({
    status: "completed",
    output: { name: "Ada", age: 36 },
    text: '{"name":"Ada","age":36}',
  });
  expect(model.requests).toHaveLength(1);
  const properties = { name: { type: "string" }, age: { type: "number" } };
  const required = ["name", "age"];
  expect(model.requests[0]?.responseFormat).toEqual({
    name: "answer",
    schema: { type: "object", properties, required, additionalProperties: false },
  });
});

test("with tools the form is asked for when the model is done with them", async () => {
  const model = scripted([lookUp, "Ada is 36.", '{"name":"Ada","age":36}']);
  const agent = new Agent({ model, tools: { look }, output: person });
  const result = await agent.run("Who?");

  expect(result).toMatchObject({ status: "completed", output: { name: "Ada", age: 36 } });
  const [first, second, third] = model.requests;
  expect([first?.responseFormat, second?.responseFormat]).toEqual([undefined, undefined]);
  expect([first?.toolChoice, second?.toolChoice]).toEqual(["auto", "auto"]);
  // The same tools, none of which may be called: servers refuse a history with calls beside no tools.
  expect(third?.tools).toBe(first?.tools);
  expect(third?.toolChoice).toBe("none");
  expect(third?.responseFormat?.schema).toMatchObject({ type: "object" });
  expect(third?.messages.map(({ role }) => role)).toEqual([
    "user",
    "assistant",
    "tool",
    "assistant",
    "user",
  ]);
  expect(third?.messages.at(-1)?.content).toMatch(/^Give your answer as JSON .*"age"/);
});

test.each([
  ['{"name":"Ada","age":36}'],
  ['\n{ "name": "Ada",\n "age": 36 }\n'],
  ['```json\n{"name":"Ada","age":36}\n```'],
  ['```\n{"name":"Ada","age":36}\n```\n'],
])("an answer that fits already is taken without another request: %j", async (text) => {
  const model = scripted([lookUp, text]);
  const result = await new Agent({ model, tools: { look }, output: person }).run("Who?");
  expect(result).toMatchObject({ status: "completed", output: { name: "Ada", age: 36 } });
});

test.each([
  ['Such as:\n```json\n{"name":"Ada","age":36}\n```'],
  ['{"name":"Ada"}'],
  ["Ada is 36."],
  [""],
])(
  "words that only hold JSON, or JSON that does not fit, are asked for again: %j",
  async (text) => {
    const model = scripted([lookUp, text, '{"name":"Bob","age":1}']);
    const result = await new Agent({ model, tools: { look }, output: person }).run("Who?");
    expect(result).toMatchObject({ output: { name: "Bob" } });
  },
);

test("an answer in the form may have words around its fence, and fences inside", async () => {
  const code = z.object({ code: z.string() });
  for (const text of [
    'Sure:\n```json\n{"code":"```js\\n1\\n```"}\n```\nGood luck!',
    '{"code":"```js\\n1\\n```"}',
  ]) {
    const result = await new Agent({ model: scripted([text]), output: code }).run("Code!");
    expect(result).toMatchObject({ output: { code: "```js\n1\n```" } });
  }
});

test("no tools may be called: the first request asks for the form", async () => {
  const model = scripted(['{"name":"Ada","age":36}']);
  const agent = new Agent({ model, tools: { look }, toolChoice: "none", output: person });
  expect(await agent.run("Who?")).toMatchObject({ status: "completed" });
  expect(model.requests[0]?.responseFormat).toBeDefined();
});

test("a finished run that is resumed from its state has the same output", async () => {
  const agent = new Agent({ model: scripted(['{"name":"Ada","age":36}']), output: person });
  const { state } = await agent.run("Who?");
  const again = await agent.resume(JSON.parse(JSON.stringify(state)) as typeof state);
  expect(again).toMatchObject({ status: "completed", output: { name: "Ada", age: 36 } });
});

test("a run that goes on in a conversation asks for the form anew", async () => {
  const turns = [lookUp, "Ada.", '{"name":"Ada","age":36}', "Bob.", '{"name":"Bob","age":7}'];
  const model = scripted(turns);
  const agent = new Agent({ model, tools: { look }, output: person });
  const { messages } = await agent.run("Who?");
  const next = await agent.run([...messages, { role: "user", content: "Who else?" }]);
  expect(next).toMatchObject({ output: { name: "Bob" } });
  expect(model.requests[3]?.responseFormat).toBeUndefined();
});

test("a subagent's output is given to the outer model as JSON, and to watchers as it is", async () => {
  const inner = new Agent({ model: scripted(['{"name":"Ada","age":36}']), output: person });
  const model = scripted([{ toolCalls: [{ name: "ask", input: { task: "Who?" } }] }, "Ada."]);
  const ask = inner.asTool({ description: "Asks for a person" });
  const result = await new Agent({ model, tools: { ask } }).run("Who?");
  expect(model.requests[1]?.messages.at(-1)?.content).toBe('{"name":"Ada","age":36}');
  expect(result.steps[0]?.toolResults[0]).toMatchObject({ output: { name: "Ada", age: 36 } });
});

test("wrong options are refused with the way out", () => {
  const model = scripted([]);
  expect(() => new Agent({ model, output: z.object({ a: z.date() }) })).toThrow(
    /^Agent: "output": .*cannot be written as JSON Schema/,
  );
  expect(() => new Agent({ model, output: "text" as never })).toThrow(/^Agent: "output": A schema/);
  for (const outputRetries of [-1, 11, 1.5])
    expect(() => new Agent({ model, output: person, outputRetries })).toThrow(
      /"outputRetries" must be a whole number from 0 to 10/,
    );
});

test("a model that calls a tool when it was asked for the form is heard, and asked again", async () => {
  const model = scripted([lookUp, "Ada.", lookUp, "Ada is 36.", '{"name":"Ada","age":36}']);
  const result = await new Agent({ model, tools: { look }, output: person }).run("Who?");
  expect(result).toMatchObject({ status: "completed", output: { name: "Ada" } });
  const forms = model.requests.map(({ responseFormat }) => responseFormat !== undefined);
  expect(forms).toEqual([false, false, true, false, true]);
});

test("no tool is called beside the form, whatever the step was prepared for", async () => {
  const model = scripted(["Ada is 36.", '{"name":"Ada","age":36}']);
  const agent = new Agent({
    model,
    tools: { look },
    output: person,
    prepareStep: () => ({ toolChoice: "required" }),
  });
  expect(await agent.run("Who?")).toMatchObject({ status: "completed" });
  expect(model.requests.map(({ toolChoice }) => toolChoice)).toEqual(["required", "none"]);
});

test("after a handoff the output is still that of the agent which the run was begun with", async () => {
  const theirs = scripted(["Ada is 36.", '{"name":"Ada","age":36}']);
  const other = new Agent({ name: "other", model: theirs, tools: { look }, output: z.string() });
  const model = scripted([{ toolCalls: [{ name: "transfer_to_other" }] }]);
  const result = await new Agent({ model, tools: [handoff(other)], output: person }).run("Who?");
  expect(result).toMatchObject({ status: "completed", output: { name: "Ada", age: 36 } });
  expect(theirs.requests[1]?.responseFormat?.schema).toMatchObject({ required: ["name", "age"] });
  const plain = scripted([{ toolCalls: [{ name: "transfer_to_other" }] }]);
  const next = new Agent({ name: "other", model: scripted(["Ada."]), output: z.string() });
  const text = await new Agent({ model: plain, tools: [handoff(next)] }).run("Who?");
  expect(text).toMatchObject({ status: "completed", output: "Ada." });
});

test("what is said to a run while it answers is heard before the form is asked for", async () => {
  const model = scripted(["Ada is 36.", "Bob is 7.", '{"name":"Bob","age":7}']);
  const stream = new Agent({ model, tools: { look }, output: person }).stream("Who?");
  for await (const { type } of stream)
    if (type === "step-start" && model.requests.length === 0) stream.steer("No, the younger one.");
  expect(await stream.result).toMatchObject({ output: { name: "Bob" } });
  expect(model.requests[1]?.messages.at(-1)?.content).toBe("No, the younger one.");
  expect(model.requests[1]?.responseFormat).toBeUndefined();
  expect(model.requests[2]?.messages.at(-1)?.content).toMatch(/^Give your answer as JSON/);
});
