import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

import { first, problemsOf } from "./request-schemas.ts";
import { ask, bodiesOf, delta, finish, send, serve, stream } from "./server.ts";

const without = { capabilities: { tools: false } };
const fine = { baseURL: "http://127.0.0.1:1/v1", model: "m" };

test.each<[string, object]>([
  ["when it is said so", { toolMode: "prompted" }],
  ["for a model that is known to have none", without],
  ["for such a model, also when it is said so", { ...without, toolMode: "auto" }],
])("tools are told in words %s", async (_name, options) => {
  const [body] = await bodiesOf([{}], options);
  expect(body).not.toHaveProperty("tools");
  expect(body?.messages[0]?.content).toContain("Tool add");
  expect(chatCompletions({ ...fine, ...options }).capabilities.tools).toBe(true);
  const old = { ...options, model: "cohere/command-r-plus" };
  expect(await problemsOf(first, {}, old)).toEqual([]);
});

test.each<[string, object, boolean]>([
  ["as a rule", {}, true],
  ["when it is said so", { toolMode: "native" }, true],
  ["when it is said so against what is known", { ...without, toolMode: "native" }, false],
])("tools are offered by the server's own protocol %s", async (_name, options, isKnown) => {
  const [body] = await bodiesOf([{}], options);
  expect(body?.tools).toHaveLength(2);
  expect(body?.messages).toHaveLength(1);
  expect(chatCompletions({ ...fine, ...options }).capabilities.tools).toBe(isKnown);
});

test("a call that is told in words comes back as a call", async () => {
  const said = stream(delta({ content: '{"tool":"add","arguments":{"a":1}}' }), finish());
  await using server = await serve((response) => send(response, said));
  const { baseURL } = server;
  const { message } = await ask(chatCompletions({ baseURL, model: "m", toolMode: "prompted" }));
  expect(message?.toolCalls).toMatchObject([{ name: "add", input: { a: 1 } }]);
});

test("the usual form of an answer is not asked for beside tools in words either", async () => {
  const options = { toolMode: "prompted", responseFormat: {} };
  const bodies = await bodiesOf([{}, { tools: [] }], options);
  const formats = bodies.map((body) => (body as { response_format?: unknown }).response_format);
  expect(formats).toEqual([undefined, { type: "json_object" }]);
});
