import { Agent, memorySession, tool, type Message, type RunState, type Session } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

const user = (content: string): Message => ({ role: "user", content });

/** A state as it comes back from a database. */
function stored(state: RunState): RunState {
  return JSON.parse(JSON.stringify(state)) as RunState;
}

/** A session that writes down what it is given, block by block. */
function observed(history: readonly Message[] = [], id = "notes") {
  const blocks: Message[][] = [];
  const runIds: (string | undefined)[] = [];
  const session: Session = {
    id,
    load: async () => [...history, ...blocks.flat()],
    append: async (messages, by) => {
      blocks.push([...messages]);
      runIds.push(by?.runId);
    },
  };
  return { session, blocks, runIds };
}

const words = (messages: readonly Message[] | undefined): unknown[] =>
  (messages ?? []).map(({ content }) => content);

const pay = tool({
  description: "Pay",
  inputSchema: z.object({}),
  needsApproval: true,
  execute: () => "paid",
});

test("a run begins with what was said before, and adds what it said itself", async () => {
  const model = scripted(["Hello Ada.", "You are Ada.", "Still Ada."]);
  const agent = new Agent({ model, instructions: "Be kind." });
  const session = memorySession();

  await agent.run("I am Ada.", { session });
  const second = await agent.run("Who am I?", { session });
  await agent.stream("And now?", { session }).result;

  expect(model.requests.map(({ messages }) => words(messages))).toEqual([
    ["I am Ada."],
    ["I am Ada.", "Hello Ada.", "Who am I?"],
    ["I am Ada.", "Hello Ada.", "Who am I?", "You are Ada.", "And now?"],
  ]);
  expect(words(second.messages)).toHaveLength(4);
  expect(words(await session.load())).toEqual([
    "I am Ada.",
    "Hello Ada.",
    "Who am I?",
    "You are Ada.",
    "And now?",
    "Still Ada.",
  ]);
});

test("what a run said comes in one piece: input, calls, results and answer", async () => {
  const { session, blocks, runIds } = observed([user("Before")]);
  const look = tool({ description: "Look", inputSchema: z.object({}), execute: () => "seen" });
  const model = scripted([{ text: "I look.", toolCalls: [{ name: "look" }] }, "Done."]);

  const input = [user("One"), user("Two")];
  await new Agent({ model, tools: { look } }).run(input, { session, runId: "r-1" });

  expect(blocks.map(words)).toEqual([["One", "Two", "I look.", "seen", "Done."]]);
  expect(runIds).toEqual(["r-1"]);
});

test("the messages of a session stay the same objects from run to run", async () => {
  const model = scripted(["One.", "Two."]);
  const session = memorySession();
  const agent = new Agent({ model });
  await agent.run("1", { session });
  await agent.run("2", { session });

  const [before, after] = model.requests;
  expect(after?.messages[0]).toBe(before?.messages[0]);
  expect((await session.load())[1]).toBe(after?.messages[1]);
});

test("a history that no provider would take is mended before it is sent", async () => {
  const call = { id: "call-1", name: "look", input: {} };
  const history: Message[] = [
    { role: "tool", callId: "gone", toolName: "look", content: "whose?" },
    user("Look!"),
    { role: "assistant", content: "", toolCalls: [call] },
  ];
  const { session, blocks } = observed(history);
  const look = tool({ description: "Look", inputSchema: z.object({}), execute: () => "seen" });
  const model = scripted([{ toolCalls: [call] }, "Done."]);

  const result = await new Agent({ model, tools: { look } }).run("Again.", { session });

  expect(words(model.requests[0]?.messages)).toEqual([
    "Look!",
    "",
    "Not executed: the run ended before.",
    "Again.",
  ]);
  const ids = result.messages.flatMap((each) => (each.role === "tool" ? [each.callId] : []));
  expect(new Set(ids).size).toBe(2);
  expect(blocks.map(words)).toEqual([["Again.", "", "seen", "Done."]]);
});

test("a paused run adds nothing until a resume completes it, and then the whole block", async () => {
  const { session, blocks } = observed([user("Before")]);
  const model = scripted([{ toolCalls: [{ name: "pay" }] }, "Paid."]);
  const agent = new Agent({ model, tools: { pay } });

  const paused = await agent.run("Pay.", { session });
  expect(paused.status).toBe("paused");
  expect(blocks).toEqual([]);
  const decisions = [{ callId: "call-1", approve: true }];
  const done = await agent.resume(stored(paused.state), { session, decisions });

  expect(done.status).toBe("completed");
  expect(blocks.map(words)).toEqual([["Pay.", "", "paid", "Paid."]]);
  expect(words(model.requests[1]?.messages)).toEqual(["Before", "Pay.", "", "paid"]);
});

test("a stopped, a failed and an aborted run add nothing, and a repeated input stands there once", async () => {
  const { session, blocks } = observed();
  const look = tool({ description: "Look", inputSchema: z.object({}), execute: () => "seen" });
  const model = scripted([
    { toolCalls: [{ name: "look" }] },
    { error: new Error("down") },
    { delayMs: 1000, text: "late" },
    "Here.",
  ]);
  const agent = new Agent({ model, tools: { look } });

  const stopped = await agent.run("Go.", { session, maxSteps: 1 });
  const failed = await agent.run("Go.", { session });
  const aborted = await agent.run("Go.", { session, signal: AbortSignal.timeout(20) });
  expect([stopped.status, failed.status, aborted.status]).toEqual(["stopped", "failed", "aborted"]);
  expect(blocks).toEqual([]);
  await agent.resume(stored(failed.state), { session });

  expect(blocks.map(words)).toEqual([["Go.", "Here."]]);
});

test("a run that was completed adds nothing more when it is resumed", async () => {
  const { session, blocks } = observed();
  const agent = new Agent({ model: scripted(["Done."]) });
  const done = await agent.run("Go.", { session });

  const again = await agent.resume(stored(done.state), { session });

  expect(again).toMatchObject({ status: "completed", output: "Done." });
  expect(blocks).toHaveLength(1);
});

test("a run that was begun without a session adds all of it when it is resumed with one", async () => {
  const { session, blocks } = observed([user("Before")]);
  const agent = new Agent({
    model: scripted([{ toolCalls: [{ name: "pay" }] }, "Paid."]),
    tools: { pay },
  });
  const paused = await agent.run("Pay.");
  const decisions = [{ callId: "call-1", approve: true }];

  const done = await agent.resume(stored(paused.state), { session, decisions });

  expect(words(done.messages)).toEqual(["Pay.", "", "paid", "Paid."]);
  expect(blocks.map(words)).toEqual([["Pay.", "", "paid", "Paid."]]);
});

test("a history that cannot be loaded fails the run with the session's name, before the model is asked", async () => {
  const { session, blocks } = observed([user("Before")], "user-7");
  const answers: (() => unknown)[] = [
    () => Promise.reject(new Error("disk full")),
    () => {
      throw new Error("thrown at once");
    },
    () => Promise.resolve("text"),
    () => Promise.resolve([{ role: "nobody" }]),
  ];
  const flaky = { ...session, load: () => answers.shift()?.() as Promise<Message[]> };
  const model = scripted(["Done."]);
  const agent = new Agent({ model });

  const failed = await agent.run("Go.", { session: flaky });
  expect(failed).toMatchObject({
    status: "failed",
    error: {
      message: 'Session "user-7": its "load" failed: disk full',
      cause: { message: "disk full" },
    },
  });
  while (answers.length > 0)
    expect(await agent.run("Go.", { session: flaky })).toMatchObject({ status: "failed" });
  expect(model.requests).toEqual([]);

  await agent.resume(stored(failed.state), { session });
  expect(words(model.requests[0]?.messages)).toEqual(["Before", "Go."]);
  expect(blocks.map(words)).toEqual([["Go.", "Done."]]);
});

test("a record that cannot be written fails the run, and a resume writes it without asking again", async () => {
  const { session, blocks } = observed([], "user-7");
  const full = { ...session, append: () => Promise.reject(new Error("disk full")) };
  const model = scripted(["Done."]);
  const agent = new Agent({ model });

  const failed = await agent.run("Go.", { session: full });
  expect(failed).toMatchObject({
    status: "failed",
    text: "Done.",
    error: { message: 'Session "user-7": its "append" failed: disk full' },
  });
  const done = await agent.resume(stored(failed.state), { session });

  expect(done).toMatchObject({ status: "completed", output: "Done." });
  expect(model.requests).toHaveLength(1);
  expect(blocks.map(words)).toEqual([["Go.", "Done."]]);
});

test("a subagent does not take part in the session", async () => {
  const inner = scripted(["Found."]);
  const expert = new Agent({ model: inner }).asTool({ description: "Finds" });
  const model = scripted([{ toolCalls: [{ name: "expert", input: { task: "Find." } }] }, "Done."]);
  const { session, blocks } = observed([user("Before")]);

  await new Agent({ model, tools: { expert } }).run("Go.", { session });

  expect(words(inner.requests[0]?.messages)).toEqual(["Find."]);
  expect(blocks.map(words)).toEqual([["Go.", "", "Found.", "Done."]]);
});

test("what is no session is refused", async () => {
  const agent = new Agent({ model: scripted([]) });

  for (const session of [
    null,
    "user-7",
    { id: "", load() {}, append() {} },
    { id: "a", load() {} },
  ])
    await expect(agent.run("Go.", { session: session as never })).rejects.toThrow(
      '"session" must have an "id" that is a text',
    );
  expect(() => memorySession([], "")).toThrow("memorySession");
  expect(() => memorySession("hello" as never)).toThrow("memorySession");
});
