import type { ModelRequest } from "@pawl/core";
import { cohere } from "@pawl/models";
import { expect, test } from "vitest";

import { ask, request, send, serve, tools } from "../server.ts";
import {
  at,
  bodiesOf,
  bodyOf,
  cohereStream,
  end,
  example,
  newer,
  older,
  said,
} from "./cohere-server.ts";

test("a request goes to /v2/chat with the key, and asks for what was asked", async () => {
  await using server = await serve((response) =>
    send(response, cohereStream(...said("Hi"), end())),
  );
  const { baseURL } = at(server);
  for (const address of [baseURL, `${baseURL}/`, `${baseURL}/v2`, `${baseURL}/v2/chat`])
    await ask(cohere(older, { ...at(server), baseURL: address }));
  expect(server.received.map(({ path }) => path)).toEqual(Array(4).fill("/v2/chat"));
  expect(server.received[0]?.headers).toMatchObject({
    authorization: "Bearer secret-key-of-mine",
    accept: "text/event-stream",
    "content-type": "application/json",
    "x-client-request-id": "run.1",
  });
});

test("the documented request with tools is what is sent", async () => {
  const {
    tools: documented,
    messages,
    model,
    stream,
    strict_tools,
  } = JSON.parse(example("request.tools.json"));
  const offered = documented.map((each: { function: object }) => each.function);
  const sent = await bodyOf({ messages, tools: offered }, { strictTools: true });
  expect(sent).toEqual({
    model,
    stream,
    strict_tools,
    max_tokens: 4_000,
    tools: documented,
    messages,
  });
});

test("the documented request with a result is what is sent, the result as an object", async () => {
  const documented = JSON.parse(example("request.tool-result.json"));
  const [user, assistant, result] = documented.messages;
  const [call] = assistant.tool_calls;
  const sent = await bodyOf(
    {
      messages: [
        user,
        {
          role: "assistant",
          content: "",
          reasoning: assistant.tool_plan,
          toolCalls: [{ id: call.id, name: call.function.name, input: { city: "Oslo" } }],
        },
        {
          role: "tool",
          callId: call.id,
          toolName: "get_weather",
          content: result.content[0].document.data,
        },
      ],
      tools: documented.tools.map((each: { function: object }) => each.function),
    },
    { citations: "fast" },
  );
  const document = { data: { temp: "4°C", sky: "rain" } };
  expect(sent).toEqual({
    ...documented,
    stream: true,
    max_tokens: 4_000,
    messages: [user, assistant, { ...result, content: [{ type: "document", document }] }],
  });
});

test("every option is sent in Cohere's words", async () => {
  const sent = await bodyOf(
    { tools: [] },
    {
      model: newer,
      maxTokens: 7,
      temperature: 0.5,
      topP: 0.9,
      topK: 20,
      frequencyPenalty: 0.1,
      presencePenalty: 0.2,
      seed: 0,
      stop: "END",
      strictTools: true,
      documents: ["One.", { id: "two", data: { title: "Two" } }],
      citations: "accurate",
      safetyMode: "strict",
      thinking: { budgetTokens: 100 },
      priority: 3,
      extra: { logprobs: true },
    },
  );
  expect(sent).toEqual({
    model: newer,
    stream: true,
    max_tokens: 7,
    temperature: 0.5,
    p: 0.9,
    k: 20,
    frequency_penalty: 0.1,
    presence_penalty: 0.2,
    seed: 0,
    stop_sequences: ["END"],
    strict_tools: true,
    documents: ["One.", { id: "two", data: { title: "Two" } }],
    citation_options: { mode: "ACCURATE" },
    safety_mode: "STRICT",
    thinking: { type: "enabled", token_budget: 100 },
    priority: 3,
    logprobs: true,
    messages: [{ role: "user", content: "Hello" }],
  });
});

test("thinking can be turned off, and a share of all words is not sent", async () => {
  const sent = await bodyOf({}, { thinking: false, topP: 1, stream: false });
  expect(sent).toMatchObject({ thinking: { type: "disabled" }, stream: false });
  expect(sent).not.toHaveProperty("p");
});

test.each([
  [older, 4_000],
  ["command-r7b-12-2024", 4_000],
  [newer, 8_000],
  ["command-a-vision-07-2025", 8_000],
  ["command-a-reasoning-08-2025", 32_000],
  ["of-my-own", 4_000],
])("an answer may be as long as the model can write: %s", async (model, max_tokens) => {
  expect(await bodyOf({}, { model })).toMatchObject({ max_tokens });
});

test("extra fields and documents can be made for each request, and win over options", async () => {
  const [first, second] = await bodiesOf([{ requestId: "a" }, { requestId: "b" }], {
    temperature: 0.1,
    extra: ({ requestId }) => ({ temperature: requestId === "a" ? 0.2 : 0.3 }),
    documents: ({ requestId }) => (requestId === "a" ? [] : [`About ${requestId}.`]),
  });
  expect([first?.["temperature"], second?.["temperature"]]).toEqual([0.2, 0.3]);
  expect([first?.["documents"], second?.["documents"]]).toEqual([undefined, ["About b."]]);
});

test("what a function makes is checked like what is given", async () => {
  await using server = await serve((response) => send(response, {}));
  const wrong = [
    { extra: () => ({ model: "other" }) },
    { extra: () => [] as unknown as Record<string, unknown> },
    { documents: () => [7] as unknown as string[] },
  ];
  for (const options of wrong) {
    const { error } = await ask(cohere(older, { ...options, ...at(server) }));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toMatch(/^TypeError: cohere: "(?:extra|documents)" must [^\n]+\.$/);
  }
  expect(server.received).toEqual([]);
});

test("what is the same from step to step is written once", async () => {
  let reads = 0;
  const counted = tools.map((each) => ({
    ...each,
    get parameters() {
      reads++;
      return each.parameters;
    },
  }));
  const first = { role: "user", content: "One" } as const;
  const steps = [[first], [first, { role: "user", content: "Two" } as const]];
  const { run } = request();
  const bodies = await bodiesOf(steps.map((messages) => ({ run, messages, tools: counted })));
  expect(bodies.map(({ messages }) => messages.length)).toEqual([1, 2]);
  expect(reads).toBe(counted.length);
});

test("what changes from step to step is written anew, each on its own", async () => {
  const base = { tools: [], instructions: "One.", responseFormat: {} };
  const changes = [{}, { instructions: "Two." }, { responseFormat: undefined }, { tools }];
  const steps: Partial<ModelRequest>[] = [];
  for (const change of [...changes, { toolChoice: "none" } as const])
    steps.push({ ...(steps.at(-1) ?? base), ...change });
  const bodies = await bodiesOf(steps, { model: newer });
  expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(steps.length);
  const made = ["a", "b"].map((requestId) => ({ ...base, requestId }));
  const lists = { a: ["A"], b: ["B"] } as Record<string, string[]>;
  const [first, second] = await bodiesOf(made, {
    documents: ({ requestId }) => lists[requestId] ?? [],
  });
  expect([first?.["documents"], second?.["documents"]]).toEqual([["A"], ["B"]]);
  const extras = await bodiesOf(made, {
    extra: ({ requestId }) => ({ k: requestId === "a" ? 1 : 2 }),
  });
  expect(extras.map((body) => body["k"])).toEqual([1, 2]);
});
