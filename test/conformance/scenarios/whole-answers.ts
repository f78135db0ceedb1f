import type { Scenario } from "../scenario.ts";
import {
  calls,
  delta,
  done,
  events,
  finish,
  json,
  piece,
  stream,
  text,
  usage,
  whole,
} from "../wire.ts";

const call = { id: "a", type: "function", function: { name: "add", arguments: '{"a":1}' } };
const add = { name: "add", arguments: { a: 1 } };

/** Answers in one document, and the two forms taken for each other. */
export const wholeAnswers: readonly Scenario[] = [
  {
    id: "whole-where-a-stream-was-asked",
    rule: "A JSON document is understood where a stream was asked for.",
    sources: ["mistralai/mistral-vibe#84", "unslothai/unsloth#6570"],
    replies: [whole({ content: "Hello" }, "stop", { usage: usage(10, 5) })],
    expect: { text: "Hello", usage: [10, 5] },
  },
  {
    id: "stream-where-a-whole-was-asked",
    rule: "A stream is understood where a JSON document was asked for.",
    sources: ["decolua/9router#3492", "kaito-project/kaito#1880"],
    options: { stream: false },
    replies: [
      stream(
        text("Hel"),
        text("lo"),
        calls(piece(0, { id: "a", name: "add", args: '{"a":1}' })),
        finish("tool_calls"),
      ),
    ],
    expect: { text: "Hello", toolCalls: [add] },
  },
  {
    id: "whole-asked-for-by-name",
    rule: "A whole answer is asked for in so many words: some servers stream by default.",
    sources: ["decolua/9router#3492"],
    options: { stream: false },
    replies: [whole({ content: "Hello" })],
    expect: { text: "Hello", requests: [{ stream: false }] },
  },
  {
    id: "whole-under-the-wrong-type",
    rule: "The body says what it is, not its content type.",
    sources: ["kaito-project/kaito#1880"],
    replies: [{ ...whole({ content: "Hello" }), headers: { "content-type": "text/event-stream" } }],
    expect: { text: "Hello" },
  },
  {
    id: "stream-under-the-wrong-type",
    rule: "So it does when a stream is called something else.",
    sources: ["decolua/9router#3492"],
    replies: [
      { ...stream(text("Hello"), finish()), headers: { "content-type": "application/json" } },
    ],
    expect: { text: "Hello" },
  },
  {
    id: "whole-after-blanks",
    rule: "Blanks and a byte order mark before a document do not matter.",
    sources: ["openai/openai-python#3819", "RFC 8259 §8.1"],
    replies: [
      json(`\uFEFF \r\n\t${JSON.stringify({ choices: [{ message: { content: "Hello" } }] })}\n`),
    ],
    expect: { text: "Hello" },
  },
  {
    id: "whole-calls",
    rule: "The calls of a whole answer are read like those of a stream, `content` may be null.",
    sources: ["ggml-org/llama.cpp#20198"],
    options: { stream: false },
    replies: [
      whole(
        {
          content: null,
          tool_calls: [call, { ...call, id: "b", function: { name: "add", arguments: { a: 2 } } }],
        },
        "tool_calls",
      ),
    ],
    expect: { toolCalls: [add, { name: "add", arguments: { a: 2 } }] },
  },
  {
    id: "whole-calls-cut-at-the-limit",
    rule: "A whole answer that was cut at its limit runs no call.",
    sources: ["NousResearch/hermes-agent#7693"],
    options: { stream: false },
    replies: [whole({ content: null, tool_calls: [call] }, "length")],
    expect: { invalidCalls: 1, finishReason: "length" },
  },
  {
    id: "whole-refusal",
    rule: "The refusal of a whole answer is no text.",
    sources: ["NousResearch/hermes-agent#43108"],
    options: { stream: false },
    replies: [whole({ content: null, refusal: "I will not." })],
    expect: { refusal: "I will not." },
  },
  {
    id: "message-in-place-of-delta",
    rule: "A chunk may hold a message in place of a delta.",
    sources: ["microsoft/foundry-local#144", "microsoft/foundry-local#221"],
    replies: [
      stream({
        choices: [
          {
            index: 0,
            message: { role: "assistant", content: "Hello", tool_calls: [call] },
            finish_reason: "tool_calls",
          },
        ],
      }),
    ],
    expect: { text: "Hello", toolCalls: [add] },
  },
  {
    id: "message-that-says-all-again",
    rule: "A whole message after its deltas replaces them and is not said twice.",
    sources: ["abundantbeing/hermes-browser-extension#11", "microsoft/foundry-local#144"],
    replies: [
      stream(text("Hel"), text("lo"), calls(piece(0, { id: "a", name: "add", args: '{"a":1}' })), {
        choices: [
          {
            index: 0,
            message: { content: "Hello", tool_calls: [call] },
            finish_reason: "tool_calls",
          },
        ],
      }),
    ],
    expect: { text: "Hello", toolCalls: [add] },
  },
  {
    id: "message-beside-a-delta",
    rule: "A chunk with a delta and a message of the same text says it once.",
    sources: ["microsoft/foundry-local#144"],
    replies: [
      stream({
        choices: [
          {
            index: 0,
            delta: { content: "Hello" },
            message: { content: "Hello" },
            finish_reason: "stop",
          },
        ],
      }),
    ],
    expect: { text: "Hello" },
  },
  {
    id: "whole-without-choices",
    rule: "A document without an answer is no empty success.",
    sources: ["langfuse/langfuse#2833"],
    options: { stream: false, maxRetries: 0 },
    replies: [json({ id: "x", choices: [] })],
    expect: { error: { code: "protocol" } },
  },
  {
    id: "whole-that-is-no-json",
    rule: "A document that ends too early is no success.",
    sources: ["vercel/ai#13137"],
    options: { stream: false, maxRetries: 0 },
    replies: [json('{"choices":[{"message":{"content":"Hel')],
    expect: { error: { code: "protocol" } },
  },
  {
    id: "whole-that-breaks-off",
    rule: "A document whose connection breaks is a broken connection, and no call of it runs.",
    sources: ["anomalyco/opencode#43882"],
    options: { stream: false, maxRetries: 0 },
    replies: [
      {
        ...json({ choices: [{ message: { tool_calls: [call] }, finish_reason: "tool_calls" }] }),
        end: "cut",
      },
    ],
    expect: { error: { code: "network", retryable: true } },
  },
  {
    id: "delta-of-a-role-alone",
    rule: "A stream may begin with a role and end with an obfuscation: both are nothing.",
    sources: ["aimlapi/api-docs (captured stream of gpt-4o)"],
    replies: [
      {
        pieces: [
          events(delta({ role: "assistant", content: "" }), text("Hello"), {
            ...finish(),
            obfuscation: "xyz",
          }) + done,
        ],
      },
    ],
    expect: { text: "Hello" },
  },
];
