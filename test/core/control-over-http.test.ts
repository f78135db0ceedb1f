import { Agent, type AgentOptions, handoff, tool, type ToolSet } from "@pawl/core";
import { chatCompletions } from "@pawl/models";
import { simulator, type Turn } from "@pawl/simulator";
import { expect, test } from "vitest";
import { z } from "zod";

/** A model behind a real server that says this, and what it was sent. */
async function served(script: readonly Turn[], tokenDelayMs = 0) {
  const server = await simulator({ script, tokenDelayMs });
  const model = chatCompletions({
    baseURL: server.url,
    model: "cohere/command-r-08-2024",
    apiKey: "k",
  });
  const prompts = () =>
    server.requests.map(({ body }) =>
      body.messages.map(({ role, content }) => ({ role, content: JSON.stringify(content) })),
    );
  return { model, prompts, [Symbol.asyncDispose]: () => server.close() };
}

const pay = tool({
  description: "Pay",
  inputSchema: z.object({ amount: z.number() }),
  effect: "irreversible",
  execute: ({ amount }) => `paid ${amount}`,
});

/** A clerk who may pay. */
function clerk(options: Omit<AgentOptions<ToolSet, unknown>, "tools">): Agent<{ pay: typeof pay }> {
  return new Agent({ ...options, tools: { pay } });
}

const payIt = { toolCalls: [{ name: "pay", input: { amount: 7 } }] };

test("over HTTP, a call is asked about, approved with other arguments and told so", async () => {
  await using server = await served([payIt, "Paid."]);
  const agent = clerk({ model: server.model, policy: () => "ask" });

  const paused = await agent.run("Pay 7.");
  const [approval] = paused.status === "paused" ? paused.approvals : [];
  const result = await agent.resume(JSON.parse(JSON.stringify(paused.state)), {
    decisions: [{ callId: approval?.callId ?? "", approve: true, input: { amount: 5 } }],
  });

  expect(result).toMatchObject({ status: "completed", text: "Paid." });
  expect(server.prompts()[1]?.at(-1)).toMatchObject({
    role: "tool",
    content: JSON.stringify('[A person changed the arguments to {"amount":5}]\npaid 5'),
  });
});

test("over HTTP, an agent that goes round in circles is warned and stopped", async () => {
  await using server = await served([payIt, payIt, payIt, "Never asked."]);

  const result = await clerk({ model: server.model }).run("Pay.");

  expect(result).toMatchObject({ status: "stopped", reason: "no-progress" });
  expect(server.prompts().map((each) => each.at(-1)?.content.includes("repetition"))).toEqual([
    false,
    false,
    true,
  ]);
});

test("over HTTP, another agent goes on after a handoff", async () => {
  await using front = await served([{ toolCalls: [{ name: "transfer_to_billing" }] }]);
  await using back = await served([payIt, "Paid."]);
  const billing = new Agent({
    name: "billing",
    model: back.model,
    instructions: "You pay.",
    tools: { pay },
  });
  const agent = new Agent({ model: front.model, tools: [handoff(billing)] });

  expect(await agent.run("Pay 7.")).toMatchObject({ status: "completed", text: "Paid." });
  expect(back.prompts()[0]?.map(({ role }) => role)).toEqual([
    "system",
    "user",
    "assistant",
    "tool",
  ]);
});

test("over HTTP, a step can be prepared, and a run steered and stopped by a condition", async () => {
  await using server = await served([payIt, payIt, "Done."]);
  const agent = clerk({
    model: server.model,
    prepareStep: ({ step }) => (step === 2 ? { instructions: "Second." } : undefined),
    stopWhen: ({ steps }) => steps.length === 2,
  });
  const stream = agent.stream("Pay.");
  for await (const event of stream) if (event.type === "tool-start") stream.steer("Careful.");

  expect(await stream.result).toMatchObject({ status: "stopped", reason: "stop-when" });
  expect(server.prompts()[1]?.map(({ role, content }) => [role, content])).toEqual([
    ["system", '"Second."'],
    ["user", '"Pay."'],
    ["assistant", expect.any(String)],
    ["tool", '"paid 7"'],
    ["user", '"Careful."'],
  ]);
});

test("over HTTP, a call that takes long to be written is no silence, even if nobody watches", async () => {
  const note = "word ".repeat(30);
  const long = { toolCalls: [{ name: "pay", input: { amount: 7, note } }] };
  await using server = await served([long, "Paid."], 15);
  const agent = clerk({ model: server.model, timeouts: { idleMs: 150 } });

  expect(await agent.run("Pay.")).toMatchObject({ status: "completed", text: "Paid." });
});
