import { Agent, tool, type Message } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

const echo = tool({
  description: "Echo",
  inputSchema: z.object({ say: z.string() }),
  execute: ({ say }) => say,
});

const call = (id: string, say: string) => ({ id, name: "echo", input: { say } });

const result = (content: string): Message => ({
  role: "tool",
  callId: "0",
  toolName: "echo",
  content,
});

/** The ids of the calls, each with what it was answered. */
function answers(messages: readonly Message[]): Record<string, unknown> {
  const calls = messages.flatMap((each) => (each.role === "assistant" && each.toolCalls) || []);
  return Object.fromEntries(
    calls.map(({ id }) => [
      id,
      messages.find((each) => each.role === "tool" && each.callId === id)?.content,
    ]),
  );
}

test("call ids that come again in later steps are made unique, and results stay with their calls", async () => {
  const model = scripted([
    { toolCalls: [call("0", "a"), call("1", "b")] },
    { toolCalls: [call("0", "c"), call("1", "d")] },
    "Done.",
  ]);

  const { messages } = await new Agent({ model, tools: { echo } }).run("Echo.");

  expect(answers(messages)).toEqual({ 0: "a", 1: "b", "0_2": "c", "1_2": "d" });
});

test("call ids that come twice in one answer, or are empty, are made unique", async () => {
  const toolCalls = [call("x", "a"), call("x", "b"), call("", "c"), call("", "d"), call("y", "e")];
  const model = scripted([{ toolCalls }, "Done."]);

  const { messages } = await new Agent({ model, tools: { echo } }).run("Echo.");

  expect(answers(messages)).toEqual({ x: "a", x_2: "b", call_: "c", call__2: "d", y: "e" });
});

test("call ids are unique against the given history and after a resume", async () => {
  const history: Message[] = [
    { role: "user", content: "Hi" },
    { role: "assistant", content: "", toolCalls: [call("0", "old")] },
    { role: "tool", callId: "0", toolName: "echo", content: "old" },
    { role: "user", content: "Again." },
  ];
  const turn = (say: string) => ({ toolCalls: [call("0", say)] });
  const model = scripted([turn("a"), turn("b"), "Done."]);
  const agent = new Agent({ model, tools: { echo }, maxSteps: 1 });

  const stopped = await agent.run(history);
  const { messages } = await agent.resume(stopped.state, { maxSteps: 3 });

  expect(answers(messages)).toEqual({ 0: "old", "0_2": "a", "0_3": "b" });
});

test("a call id that looks like the name of another step is changed", async () => {
  const ids = ["model-2", "instructions", "a/b"];
  const model = scripted([{ toolCalls: ids.map((id) => call(id, id)) }, "Done."]);

  const { messages } = await new Agent({ model, tools: { echo } }).run("Echo.");

  expect(answers(messages)).toEqual({
    "call_model-2": "model-2",
    call_instructions: "instructions",
    call_a_b: "a/b",
  });
});

test("a given history is sent with one answer to each call", async () => {
  const model = scripted(["Done."]);

  await new Agent({ model }).run([
    { role: "tool", callId: "gone", toolName: "echo", content: "of a call that was cut off" },
    { role: "user", content: "Hi" },
    { role: "assistant", content: "", toolCalls: [call("a", "1"), call("b", "2"), call("c", "3")] },
    { role: "tool", callId: "b", toolName: "echo", content: "2" },
    { role: "tool", callId: "b", toolName: "echo", content: "twice" },
    { role: "user", content: "Never mind." },
    { role: "tool", callId: "c", toolName: "echo", content: "too late" },
    { role: "assistant", content: "", toolCalls: [call("d", "4")] },
  ]);

  expect(model.requests[0]?.messages).toMatchObject([
    { role: "user" },
    { role: "assistant" },
    { role: "tool", callId: "b", content: "2" },
    { role: "tool", callId: "a", content: "Not executed: the run ended before.", isError: true },
    { role: "tool", callId: "c", content: "Not executed: the run ended before.", isError: true },
    { role: "user", content: "Never mind." },
    { role: "assistant" },
    { role: "tool", callId: "d", toolName: "echo", isError: true },
  ]);
});

test("call ids that come again in a given history are made unique with their results", async () => {
  const model = scripted(["Done."]);
  await new Agent({ model }).run([
    { role: "user", content: "Hi" },
    { role: "assistant", content: "", toolCalls: [call("0", "a"), call("0", "b")] },
    result("a"),
    result("b"),
    { role: "assistant", content: "", toolCalls: [call("0", "c")] },
    result("c"),
  ]);

  expect(answers(model.requests[0]?.messages ?? [])).toEqual({ 0: "a", "0_2": "b", "0_3": "c" });
});

test("a history that is fit to send is sent as it is", async () => {
  const history: Message[] = [
    { role: "user", content: "Hi" },
    { role: "assistant", content: "", toolCalls: [call("b", "2"), call("a", "1")] },
    { role: "tool", callId: "a", toolName: "echo", content: "1" },
    { role: "tool", callId: "b", toolName: "echo", content: "2" },
    { role: "assistant", content: "12" },
    { role: "user", content: "Thanks." },
  ];
  const before = structuredClone(history);
  const model = scripted(["Welcome."]);

  await new Agent({ model }).run(history);

  expect(model.requests[0]?.messages).toEqual(history);
  expect(history).toEqual(before);
});
