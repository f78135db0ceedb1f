import type { Scenario } from "../scenario.ts";
import { delta, finish, json, stream, text, usage, whole } from "../wire.ts";

/** What an answer cost, and chunks that hold nothing else. */
export const usageAndCost: readonly Scenario[] = [
  {
    id: "usage-last",
    rule: "Counts may come last, in a chunk without choices, as another may come first.",
    sources: ["pydantic/pydantic-ai#164", "simonw/llm#294"],
    replies: [
      stream({ choices: [], prompt_filter_results: [] }, text("Hello"), finish(), {
        choices: [],
        usage: usage(10, 5),
      }),
    ],
    expect: { text: "Hello", usage: [10, 5] },
  },
  {
    id: "usage-grows",
    rule: "Counts in every chunk grow: the last ones are kept, never summed.",
    sources: ["open-webui/open-webui#29064", "memex-lab/dart_agent_core#23"],
    replies: [
      stream(
        { ...text("a"), usage: usage(10, 1) },
        { ...text("b"), usage: usage(10, 2) },
        { ...finish(), usage: usage(10, 3) },
      ),
    ],
    expect: { text: "ab", usage: [10, 3] },
  },
  {
    id: "usage-with-a-delta",
    rule: "A chunk with counts may hold text as well.",
    sources: ["memex-lab/dart_agent_core#23"],
    replies: [stream({ ...text("Hello"), usage: usage(10, 5) }, finish())],
    expect: { text: "Hello", usage: [10, 5] },
  },
  {
    id: "usage-null",
    rule: "Counts that are null take nothing back.",
    sources: ["aimlapi/api-docs (captured stream of gpt-4o)"],
    replies: [
      stream(
        { ...text("Hello"), usage: null },
        { ...finish(), usage: usage(10, 5) },
        { choices: [], usage: null },
      ),
    ],
    expect: { text: "Hello", usage: [10, 5] },
  },
  {
    id: "usage-asked-for",
    rule: "A stream has counts only where they are asked for, so they are.",
    sources: ["OpenAI API reference (stream_options.include_usage)"],
    replies: [stream(text("Hello"), finish())],
    expect: {
      text: "Hello",
      requests: [{ stream: true, stream_options: { include_usage: true } }],
    },
  },
  {
    id: "chunks-of-nothing",
    rule: "A chunk may lack choices, a choice, or a delta: each may be absent, empty or null.",
    sources: ["langfuse/langfuse#2833", "AbanteAI/archive-old-cli-mentat#429"],
    replies: [
      stream(
        {},
        { choices: [] },
        { choices: null },
        { choices: [null] },
        { choices: [{}] },
        { choices: [{ delta: null }] },
        text("Hello"),
        { choices: [{ delta: null, finish_reason: null }] },
        delta({ tool_calls: null, content: null, role: "assistant" }),
        delta({ tool_calls: [], content: "" }),
        delta({ tool_calls: [{}, null] }),
        finish(),
      ),
    ],
    expect: { text: "Hello" },
  },
  {
    id: "cost-tail",
    rule: "The bill may come in a chunk of its own that has nothing else.",
    sources: ["aimlapi/api-docs (request-tracing-and-cost.md)"],
    replies: [
      stream(text("Hello"), finish(), {
        meta: { usage: { credits_used: 2_480, usd_spent: 0.00124 } },
      }),
    ],
    expect: { text: "Hello", usd: 0.00124 },
  },
  {
    id: "cost-in-credits",
    rule: "A bill in credits alone is two millions of them to the dollar.",
    sources: ["aimlapi/api-docs (how-can-i-track-my-funds.md)"],
    replies: [stream(text("Hello"), finish(), { meta: { usage: { credits_used: 2_480 } } })],
    expect: { text: "Hello", usd: 0.00124 },
  },
  {
    id: "cost-in-headers",
    rule: "The bill of an answer that comes whole may be in its headers.",
    sources: ["aimlapi/api-docs (request-tracing-and-cost.md)"],
    options: { stream: false },
    replies: [
      json(
        { choices: [{ message: { content: "Hello" }, finish_reason: "stop" }] },
        { headers: { "x-aimlapi-usd-spent": "0.0012", "x-aimlapi-credits-used": "7" } },
      ),
    ],
    expect: { text: "Hello", usd: 0.0012 },
  },
  {
    id: "cost-of-an-upstream",
    rule: "A cost beside the counts is the bill.",
    sources: ["OpenRouter API reference (usage accounting)"],
    options: { stream: false },
    replies: [whole({ content: "Hello" }, "stop", { usage: { ...usage(10, 5), cost: 0.002 } })],
    expect: { text: "Hello", usage: [10, 5], usd: 0.002 },
  },
];
