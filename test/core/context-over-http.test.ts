import { Agent, tool } from "@pawl/core";
import { chatCompletions } from "@pawl/models";
import { simulator, type Turn } from "@pawl/simulator";
import { expect, test } from "vitest";
import { z } from "zod";

import { prose } from "./strict.ts";

const contextTokens = 8000;

interface WireMessage {
  readonly role: string;
  readonly content?: unknown;
  readonly tool_calls?: ReadonlyArray<{ readonly id: string }>;
  readonly tool_call_id?: string;
}

/** What a strict server says against these messages. */
function objection(messages: readonly WireMessage[]): string | undefined {
  const length = JSON.stringify(messages).length / 4;
  if (length > contextTokens) return `${length} tokens are more than ${contextTokens}`;
  const said = messages.filter(({ role }) => role !== "system");
  if (said[0]?.role !== "user") return "the first message is not the user's";
  let open: string[] = [];
  let last = "";
  for (const { role, tool_call_id: answered, tool_calls: calls } of said) {
    if (role === "tool" ? open.shift() !== answered : open.length > 0) return "unpaired";
    if (role === last && role !== "tool") return `two messages of ${role} in a row`;
    if (role === "assistant") open = (calls ?? []).map(({ id }) => id);
    last = role;
  }
  return open.length > 0 ? "a call has no answer" : undefined;
}

test("over HTTP, a server that refuses long and unpaired requests answers 60 steps, and all tokens are counted", async () => {
  let asked = 0;
  let summaries = 0;
  let tokens = 0;
  const server = await simulator({
    script: ({ messages, tools }): Turn => {
      const problem = objection(messages as readonly WireMessage[]);
      if (problem) return { status: 400, text: problem };
      const isSummary = !tools?.length;
      const prompt = Math.ceil(JSON.stringify(messages).length / 4.5);
      const usage = { prompt_tokens: prompt, completion_tokens: 30, total_tokens: prompt + 30 };
      tokens += usage.total_tokens;
      if (isSummary) return { text: `Summary ${++summaries}.`, usage };
      if (asked++ >= 60) return { text: "Done.", usage };
      const look = { name: "look", input: { place: prose(120, asked) } };
      return { toolCalls: [look, { ...look, input: { place: prose(150, asked) } }], usage };
    },
  });
  const model = chatCompletions({
    baseURL: server.url,
    model: "cohere/command-r-08-2024",
    apiKey: "k",
    capabilities: { contextTokens, maxOutputTokens: 1000 },
  });
  const look = tool({
    description: "Looks.",
    inputSchema: z.object({ place: z.string() }),
    execute: ({ place }) => `${place} ${prose(9000)}`,
  });
  const agent = new Agent({ model, tools: { look }, instructions: "Look.", maxSteps: 100 });
  const result = await agent.run("Look everywhere.");
  await server.close();

  expect(result).toMatchObject({ status: "completed", text: "Done." });
  expect(result.messages).toHaveLength(1 + 60 * 3 + 1);
  expect(summaries).toBeGreaterThan(0);
  expect(result.usage.totalTokens).toBe(tokens);
});
