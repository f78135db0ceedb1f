import type { Scenario } from "../scenario.ts";
import { calls, finish, piece, stream } from "../wire.ts";

/** One call, streamed. */
function call(name: string, args: unknown): Scenario["replies"] {
  return [stream(calls(piece(0, { id: "a", name, args })), finish("tool_calls"))];
}

const envelope = (...uses: readonly object[]): string => JSON.stringify({ tool_uses: uses });

/** Which tool is meant. */
export const names: readonly Scenario[] = [
  {
    id: "name-prefix",
    rule: "`functions.` before the name of a tool is taken off.",
    sources: ["craft-ai-agents/craft-agents-oss#449", "OpenHands/OpenHands#10048"],
    replies: call("functions.add", '{"a":1}'),
    expect: { toolCalls: [{ name: "add", arguments: { a: 1 } }], repaired: ["name"] },
  },
  {
    id: "name-suffix",
    rule: "A number after the name of a tool is taken off.",
    sources: ["OpenHands/OpenHands#10048", "craft-ai-agents/craft-agents-oss#449"],
    replies: call("functions.add:12", '{"a":1}'),
    expect: { toolCalls: [{ name: "add", arguments: { a: 1 } }], repaired: ["name"] },
  },
  {
    id: "name-unknown",
    rule: "A name that is no tool is kept, never run, and answered with the names that are.",
    sources: ["vercel/ai#19067", "vercel/ai#2786"],
    replies: call("subtract", '{"a":1}'),
    expect: {
      toolCalls: [{ name: "subtract", arguments: { a: 1 } }],
      requests: [
        {},
        { messages: [{}, { role: "assistant" }, { role: "tool", content: /\badd\b/ }] },
      ],
    },
  },
  {
    id: "name-prefix-of-unknown",
    rule: "A prefix is taken off only where the rest is a tool.",
    sources: ["OpenHands/OpenHands#10048"],
    replies: call("functions.subtract", '{"a":1}'),
    expect: { toolCalls: [{ name: "functions.subtract", arguments: { a: 1 } }] },
  },
  {
    id: "name-fit-to-be-sent-back",
    rule: "A name with dots or blanks is sent back in characters that servers take.",
    sources: ["prefect-archive/ControlFlow#107"],
    replies: call("my tools.subtract", "{}"),
    expect: {
      toolCalls: [{ name: "my tools.subtract", arguments: {} }],
      requests: [
        {},
        { messages: [{}, { tool_calls: [{ function: { name: /^[\w-]{1,64}$/ } }] }, {}] },
      ],
    },
  },
  {
    id: "name-envelope",
    rule: "`multi_tool_use.parallel` is an envelope around several calls.",
    sources: ["Azure/azure-rest-api-specs#32329", "vercel/ai#2786"],
    replies: call(
      "multi_tool_use.parallel",
      envelope(
        { recipient_name: "functions.add", parameters: { a: 1 } },
        { recipient_name: "now", parameters: {} },
      ),
    ),
    expect: {
      toolCalls: [
        { name: "add", arguments: { a: 1 } },
        { name: "now", arguments: {} },
      ],
      repaired: ["envelope", "name"],
    },
  },
  {
    id: "name-bare-envelope",
    rule: "`parallel` alone is the same envelope.",
    sources: ["vercel/ai#19067"],
    replies: call("parallel", envelope({ recipient_name: "add", parameters: { a: 1 } })),
    expect: { toolCalls: [{ name: "add", arguments: { a: 1 } }], repaired: ["envelope"] },
  },
  {
    id: "name-envelope-of-wrong-arguments",
    rule: "Inside an envelope too, only whole objects are arguments.",
    sources: ["vercel/ai#2786"],
    replies: call(
      "multi_tool_use.parallel",
      envelope(
        { recipient_name: "add", parameters: [1] },
        { recipient_name: "add", parameters: '{"a":1' },
      ),
    ),
    expect: { invalidCalls: 2, repaired: ["envelope"] },
  },
  {
    id: "name-tool-called-parallel",
    rule: "A tool that has the name of the envelope is a tool.",
    sources: ["vercel/ai#19067"],
    tools: ["parallel", "add"],
    replies: call("parallel", envelope({ recipient_name: "add", parameters: {} })),
    expect: {
      toolCalls: [
        {
          name: "parallel",
          arguments: { tool_uses: [{ recipient_name: "add", parameters: {} }] },
        },
      ],
    },
  },
];
