import { Agent, type AssistantMessage, type Model, tool } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

/** A model whose author got something wrong. */
function wrong(respond: unknown): Model {
  return { id: "mine", capabilities: { tools: true }, respond: respond as Model["respond"] };
}

function answering(answer: unknown): Model {
  // oxlint-disable-next-line require-yield -- a whole answer at once
  return wrong(async function* respond() {
    return answer as AssistantMessage;
  });
}

const said = { role: "assistant", content: "Hi." };

test.for([
  [wrong(() => "Hi."), "respond must be an async generator"],
  [answering(undefined), 'respond must return an assistant message: { role: "assistant"'],
  [answering("Hi."), "respond must return an assistant message"],
  [answering({ ...said, role: "user" }), "respond must return an assistant message"],
  [answering({ ...said, content: null }), 'whose "content" is a string'],
  [answering({ ...said, toolCalls: null }), 'whose "toolCalls" are a list of { id, name, input }'],
  [answering({ ...said, toolCalls: [null] }), 'whose "toolCalls" are a list'],
  [answering({ ...said, toolCalls: [{ name: "x", input: {} }] }), 'whose "toolCalls" are a list'],
  [answering({ ...said, toolCalls: [{ id: "1", name: "x", input: "{}" }] }), "an object as input"],
  [answering({ ...said, toolCalls: [{ id: "1", name: "x", input: [] }] }), "an object as input"],
] as const)(
  "what a handwritten model gets wrong is said in one sentence: %#",
  async ([model, words]) => {
    const result = await new Agent({ model }).run("Go.");

    expect(result).toMatchObject({
      status: "failed",
      error: { message: expect.stringContaining(words) },
    });
    expect(result.status === "failed" && result.error.message).toMatch(/^Model "mine": /);
    expect(result.messages).toEqual([{ role: "user", content: "Go." }]);
  },
);

test.for([{}, { totalTokens: 5 }, { inputTokens: Number.NaN, outputTokens: 1, totalTokens: 1 }])(
  "counts that are none are estimated, so that a budget still holds: %o",
  async (usage) => {
    const look = { id: "1", name: "look", input: {} };
    const agent = new Agent({
      model: answering({ ...said, toolCalls: [look], usage }),
      tools: { look: tool({ description: "x", inputSchema: z.object({}), execute: () => "seen" }) },
      maxRepeats: Number.POSITIVE_INFINITY,
    });

    const result = await agent.run("Go.", { budget: { tokens: 2000 } });

    expect(result).toMatchObject({ status: "stopped", reason: "budget", limit: "tokens" });
    expect(result.usage).toMatchObject({ isEstimated: true, totalTokens: expect.any(Number) });
    expect(await agent.resume(JSON.parse(JSON.stringify(result.state)))).toMatchObject({
      status: "stopped",
    });
  },
);

test("what is thrown may be made so that it cannot be read", async () => {
  const evil = {
    get message(): string {
      throw new Error("boo");
    },
  };
  const model = wrong(() => {
    throw evil;
  });
  const throws = tool({
    description: "x",
    inputSchema: z.object({}),
    execute: () => {
      throw evil;
    },
  });
  const calling = scripted([{ toolCalls: [{ name: "throws" }, { name: "throws" }] }, "Done."]);

  expect(await new Agent({ model }).run("Go.")).toMatchObject({
    status: "failed",
    error: { message: "something that cannot be read was thrown" },
  });
  const { messages } = await new Agent({ model: calling, tools: { throws } }).run("Go.");
  expect(messages[3]).toMatchObject({ content: "Error: something that cannot be read was thrown" });
});

test("a check for approval that forgets to answer lets nothing pass", async () => {
  const pay = tool({
    description: "Pay",
    inputSchema: z.object({}),
    needsApproval: (() => undefined) as never,
    execute: () => "paid",
  });
  const model = scripted([{ toolCalls: [{ name: "pay" }] }]);

  expect(await new Agent({ model, tools: { pay } }).run("Go.")).toMatchObject({ status: "paused" });
});

test("resources that are no names stop the call, not the run", async () => {
  const write = tool({
    description: "Write",
    inputSchema: z.object({}),
    effect: "write",
    resources: (async () => "file") as never,
    execute: () => "written",
  });
  const model = scripted([{ toolCalls: [{ name: "write" }, { name: "write" }] }, "Done."]);

  const { messages } = await new Agent({ model, tools: { write } }).run("Go.");

  expect(messages[2]).toMatchObject({
    content: 'Not executed: "resources" must return a name, or a list of names.',
  });
});

test.for([Promise.resolve({}), new Map(), new Set()])("tools that are %o are refused", (tools) => {
  const model = scripted([]);

  expect(() => new Agent({ model, tools: tools as never })).toThrow(
    /^Agent: "tools" is a \w+; give/,
  );
});

test("instructions that are no text fail the run", async () => {
  const agent = new Agent({ model: scripted([]), instructions: (() => 7) as never });

  expect(await agent.run("Go.")).toMatchObject({
    status: "failed",
    error: { message: 'Agent "agent": the function given as "instructions" must return a string.' },
  });
});

test("a schema written by hand that says nothing stops the call, not the run", async () => {
  const mute = { json: { type: "object" }, parse: (() => undefined) as never };
  const look = tool({ description: "Look", inputSchema: mute, execute: () => "seen" });
  const model = scripted([{ toolCalls: [{ name: "look" }] }, "Done."]);

  const { messages } = await new Agent({ model, tools: { look } }).run("Go.");

  expect(messages[2]).toMatchObject({
    content: "Not executed: parse of the schema must return { value } or { issues }.",
  });
});
