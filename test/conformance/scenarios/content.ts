import type { Scenario } from "../scenario.ts";
import { calls, delta, finish, stream, text, whole } from "../wire.ts";

const signature = { google: { thought_signature: "c2lnbmVk" } };
const signed = {
  index: 0,
  id: "a",
  type: "function",
  function: { name: "add", arguments: '{"a":1}' },
  extra_content: signature,
};

/** Text, thinking, and what belongs to neither. */
export const content: readonly Scenario[] = [
  {
    id: "reasoning-content",
    rule: "`reasoning_content` is thinking, and `content` may be null beside it.",
    sources: ["vercel/ai#14739", "langchain-ai/langchain#35620"],
    replies: [
      stream(
        delta({ reasoning_content: "thi", content: null }),
        delta({ reasoning_content: "nk", content: null }),
        delta({ reasoning_content: null, content: "Hello" }),
        finish(),
      ),
    ],
    expect: { text: "Hello", reasoning: "think" },
  },
  {
    id: "reasoning-under-several-names",
    rule: "Thinking that is sent under several names is taken once.",
    sources: ["vercel/ai#7866", "langchain-ai/langchain#34166"],
    replies: [
      stream(
        delta({
          reasoning: "think",
          reasoning_details: [{ type: "reasoning.text", text: "think" }],
        }),
        text("Hello"),
        finish(),
      ),
    ],
    expect: { text: "Hello", reasoning: "think" },
  },
  {
    id: "reasoning-details-alone",
    rule: "`reasoning_details` alone are thinking.",
    sources: ["vercel/ai#7866", "BerriAI/litellm#26395"],
    replies: [
      stream(
        delta({ reasoning_details: [{ type: "reasoning.text", text: "think" }] }),
        text("Hello"),
        finish(),
      ),
    ],
    expect: { text: "Hello", reasoning: "think" },
  },
  {
    id: "reasoning-not-sent-back",
    rule: "Thinking is not sent back as an answer: some servers refuse it.",
    sources: ["Sylinko/Everywhere#287"],
    replies: [
      stream(
        delta({ reasoning_content: "think" }),
        calls({ index: 0, id: "a", function: { name: "now", arguments: "{}" } }),
        finish("tool_calls"),
      ),
    ],
    expect: {
      reasoning: "think",
      toolCalls: [{ name: "now", arguments: {} }],
      requests: [{}, { messages: [{}, { role: "assistant", content: "" }, { role: "tool" }] }],
    },
  },
  {
    id: "content-never-null-again",
    rule: "An answer of calls alone is sent back with an empty text, never with null.",
    sources: ["aimlapi/openclaw-aimlapi (tool-payload.ts)"],
    replies: [
      stream(
        delta({ role: "assistant", content: null }),
        calls({ index: 0, id: "a", function: { name: "now", arguments: "{}" } }),
        finish("tool_calls"),
      ),
    ],
    expect: {
      toolCalls: [{ name: "now", arguments: {} }],
      requests: [{}, { messages: [{}, { role: "assistant", content: "" }] }],
    },
  },
  {
    id: "content-parts-streamed",
    rule: "The text of a delta may be a list of parts.",
    sources: ["Mistral API reference (chat completions, content chunks)"],
    replies: [
      stream(
        text([{ type: "text", text: "Hel" }]),
        text([
          { type: "text", text: "l" },
          { type: "text", text: "o" },
        ]),
        finish(),
      ),
    ],
    expect: { text: "Hello" },
  },
  {
    id: "content-parts-whole",
    rule: "The text of a whole answer may be a list of parts.",
    sources: ["OpenAI API reference (content parts)", "Mistral API reference (content chunks)"],
    replies: [
      whole({
        content: [
          { type: "text", text: "Hel" },
          { type: "text", text: "lo" },
        ],
      }),
    ],
    expect: { text: "Hello" },
  },
  {
    id: "content-that-repeats-itself",
    rule: "A text that repeats itself is what was said: only its author could tell it from a quirk.",
    sources: ["QwenLM/qwen-code#3896", "openclaw/openclaw#142888"],
    replies: [stream(text("ha"), text("ha"), text("haha"), finish())],
    expect: { text: "hahahaha" },
  },
  {
    id: "content-of-the-first-choice",
    rule: "One answer was asked for: further choices are not mixed into it.",
    sources: ["OpenAI API reference (choices)"],
    replies: [
      stream(
        {
          choices: [
            { index: 0, delta: { content: "Yes" } },
            { index: 1, delta: { content: "No" } },
          ],
        },
        { choices: [{ index: 1, delta: { content: "No" }, finish_reason: null }] },
        finish(),
      ),
    ],
    expect: { text: "Yes" },
  },
  {
    id: "call-fields-kept",
    rule: "Fields of the provider's own on a call are kept and sent back with it.",
    sources: ["langroid/langroid#969", "Gitlawb/openclaude#67", "labring/aiproxy#450"],
    replies: [stream(calls(signed), finish("tool_calls"))],
    expect: {
      toolCalls: [{ name: "add", arguments: { a: 1 } }],
      requests: [
        {},
        { messages: [{}, { tool_calls: [{ id: "a", extra_content: signature }] }, {}] },
      ],
    },
  },
  {
    id: "call-fields-kept-of-a-whole-answer",
    rule: "So they are when the answer comes whole.",
    sources: ["langroid/langroid#969"],
    replies: [whole({ content: null, tool_calls: [signed] }, "tool_calls")],
    expect: {
      toolCalls: [{ name: "add", arguments: { a: 1 } }],
      requests: [
        {},
        { messages: [{}, { tool_calls: [{ id: "a", extra_content: signature }] }, {}] },
      ],
    },
  },
];
