import { type ScriptedTurn, simulator, type SimulatorOptions, type Turn } from "@pawl/simulator";
import OpenAI, {
  AuthenticationError,
  BadRequestError,
  NotFoundError,
  RateLimitError,
} from "openai";
import { expect, test } from "vitest";

const model = "cohere/command-r-plus-08-2024";
const user = (content: string) => ({ role: "user" as const, content });
const parameters = {
  type: "object",
  properties: { a: { type: "number" }, b: { type: "number" } },
  required: ["a", "b"],
};
const add: OpenAI.Chat.ChatCompletionTool = {
  type: "function",
  function: { name: "add", description: "Adds two numbers and returns their sum", parameters },
};

test("lists the models that are served", async () => {
  await using side = await open();
  const listed = [];
  for await (const each of side.client.models.list()) listed.push(each);
  expect(listed[0]).toMatchObject({
    id: model,
    object: "model",
    created: expect.any(Number),
    owned_by: expect.any(String),
  });
  expect(listed.length).toBeGreaterThan(1);
});

test("a whole answer has all that the client types promise", async () => {
  await using side = await open();
  const { data, response, request_id } = await side.client.chat.completions
    .create({ model, messages: [user("Hello")] })
    .withResponse();
  expect(response.status).toBe(200);
  expect(request_id).toBe(response.headers.get("x-request-id"));
  expect(data).toMatchObject({
    id: expect.any(String),
    object: "chat.completion",
    created: expect.any(Number),
    model,
    choices: [
      {
        index: 0,
        finish_reason: "stop",
        logprobs: null,
        message: { role: "assistant", content: expect.any(String), refusal: null },
      },
    ],
    usage: { prompt_tokens: expect.any(Number), completion_tokens: expect.any(Number) },
  });
});

test("a stream comes to the same answer as the whole one, with counts where they are asked for", async () => {
  await using side = await open();
  const body = { model, messages: [user("What is 2 + 3?")] };
  const whole = await side.client.chat.completions.create(body);
  const runner = side.client.chat.completions.stream({
    ...body,
    stream_options: { include_usage: true },
  });
  const streamed = await runner.finalChatCompletion();
  expect(streamed.choices[0]?.message.content).toBe(whole.choices[0]?.message.content);
  expect(streamed.choices[0]?.finish_reason).toBe("stop");
  expect(streamed.usage).toEqual(whole.usage);
  const chunks = [];
  for await (const chunk of await side.client.chat.completions.create({ ...body, stream: true }))
    chunks.push(chunk);
  expect(chunks.length).toBeGreaterThan(3);
  expect(chunks.every(({ usage }) => usage === undefined)).toBe(true);
});

test("parallel calls are streamed whole, and their results lead to an answer", async () => {
  await using side = await open();
  const question = user("What is 2 + 3, and what is 4 + 5?");
  const runner = side.client.chat.completions.stream({ model, messages: [question], tools: [add] });
  const message = await runner.finalMessage();
  const calls = (message.tool_calls ?? []).filter((call) => call.type === "function");
  expect(calls.map((call) => JSON.parse(call.function.arguments))).toEqual([
    { a: 2, b: 3 },
    { a: 4, b: 5 },
  ]);
  expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
  const results = calls.map(({ id }, at) => ({
    role: "tool" as const,
    tool_call_id: id,
    content: ["5", "9"][at] ?? "",
  }));
  const answer = await side.client.chat.completions.create({
    model,
    messages: [question, { role: "assistant", content: "", tool_calls: calls }, ...results],
    tools: [add],
  });
  expect(answer.choices[0]?.message.content).toMatch(/5[^]*9/);
});

test("the message that the client builds can be sent back as it is", async () => {
  await using side = await open();
  const runner = side.client.chat.completions.runTools({
    model,
    messages: [user("What is 2 + 3?")],
    stream: true,
    tools: [
      {
        type: "function",
        function: {
          name: "add",
          description: "Adds two numbers and returns their sum",
          parameters,
          parse: (text: string): { a: number; b: number } => JSON.parse(text),
          function: ({ a, b }: { a: number; b: number }) => String(a + b),
        },
      },
    ],
  });
  expect(await runner.finalContent()).toContain("5");
  expect(side.requests).toHaveLength(2);
});

test("`tool_choice` is kept: none, required, and one by name", async () => {
  await using side = await open();
  const choices = ["none", "required", { type: "function", function: { name: "add" } }] as const;
  const counts = [];
  for (const tool_choice of choices) {
    const { choices: answers } = await side.client.chat.completions.create({
      model,
      messages: [user("What is 2 + 3?")],
      tools: [add],
      tool_choice,
    });
    counts.push(answers[0]?.message.tool_calls?.length ?? 0);
  }
  expect(counts).toEqual([0, 1, 1]);
});

test("a structured answer is parsed by the client", async () => {
  await using side = await open();
  const schema = {
    type: "object",
    properties: { answer: { type: "string" } },
    required: ["answer"],
    additionalProperties: false,
  };
  const { choices } = await side.client.chat.completions.parse({
    model,
    messages: [user("What is 2 + 3?")],
    response_format: { type: "json_schema", json_schema: { name: "answer", schema } },
  });
  expect(choices[0]?.message.parsed).toEqual({ answer: expect.any(String) });
});

test("a wrong key and an unknown model are the client's own errors, with a sentence", async () => {
  await using side = await open({ apiKey: "right" });
  const body = { model, messages: [user("Hello")] };
  await expect(side.client.chat.completions.create(body)).rejects.toBeInstanceOf(
    AuthenticationError,
  );
  const right = side.client.withOptions({ apiKey: "right" });
  const unknown = right.chat.completions.create({ ...body, model: "nobody/nothing" });
  await expect(unknown).rejects.toBeInstanceOf(NotFoundError);
  await expect(unknown).rejects.toMatchObject({
    requestID: expect.any(String),
    message: expect.stringContaining("nobody/nothing"),
  });
  const wrong = right.chat.completions.create({ ...body, temperature: 9 });
  await expect(wrong).rejects.toBeInstanceOf(BadRequestError);
});

test("a 429 is tried again by the client when the server asks for it", async () => {
  const busy: ScriptedTurn = { status: 429, text: "Too many", headers: { "retry-after-ms": "1" } };
  await using side = await open({ script: [busy, "Hello", busy] });
  const body = { model, messages: [user("Hello")] };
  const answer = await side.client.chat.completions.create(body, { maxRetries: 1 });
  expect(answer.choices[0]?.message.content).toBe("Hello");
  expect(side.requests).toHaveLength(2);
  const refused = side.client.chat.completions.create(body);
  await expect(refused).rejects.toBeInstanceOf(RateLimitError);
});

test("faults in the middle of a stream reach the client", async () => {
  const error = { error: { message: "Gone", code: 502 } };
  const faults: readonly Turn[] = [
    { chunks: [`data: ${JSON.stringify(error)}\n\n`] },
    { text: "one two three four five six", cut: true },
  ];
  await using side = await open({ script: faults });
  for (const _ of faults) {
    const runner = side.client.chat.completions.stream({ model, messages: [user("Hello")] });
    await expect(runner.finalContent()).rejects.toBeInstanceOf(Error);
  }
});

test("an abort reaches the server", async () => {
  await using side = await open({ script: [{ text: "word ".repeat(500) }], tokenDelayMs: 10 });
  const stream = await side.client.chat.completions.create({
    model,
    messages: [user("Hello")],
    stream: true,
  });
  let count = 0;
  for await (const _ of stream) if (++count === 3) break;
  await expect.poll(() => side.requests[0]?.isDisconnected).toBe(true);
});

/** A simulator and a client that knows it by its address alone. */
async function open(options: SimulatorOptions = {}) {
  const server = await simulator(options);
  const client = new OpenAI({ baseURL: server.url, apiKey: "any", maxRetries: 0 });
  return {
    client,
    requests: server.requests,
    [Symbol.asyncDispose]: () => server.close(),
  };
}
