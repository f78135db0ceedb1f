import { Agent, type AssistantMessage, type ToolSpec, tool } from "@pawl/core";
import { z } from "zod";

import { ask } from "./ask.ts";
import { fail, failed, modelOf, notSupported, pass, type Probe, quoted } from "./probe.ts";

const user = (content: string) => ({ messages: [{ role: "user" as const, content }] });

const add: ToolSpec = {
  name: "add",
  description: "Adds two numbers and returns their sum",
  parameters: {
    type: "object",
    properties: { a: { type: "number" }, b: { type: "number" } },
    required: ["a", "b"],
  },
};
const sum = user("What is 2 + 3? Use the tool add.");
const sums = user("What is 2 + 3, and what is 4 + 5? Call the tool add for both at once.");

/** Answers that call tools. */
export const callProbes: readonly Probe[] = [
  {
    id: "live-call",
    rule: "A tool on offer is called with arguments that fit its schema.",
    look: async (target) => {
      const outcome = await ask(modelOf(target), { ...sum, tools: [add] });
      const { message } = outcome;
      if (!message) return failed(outcome, true);
      if (!message.toolCalls) return notSupported(`no call, but ${quoted(message.content)}`);
      const isGood = message.toolCalls.every(
        ({ name, input, invalid }) =>
          name === "add" &&
          !invalid &&
          typeof input["a"] === "number" &&
          typeof input["b"] === "number",
      );
      return isGood ? pass(callsText(message)) : fail(callsText(message));
    },
  },
  {
    id: "live-parallel-calls",
    rule: "Two calls of one answer come whole and with ids of their own.",
    look: async (target) => {
      const outcome = await ask(modelOf(target), { ...sums, tools: [add] });
      const { message } = outcome;
      if (!message) return failed(outcome, true);
      const calls = message.toolCalls ?? [];
      const seen = callsText(message);
      if (calls.length < 2) return notSupported(`one at a time: ${seen}`);
      const isGood =
        calls.every(({ invalid }) => !invalid) &&
        new Set(calls.map(({ id }) => id)).size === calls.length;
      return isGood ? pass(seen) : fail(seen);
    },
  },
  {
    id: "live-round-trip",
    rule: "The result of a call finds its way into the answer.",
    look: async (target) => {
      // A number that nobody guesses.
      const pieces = 7_391;
      let runs = 0;
      const check_stock = tool({
        description: "Says how many pieces of a fruit are in stock",
        inputSchema: z.object({ fruit: z.string() }),
        execute: () => {
          runs++;
          return pieces;
        },
      });
      const agent = new Agent({ model: modelOf(target), tools: { check_stock }, maxSteps: 4 });
      const result = await agent.run("How many pears are in stock?");
      if (result.status === "failed")
        return failed({ error: result.error, events: [], ms: 0 }, true);
      const seen = `${quoted(result.text)} after ${runs} calls`;
      if (runs === 0) return notSupported(seen);
      const isTold = result.text.replaceAll(/[,.\s]/g, "").includes(String(pieces));
      return result.status === "completed" && isTold ? pass(seen) : fail(seen);
    },
  },
  {
    id: "live-choice-none",
    rule: "With `tool_choice: none` no tool is called.",
    look: async (target) => {
      const outcome = await ask(modelOf(target), { ...sum, tools: [add], toolChoice: "none" });
      if (!outcome.message) return failed(outcome, true);
      const seen = callsText(outcome.message);
      return outcome.message.toolCalls ? fail(seen) : pass(seen);
    },
  },
  {
    id: "live-choice-required",
    rule: "With `tool_choice: required` a tool is called.",
    look: async (target) => {
      const outcome = await ask(modelOf(target), { ...sum, tools: [add], toolChoice: "required" });
      if (!outcome.message) return failed(outcome, true);
      const seen = callsText(outcome.message);
      return outcome.message.toolCalls ? pass(seen) : notSupported(`silently ignored: ${seen}`);
    },
  },
];

function callsText({ toolCalls, content }: AssistantMessage): string {
  if (!toolCalls) return `no call, but ${quoted(content)}`;
  return toolCalls
    .map(({ name, input, invalid }) => `${name}(${invalid ? invalid.text : JSON.stringify(input)})`)
    .join(", ");
}
