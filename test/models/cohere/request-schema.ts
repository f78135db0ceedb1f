const text = { type: "string", minLength: 1 };
const call = closed({
  id: text,
  type: { const: "function" },
  function: closed({ name: { type: "string", pattern: "^[A-Za-z_]\\w*$" }, arguments: text }),
});
const textBlock = closed({ type: { const: "text" }, text });
const image = closed({ url: text }, { detail: { enum: ["auto", "low", "high"] } });
const data = { type: "object", minProperties: 1 };
const document = closed({ data }, { id: text });

const message = {
  oneOf: [
    closed({ role: { const: "system" }, content: text }),
    closed({
      role: { const: "user" },
      content: {
        oneOf: [
          text,
          listOf({
            oneOf: [textBlock, closed({ type: { const: "image_url" }, image_url: image })],
          }),
        ],
      },
    }),
    {
      ...closed(
        { role: { const: "assistant" } },
        {
          content: {
            oneOf: [
              text,
              listOf({
                oneOf: [textBlock, closed({ type: { const: "thinking" }, thinking: text })],
              }),
            ],
          },
          tool_plan: text,
          tool_calls: listOf(call),
        },
      ),
      anyOf: [{ required: ["content"] }, { required: ["tool_calls"] }],
    },
    closed({
      role: { const: "tool" },
      tool_call_id: text,
      content: listOf(closed({ type: { const: "document" }, document })),
    }),
  ],
};

const tool = closed({
  type: { const: "function" },
  function: closed({
    name: { type: "string", pattern: "^[A-Za-z_]\\w*$" },
    description: { type: "string" },
    parameters: { type: "object", properties: { type: { const: "object" } }, required: ["type"] },
  }),
});

/** What `POST /v2/chat` takes, field by field (docs.cohere.com/reference/chat), and nothing else. */
export const requestSchema = closed(
  { model: text, messages: listOf(message), stream: { type: "boolean" } },
  {
    tools: listOf(tool),
    strict_tools: { type: "boolean" },
    tool_choice: { enum: ["REQUIRED", "NONE"] },
    documents: listOf({ oneOf: [text, document] }),
    citation_options: closed({
      mode: { enum: ["ENABLED", "DISABLED", "FAST", "ACCURATE", "OFF"] },
    }),
    response_format: closed(
      { type: { const: "json_object" } },
      { json_schema: { type: "object" } },
    ),
    safety_mode: { enum: ["CONTEXTUAL", "STRICT", "OFF"] },
    max_tokens: { type: "integer", minimum: 1 },
    stop_sequences: { type: "array", maxItems: 5, items: text },
    temperature: { type: "number", minimum: 0, maximum: 1 },
    seed: { type: "integer", minimum: 0 },
    k: { type: "integer", minimum: 0, maximum: 500 },
    p: { type: "number", minimum: 0.01, maximum: 0.99 },
    frequency_penalty: { type: "number", minimum: 0, maximum: 1 },
    presence_penalty: { type: "number", minimum: 0, maximum: 1 },
    logprobs: { type: "boolean" },
    priority: { type: "integer", minimum: 0, maximum: 999 },
    thinking: closed(
      { type: { enum: ["enabled", "disabled"] } },
      { token_budget: { type: "integer", minimum: 1 } },
    ),
  },
);

function closed(required: object, optional: object = {}): object {
  return {
    type: "object",
    properties: { ...required, ...optional },
    required: Object.keys(required),
    additionalProperties: false,
  };
}

function listOf(items: object): object {
  return { type: "array", minItems: 1, items };
}
