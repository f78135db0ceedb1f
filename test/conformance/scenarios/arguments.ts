import type { Scenario } from "../scenario.ts";
import { calls, finish, piece, stream } from "../wire.ts";

type Row = Omit<Scenario, "replies"> & { readonly args: unknown; readonly tool?: string };

/** One call with these arguments, in two pieces where they are a text. */
function scenario({ args, tool = "add", ...rest }: Row): Scenario {
  const middle = typeof args === "string" ? Math.ceil(args.length / 2) : 0;
  const pieces =
    typeof args === "string"
      ? [
          calls(piece(0, { id: "a", name: tool, args: args.slice(0, middle) })),
          calls(piece(0, { args: args.slice(middle) })),
        ]
      : [calls(piece(0, { id: "a", name: tool, args }))];
  return { ...rest, replies: [stream(...pieces, finish("tool_calls"))] };
}

const one = { toolCalls: [{ name: "add", arguments: { a: 1 } }] };
const none = { toolCalls: [{ name: "now", arguments: {} }] };
const depth = 100_000;

const readable: readonly Row[] = [
  {
    id: "arguments-object",
    rule: "Arguments may come as the object itself, and are sent back as a text.",
    sources: ["ggml-org/llama.cpp#20198", "isair/jarvis#560", "sgl-project/sglang#28035"],
    args: { a: 1 },
    expect: {
      ...one,
      requests: [{}, { messages: [{}, { tool_calls: [{ function: { arguments: '{"a":1}' } }] }] }],
    },
  },
  {
    id: "arguments-empty",
    rule: "No text as arguments means an empty object.",
    sources: ["openai/openai-agents-js#664", "Kilo-Org/cloud#4753"],
    tool: "now",
    args: "",
    expect: {
      ...none,
      requests: [{}, { messages: [{}, { tool_calls: [{ function: { arguments: "{}" } }] }] }],
    },
  },
  {
    id: "arguments-null-text",
    rule: "The text `null` as arguments means an empty object.",
    sources: ["open-webui/open-webui#22189", "vercel/ai (fixture cohere-null-args)"],
    tool: "now",
    args: "null",
    expect: none,
  },
  {
    id: "arguments-null",
    rule: "Arguments that are null mean an empty object.",
    sources: ["langchain-ai/langchainjs#11383"],
    tool: "now",
    args: null,
    expect: none,
  },
  {
    id: "arguments-empty-object-first",
    rule: "An empty object before the real arguments is dropped.",
    sources: ["BerriAI/litellm#4537", "envoyproxy/ai-gateway#1465", "openai/openai-agents-js#712"],
    args: '{}{"a":1}',
    expect: { ...one, repaired: ["empty"] },
  },
  {
    id: "arguments-fenced",
    rule: "A Markdown fence around the arguments is taken off.",
    sources: ["earendil-works/pi#8858", "agentscope-ai/agentscope#2153"],
    args: '```json\n{"a":1}\n```',
    expect: { ...one, repaired: ["fence"] },
  },
  {
    id: "arguments-trailing-comma",
    rule: "Commas before an end are taken out, but those in texts stay.",
    sources: ["NousResearch/hermes-agent#68612", "MatterAIOrg/OrbCode#52"],
    args: '{"a":[1,],"b":",}",}',
    expect: {
      toolCalls: [{ name: "add", arguments: { a: [1], b: ",}" } }],
      repaired: ["trailing-comma"],
    },
  },
  {
    id: "arguments-fenced-with-trailing-comma",
    rule: "Several mendings of one call are all recorded.",
    sources: ["tinyhumansai/tinyagents#68", "MatterAIOrg/OrbCode#52"],
    args: '```\n{"a":1,}\n```',
    expect: { ...one, repaired: ["fence", "trailing-comma"] },
  },
  {
    id: "arguments-duplicate-keys",
    rule: "Of two equal keys the last one counts, as for every parser of the language.",
    sources: ["ECMA-262 §25.5.1 JSON.parse", "RFC 8259 §4"],
    args: '{"a":2,"a":1}',
    expect: one,
  },
  {
    id: "arguments-of-any-letters",
    rule: "Arguments are read alike in escapes and in UTF-8, wherever they are cut.",
    sources: ["danielmiessler/Fabric#2203", "mastra-ai/mastra#20216"],
    args: '{"a":"漢字 🎉 \\u6f22\\ud83c\\udf89 \\"{"}',
    expect: { toolCalls: [{ name: "add", arguments: { a: '漢字 🎉 漢🎉 "{' } }] },
  },
  {
    id: "arguments-large",
    rule: "A hundred kilobytes of arguments are read like few.",
    sources: ["vercel/ai#13137"],
    args: `{"a":"${'\\"'.repeat(50_000)}"}`,
    expect: { toolCalls: [{ name: "add", arguments: { a: '"'.repeat(50_000) } }] },
  },
];

const rejected: readonly (readonly [id: string, rule: string, source: string, args: unknown])[] = [
  [
    "open-object",
    "An object that is not closed is never closed and run.",
    "NousResearch/hermes-agent#7693",
    '{"a":1',
  ],
  [
    "open-text",
    "A text that is not closed is never closed and run.",
    "jaseci-labs/jac#6766",
    '{"a":1,"b":"delete ev',
  ],
  [
    "open-fence",
    "A fence that is not closed holds no whole arguments.",
    "MiaAI-Lab/DeepSeek-v4-Flash-DSpark-2x-DGX-Spark#55",
    '```json\n{"a":1',
  ],
  [
    "object-and-a-half",
    "Of an object and the half of another neither is run.",
    "QwenLM/Qwen-Agent#943",
    '{"a":1}{"a":',
  ],
  ["nan", "NaN is no JSON and is not run.", "usestrix/strix#1327", '{"a":NaN}'],
  [
    "infinity",
    "Infinity is no JSON and is not run.",
    "Alishahryar1/free-claude-code#1768",
    '{"a":-Infinity}',
  ],
  [
    "huge-number",
    "A number too large to be held is not run: it would become null.",
    "usestrix/strix#1327",
    '{"a":1e999}',
  ],
  ["list", "A list is no arguments.", "OpenAI API reference (parameters are an object)", "[1,2]"],
  [
    "text",
    "A text is no arguments, not even one that holds an object.",
    "OpenAI API reference (parameters are an object)",
    '"{\\"a\\":1}"',
  ],
  ["number", "A number is no arguments.", "OpenAI API reference (parameters are an object)", "7"],
  ["true", "`true` is no arguments.", "OpenAI API reference (parameters are an object)", "true"],
  [
    "list-itself",
    "A list in place of the text is no arguments.",
    "OpenAI API reference (parameters are an object)",
    [1],
  ],
  [
    "number-itself",
    "A number in place of the text is no arguments.",
    "OpenAI API reference (parameters are an object)",
    7,
  ],
  [
    "single-quotes",
    "What is no JSON is not guessed at.",
    "langchain-ai/langchain#33012",
    "{'a':1}",
  ],
  [
    "words-around",
    "Words around an object are not taken off: they may take back what it says.",
    "langchain-ai/langchain#33012",
    'I will not call {"a":1}',
  ],
  [
    "deep",
    "Arguments nested a hundred thousand deep are no crash and not run.",
    "RFC 8259 §9",
    `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`,
  ],
];

/** Which arguments may be run. */
export const argumentScenarios: readonly Scenario[] = [
  ...readable.map(scenario),
  ...rejected.map(([id, rule, source, args]) =>
    scenario({ id: `arguments-${id}`, rule, sources: [source], args, expect: { invalidCalls: 1 } }),
  ),
  scenario({
    id: "arguments-sent-back-valid",
    rule: "What was unreadable is sent back as an empty object: strict servers refuse broken JSON for ever.",
    sources: ["pydantic/pydantic-ai#7060", "usestrix/strix#1327"],
    args: '{"a":',
    expect: {
      invalidCalls: 1,
      requests: [
        {},
        {
          messages: [
            {},
            { tool_calls: [{ function: { arguments: "{}" } }] },
            { role: "tool", content: /argument/ },
          ],
        },
      ],
    },
  }),
];
