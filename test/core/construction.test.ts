import { Agent, tool, type AgentOptions, type RunState } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

const model = scripted([]);
const inputSchema = z.object({});
const definition = { description: "Do nothing", inputSchema, execute: () => 1 };
const named = tool({ ...definition, name: "nothing" });

type AnyOptions = AgentOptions<readonly [], unknown>;

test.for<[unknown, string]>([
  [undefined, "Agent takes an object of options, got undefined."],
  [null, "got null."],
  [{}, 'Agent: "model" must be a model'],
  [{ model: "gpt-4o" }, 'such as aimlapi("cohere/command-r-plus-08-2024"), not its name.'],
  [{ model: {} }, 'Agent: "model" must be a model'],
  [{ model, maxstep: 3 }, 'Agent: unknown option "maxstep". Did you mean "maxSteps"?'],
  [{ model, tool: {} }, 'Did you mean "tools"?'],
  [{ model, temperature: 1 }, "Known options: name, model, instructions,"],
  [{ model, name: "" }, '"name" must be a string that is not empty'],
  [{ model, name: 5 }, '"name" must be a string'],
  [{ model, instructions: ["a"] }, '"instructions" must be a string, or a function'],
  [{ model, maxSteps: 0 }, '"maxSteps" must be a whole number of at least 1, got 0.'],
  [{ model, maxSteps: 1.5 }, "got 1.5."],
  [{ model, maxSteps: "3" }, '"maxSteps" must be a whole number'],
  [{ model, toolConcurrency: Number.NaN }, '"toolConcurrency" must be a whole number'],
  [{ model, tools: "search" }, '"tools" must be a record such as { add: tool({ … }) }'],
  [{ model, tools: { add: () => 1 } }, '"tools.add" must be made by tool({ … }), got function.'],
  [{ model, tools: { add: null } }, "got null."],
  [{ model, tools: { "get weather": named } }, 'Tool "get weather": a name takes letters'],
  [{ model, tools: { add: { description: "x" } } }, 'Tool "add": "execute" must be a function.'],
  [{ model, tools: [tool(definition)] }, 'a tool in a list needs a "name"; or give the tools as'],
  [{ model, tools: [undefined] }, 'a tool in a list needs a "name"'],
  [{ model, tools: [named, named] }, 'two tools are named "nothing". Give one of them another'],
  [{ model, toolChoice: "any" }, '"toolChoice" must be "auto", "none", "required" or { tool:'],
  [{ model, toolChoice: null }, '"toolChoice" must be'],
  [{ model, toolChoice: { tool: "add" }, tools: [named] }, "the name of one of the tools"],
  [{ model, toolChoice: "required" }, '"toolChoice" is "required", but there are no tools.'],
])(
  "an agent with wrong options is a TypeError that says what to mend (%#)",
  ([options, message]) => {
    const make = () => new Agent(options as AnyOptions);

    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  },
);

test.for<[unknown, string]>([
  [undefined, "A tool takes an object of options, got undefined."],
  [{ ...definition, desciption: "x" }, 'unknown option "desciption". Did you mean "description"?'],
  [{ ...definition, parameters: {} }, "Known options: name, description, inputSchema,"],
  [{ ...definition, name: "" }, "a name takes letters"],
  [
    { ...definition, name: "a b" },
    'Tool "a b": a name takes letters, digits, _ and -, 64 at most.',
  ],
  [{ ...definition, name: "x".repeat(65) }, "64 at most"],
  [{ ...definition, name: 5 }, "a name takes letters"],
  [{ ...definition, description: " " }, '"description" must say what it is for'],
  [{ ...definition, description: undefined }, '"description" must say what it is for'],
  [{ ...definition, execute: undefined }, '"execute" must be a function.'],
  [{ ...definition, effect: "delete" }, '"effect" must be "read", "write" or "irreversible".'],
  [
    { ...definition, needsApproval: "always" },
    '"needsApproval" must be true, false, or a function',
  ],
  [
    { ...definition, timeoutMs: 0 },
    '"timeoutMs" must be a number of milliseconds, 1 to 2147483647.',
  ],
  [{ ...definition, timeoutMs: Number.NaN }, '"timeoutMs" must be'],
  [{ ...definition, timeoutMs: "100" }, '"timeoutMs" must be'],
  [{ ...definition, timeoutMs: Number.POSITIVE_INFINITY }, '"timeoutMs" must be'],
])("a tool with wrong options is a TypeError that says what to mend (%#)", ([options, message]) => {
  const make = () => tool(options as typeof definition);

  expect(make).toThrow(TypeError);
  expect(make).toThrow(message);
});

test.for<[unknown, string]>([
  [null, "run takes an object of options, got null."],
  [
    { sginal: new AbortController().signal },
    'run: unknown option "sginal". Did you mean "signal"?',
  ],
  [{ decisions: [] }, 'unknown option "decisions"'],
  [
    { signal: new AbortController() },
    '"signal" must be an AbortSignal, such as new AbortController',
  ],
  [{ runId: "" }, '"runId" must be 1 to 100 letters'],
  [{ runId: "a/b" }, 'got "a/b".'],
  [{ runId: "x".repeat(101) }, '"runId" must be'],
  [{ runId: 5 }, '"runId" must be'],
  [{ runId: null }, '"runId" must be'],
  [{ maxSteps: 0 }, 'run: "maxSteps" must be a whole number of at least 1'],
])(
  "wrong options of run and stream are a TypeError before a request (%#)",
  async ([options, message]) => {
    const unasked = scripted(["Hello."]);
    const agent = new Agent({ model: unasked });

    await expect(agent.run("Hi", options as object)).rejects.toThrow(TypeError);
    await expect(agent.run("Hi", options as object)).rejects.toThrow(message);
    expect(() => agent.stream("Hi", options as object)).toThrow(message);
    expect(unasked.requests).toHaveLength(0);
  },
);

test.for<[unknown, string]>([
  [{ decision: [] }, 'resume: unknown option "decision". Did you mean "decisions"?'],
  [{ runId: "r" }, 'resume: unknown option "runId"'],
  [{ signal: "stop" }, 'resume: "signal" must be an AbortSignal'],
  [{ maxSteps: -1 }, 'resume: "maxSteps" must be a whole number'],
  [{ decisions: {} }, 'resume: "decisions" must be a list of { callId, approve }.'],
])("wrong options of resume are a TypeError before a request (%#)", async ([options, message]) => {
  const asked = scripted(["Hello."]);
  const agent = new Agent({ model: asked });
  const { state } = await agent.run("Hi");

  await expect(agent.resume(state, options as object)).rejects.toThrow(TypeError);
  await expect(agent.resume(state, options as object)).rejects.toThrow(message);
  expect(() => agent.resumeStream(state, options as object)).toThrow(message);
  expect(asked.requests).toHaveLength(1);
});

const whole: RunState = {
  version: 1,
  runId: "r",
  agent: "agent",
  messages: [{ role: "user", content: "Hi" }],
  start: 1,
  waiting: [],
  records: {},
};

test.for<[unknown, string]>([
  [undefined, "no run state of version 1"],
  ["{}", "Pass result.state, or what JSON.parse gives of it."],
  [{ state: whole, messages: whole.messages }, "Pass result.state"],
  [{ ...whole, version: 2 }, "its version is 2"],
  [
    { ...whole, agent: "other" },
    'of agent "other", this one is "agent". Resume it with the agent that',
  ],
  [{ ...whole, messages: undefined }, "the state is damaged"],
  [{ ...whole, messages: [{ role: "user" }] }, "the state is damaged: message 0 needs"],
  [{ ...whole, start: -1 }, "the state is damaged"],
  [{ ...whole, start: 2 }, "the state is damaged"],
  [{ ...whole, inputStart: 2 }, "the state is damaged"],
  [{ ...whole, records: null }, "the state is damaged"],
  [{ ...whole, runId: undefined }, "the state is damaged"],
  [{ ...whole, waiting: undefined }, "the state is damaged"],
])(
  "a state that is another's or damaged is a TypeError before a request (%#)",
  async ([state, message]) => {
    const unasked = scripted(["Hello."]);
    const agent = new Agent({ model: unasked });

    await expect(agent.resume(state as RunState)).rejects.toThrow(TypeError);
    await expect(agent.resume(state as RunState)).rejects.toThrow(message);
    expect(() => agent.resumeStream(state as RunState)).toThrow(message);
    expect(unasked.requests).toHaveLength(0);
    expect(await agent.resume(whole)).toMatchObject({ status: "completed", runId: "r" });
  },
);

test("wrong options of asTool are a TypeError", () => {
  const agent = new Agent({ model });

  expect(() => agent.asTool({ description: "" })).toThrow(TypeError);
  expect(() => agent.asTool({ description: "x", timeoutMs: 0 })).toThrow('"timeoutMs" must be');
});

test("a tool may be a literal that did not go through tool()", async () => {
  const asking = scripted([{ toolCalls: [{ name: "nothing" }] }, "Done."]);
  const agent = new Agent({ model: asking, tools: { nothing: { ...named } } });

  expect(await agent.run("Go.")).toMatchObject({ status: "completed", output: "Done." });
  expect(asking.requests[1]?.messages.at(-1)).toMatchObject({ content: "1" });
});

test("an option of a run is not one of an agent, and the error says where it goes", () => {
  const options = { model: scripted([]), budget: { tokens: 5 } };

  expect(() => new Agent(options as never)).toThrow(
    'Agent: "budget" is an option of each run: agent.run(input, { budget }).',
  );
});
