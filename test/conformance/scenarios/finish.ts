import type { FinishReason } from "@pawl/core";

import type { Scenario } from "../scenario.ts";
import { calls, delta, done, events, finish, piece, raw, stream, text } from "../wire.ts";

const whole = calls(piece(0, { id: "a", name: "add", args: '{"a":1}' }));
const half = calls(piece(0, { id: "a", name: "add", args: '{"a":1' }));
const add = { name: "add", arguments: { a: 1 } };

/** Words for the end of an answer that servers use besides the usual ones. */
const words: readonly (readonly [word: string, means: FinishReason, source: string])[] = [
  ["model_length", "length", "librefang/librefang#3450"],
  ["max_tokens", "length", "librefang/librefang#3450"],
  ["eos", "stop", "librefang/librefang#3450"],
  ["end_turn", "stop", "librefang/librefang#3450"],
  ["no such word", "stop", "librefang/librefang#3450"],
];

/** Why an answer ended. */
export const finishReasons: readonly Scenario[] = [
  {
    id: "finish-stop-with-calls",
    rule: "Calls count whatever reason is given for the end.",
    sources: ["vllm-project/vllm#9209", "ollama/ollama#7963", "BerriAI/litellm#12862"],
    replies: [stream(whole, finish("stop"))],
    expect: { toolCalls: [add] },
  },
  {
    id: "finish-function-call",
    rule: "An unknown reason is decided by whether there are calls.",
    sources: ["librefang/librefang#3450"],
    replies: [stream(whole, finish("function_call"))],
    expect: { toolCalls: [add] },
  },
  {
    id: "finish-tool-calls-without-calls",
    rule: "`tool_calls` without any call is a plain end and no reason to ask again.",
    sources: ["vllm-project/vllm#53256"],
    replies: [stream(text("hi"), finish("tool_calls"))],
    expect: { text: "hi" },
  },
  {
    id: "finish-specific-then-stop",
    rule: "Of several reasons the first specific one counts, not a `stop` after it.",
    sources: ["RayBytes/ChatMock#114"],
    replies: [stream(text("hi"), finish("length"), finish("stop"))],
    expect: { text: "hi", finishReason: "length" },
  },
  {
    id: "finish-stop-then-specific",
    rule: "A specific reason counts also after a `stop`.",
    sources: ["RayBytes/ChatMock#114"],
    replies: [stream(text("hi"), finish("stop"), finish("content_filter"))],
    expect: { text: "hi", finishReason: "content-filter" },
  },
  {
    id: "finish-length-then-tool-calls",
    rule: "A later specific reason does not undo that the answer was cut: its calls are not run.",
    sources: ["RayBytes/ChatMock#114", "NousResearch/hermes-agent#7693"],
    replies: [stream(whole, finish("length"), finish("tool_calls"))],
    expect: { invalidCalls: 1, finishReason: "length" },
  },
  {
    id: "finish-empty",
    rule: "An empty reason is none.",
    sources: ["ollama/ollama#4357", "adolfousier/opencrabs#1499"],
    replies: [stream(delta({ content: "Hel" }, ""), delta({ content: "lo" }, ""), finish())],
    expect: { text: "Hello" },
  },
  {
    id: "finish-without-delta",
    rule: "The last chunk may have no delta, and may come twice.",
    sources: ["aimlapi/api-docs (captured stream of claude-4.6-opus)"],
    replies: [stream(text("hi"), finish(), { choices: [{ index: 0, finish_reason: "stop" }] })],
    expect: { text: "hi" },
  },
  {
    id: "finish-with-last-piece",
    rule: "The whole call and the reason may come in one chunk.",
    sources: ["ollama/ollama#7881"],
    replies: [
      stream(
        delta({ tool_calls: [piece(0, { id: "a", name: "add", args: '{"a":1}' })] }, "tool_calls"),
      ),
    ],
    expect: { toolCalls: [add] },
  },
  {
    id: "finish-none-but-done",
    rule: "`[DONE]` alone ends an answer as well.",
    sources: ["vercel/ai#19165"],
    replies: [stream(text("hi"))],
    expect: { text: "hi" },
  },
  {
    id: "finish-none-but-done-with-calls",
    rule: "`[DONE]` alone ends an answer of calls as well.",
    sources: ["vercel/ai#19165"],
    replies: [stream(whole)],
    expect: { toolCalls: [add] },
  },
  {
    id: "finish-but-no-done",
    rule: "A reason alone ends an answer as well.",
    sources: ["can1357/oh-my-pi#9433"],
    replies: [raw(events(text("Hello"), finish()))],
    expect: { text: "Hello" },
  },
  {
    id: "finish-neither",
    rule: "Neither a reason nor `[DONE]` is an answer that broke off, and never a success.",
    sources: ["anomalyco/opencode#43882", "experientiallabs/experiential#962"],
    replies: [raw(events(text("Hel")))],
    expect: { error: { code: "incomplete", retryable: true, partialText: "Hel" } },
  },
  {
    id: "finish-neither-with-calls",
    rule: "Of an answer that broke off no call is run, not even one that looks whole.",
    sources: ["anomalyco/opencode#43882", "experientiallabs/experiential#962"],
    replies: [raw(events(text("Hel"), whole))],
    expect: { error: { code: "incomplete", partialText: "Hel" } },
  },
  {
    id: "finish-length-with-half-a-call",
    rule: "A call that was cut at the limit of the output is not run.",
    sources: ["NousResearch/hermes-agent#7693", "myriade-ai/agentlys#343"],
    replies: [stream(half, finish("length"))],
    expect: { invalidCalls: 1, finishReason: "length" },
  },
  {
    id: "finish-length-with-a-whole-call",
    rule: "Nor is one that looks whole, since more of it may be missing.",
    sources: ["jaseci-labs/jac#6766", "NousResearch/hermes-agent#7693"],
    replies: [stream(whole, finish("length"))],
    expect: { invalidCalls: 1, finishReason: "length" },
  },
  {
    id: "finish-tool-calls-with-half-a-call",
    rule: "A call whose arguments are cut is not run, although the reason says nothing of it.",
    sources: ["MiaAI-Lab/DeepSeek-v4-Flash-DSpark-2x-DGX-Spark#55"],
    replies: [stream(half, finish("tool_calls"))],
    expect: { invalidCalls: 1 },
  },
  {
    id: "finish-content-filter",
    rule: "An answer that a filter emptied says so and is not asked for again.",
    sources: ["openai/openai-agents-python#4159", "librefang/librefang#3450"],
    replies: [stream(finish("content_filter"))],
    expect: { finishReason: "content-filter" },
  },
  {
    id: "finish-content-filter-with-calls",
    rule: "A call of an answer that a filter ended is not run: what was taken out is not known.",
    sources: ["openai/openai-agents-python#3769", "openai/openai-agents-python#3897"],
    replies: [stream(whole, finish("content_filter"))],
    expect: { invalidCalls: 1, finishReason: "content-filter" },
  },
  {
    id: "finish-refusal",
    rule: "A refusal has a channel of its own and is no part of the text.",
    sources: ["NousResearch/hermes-agent#43108"],
    replies: [stream(delta({ refusal: "I will " }), delta({ refusal: "not." }), finish())],
    expect: { refusal: "I will not." },
  },
  ...words.map(([word, finishReason, source]): Scenario => ({
    id: `finish-word-${word.replaceAll(/\W/g, "-")}`,
    rule: `The reason ${JSON.stringify(word)} means ${JSON.stringify(finishReason)}.`,
    sources: [source],
    replies: [raw(events(text("hi"), finish(word)) + done)],
    expect: { text: "hi", finishReason },
  })),
];
