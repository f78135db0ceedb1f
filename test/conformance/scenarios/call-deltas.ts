import type { Scenario } from "../scenario.ts";
import { calls, events, finish, piece, stream } from "../wire.ts";

const add = (a: number, b?: number) => ({
  name: "add",
  arguments: { a, ...(b !== undefined && { b }) },
});

/** Which pieces of calls belong together. */
export const callDeltas: readonly Scenario[] = [
  {
    id: "delta-no-index",
    rule: "Without an index a new id begins a new call, and a piece without id goes to the last one.",
    sources: ["ollama/ollama#7881", "openai/openai-python#3246", "vercel/ai#15879"],
    replies: [
      stream(
        calls(piece(undefined, { id: "a", name: "add", args: '{"a":' })),
        calls(piece(undefined, { args: "1}" })),
        calls(piece(undefined, { id: "b", name: "add", args: '{"a":2}' })),
        finish("tool_calls"),
      ),
    ],
    expect: { toolCalls: [add(1), add(2)] },
  },
  {
    id: "delta-every-index-0",
    rule: "A new id with a name on an index in use begins a new call.",
    sources: ["su-kaka/gcli2api#406", "NousResearch/hermes-agent#12930", "cline/cline#9738"],
    replies: [
      stream(
        calls(piece(0, { id: "a", name: "add", args: '{"a":1}' })),
        calls(piece(0, { id: "b", name: "add", args: '{"a":2}' })),
        finish("tool_calls"),
      ),
    ],
    expect: { toolCalls: [add(1), add(2)] },
  },
  {
    id: "delta-glued-objects",
    rule: "Objects glued together on one index without ids are as many calls, split at the end of the stream.",
    sources: ["su-kaka/gcli2api#406", "QwenLM/Qwen-Agent#943"],
    replies: [
      stream(
        calls(piece(0, { name: "add", args: '{"a":1}' })),
        calls(piece(0, { args: '{"a":2,"b":"}{"}' })),
        calls(piece(0, { args: ' {"a":3}' })),
        finish("tool_calls"),
      ),
    ],
    expect: {
      toolCalls: [add(1), { name: "add", arguments: { a: 2, b: "}{" } }, add(3)],
      repaired: ["split"],
    },
  },
  {
    id: "delta-index-twice-in-a-chunk",
    rule: "The same index twice in one chunk is two fragments of one call when the second has neither id nor name.",
    sources: ["openai/openai-python#3201", "openai/openai-python#3425"],
    replies: [
      stream(
        calls(piece(0, { id: "a", name: "add", args: '{"a"' }), piece(0, { args: ":1" })),
        calls(piece(0, { args: ',"b"' }), piece(0, { args: ":2}" })),
        finish("tool_calls"),
      ),
    ],
    expect: { toolCalls: [add(1, 2)] },
  },
  {
    id: "delta-id-repeated",
    rule: "The same id at the same index goes on with its call.",
    sources: ["spring-projects/spring-ai#6369", "langchain-ai/langchainjs#8581"],
    replies: [
      stream(
        calls(piece(0, { id: "a", name: "add", args: '{"a":' })),
        calls(piece(0, { id: "a", name: "add", args: "1}" })),
        finish("tool_calls"),
      ),
    ],
    expect: { toolCalls: [add(1)] },
  },
  {
    id: "delta-id-empty-later",
    rule: "An id or a name that is empty or null is as good as none.",
    sources: ["symfony/ai#2220", "lidge-jun/opencodex#1731", "sgl-project/sglang#4700"],
    replies: [
      stream(
        calls(piece(0, { id: "a", name: "add", args: '{"a":' })),
        calls(piece(0, { id: "", name: "", args: "1" })),
        calls(piece(0, { id: null, args: "}" })),
        finish("tool_calls"),
      ),
    ],
    expect: { toolCalls: [add(1)] },
  },
  {
    id: "delta-id-changes",
    rule: "A new id without a name on an index in use goes on with its call.",
    sources: ["poolsideai/pool#9"],
    replies: [
      stream(
        calls(piece(0, { id: "a", name: "add", args: '{"a":' })),
        calls(piece(0, { id: "b", args: "1" })),
        calls(piece(0, { id: "c", args: "}" })),
        finish("tool_calls"),
      ),
    ],
    expect: { toolCalls: [add(1)] },
  },
  {
    id: "delta-name-repeated",
    rule: "A name that is repeated whole is set once and never put together with itself.",
    sources: ["ggml-org/llama.cpp#13774", "NousResearch/hermes-agent#8259"],
    replies: [
      stream(
        calls(piece(0, { id: "a", name: "add", args: "" })),
        calls(piece(0, { name: "add", args: '{"a":1' })),
        calls(piece(0, { name: "add", args: "}" })),
        finish("tool_calls"),
      ),
    ],
    expect: { toolCalls: [add(1)] },
  },
  {
    id: "delta-name-in-fragments",
    rule: "Fragments of a name are put together while they do not make the name of a tool.",
    sources: ["NVIDIA-NeMo/Switchyard#785"],
    tools: ["get_weather"],
    replies: [
      stream(
        calls(piece(0, { id: "a", name: "get_", args: "" })),
        calls(piece(0, { name: "weather", args: "" })),
        calls(piece(0, { args: '{"a":1}' })),
        finish("tool_calls"),
      ),
    ],
    expect: { toolCalls: [{ name: "get_weather", arguments: { a: 1 } }] },
  },
  {
    id: "delta-name-late",
    rule: "A name may come after the first piece of the arguments.",
    sources: ["vercel/ai#14760"],
    replies: [
      stream(
        calls({ index: 0, id: "a", type: "function", function: { arguments: '{"a":' } }),
        calls(piece(0, { name: "add" })),
        calls(piece(0, { args: "1}" })),
        finish("tool_calls"),
      ),
    ],
    expect: { toolCalls: [add(1)] },
  },
  {
    id: "delta-interleaved",
    rule: "Pieces of several calls that come in turns go each to the call of their index.",
    sources: ["openai/openai-python#3178"],
    replies: [
      stream(
        calls(piece(0, { id: "a", name: "add", args: "" })),
        calls(piece(1, { id: "b", name: "add", args: "" })),
        calls(piece(0, { args: '{"a":1' }), piece(1, { args: '{"a":2' })),
        calls(piece(1, { args: "}" }), piece(0, { args: "}" })),
        finish("tool_calls"),
      ),
    ],
    expect: { toolCalls: [add(1), add(2)] },
  },
  {
    id: "delta-duplicate-ids",
    rule: "The same id at another index is another call, and both get ids of their own.",
    sources: ["QwenLM/qwen-code#5107", "QwenLM/qwen-code#8382", "openclaw/openclaw#40996"],
    replies: [
      stream(
        calls(piece(0, { id: "a", name: "add", args: '{"a":1}' })),
        calls(piece(1, { id: "a", name: "add", args: '{"a":2}' })),
        finish("tool_calls"),
      ),
    ],
    expect: { toolCalls: [add(1), add(2)] },
  },
  {
    id: "delta-ids-of-an-earlier-turn",
    rule: "An id that an earlier answer used is not used again.",
    sources: ["fw-ai/fireconnect#16", "brainlid/langchain#619"],
    replies: [1, 2].map((a) =>
      stream(
        calls(piece(0, { id: "add:0", name: "add", args: `{"a":${a}}` })),
        finish("tool_calls"),
      ),
    ),
    expect: { toolCalls: [add(1)], runs: [add(1), add(2)] },
  },
  {
    id: "delta-first-index-1",
    rule: "An index is a key and no position: the first call may have index 1.",
    sources: ["vercel/ai (fixture with a first index of 1)"],
    replies: [
      stream(
        calls(piece(1, { id: "a", name: "add", args: '{"a":1' })),
        calls(piece(1, { args: "}" })),
        finish("tool_calls"),
      ),
    ],
    expect: { toolCalls: [add(1)] },
  },
  {
    id: "delta-parsable-is-not-final",
    rule: "Arguments that could be parsed are not final before the stream has ended.",
    sources: ["vercel/ai#13137"],
    replies: [
      { pieces: [events(calls(piece(0, { id: "a", name: "add", args: '{"a":1}' })))], end: "cut" },
    ],
    expect: { error: { retryable: true } },
  },
];
