import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

import { current, problemsOf } from "./request-schemas.ts";
import { ask, bodiesOf, finish, piece, send, serve, stream, tools } from "./server.ts";

const unforced = { capabilities: { toolChoice: false } };

test("a model that cannot be made to call a tool is only offered them", async () => {
  const choices = ["auto", "required", "none"] as const;
  const bodies = await bodiesOf(
    choices.map((toolChoice) => ({ toolChoice })),
    unforced,
  );
  expect(bodies.map(({ tool_choice }) => tool_choice)).toEqual([undefined, undefined, "none"]);
  for (const body of bodies) expect(body.tools).toHaveLength(2);
});

test("a certain tool is then the only one on offer", async () => {
  const bodies = await bodiesOf(
    [{ toolChoice: { tool: "now" } }, { toolChoice: "auto" }, { toolChoice: { tool: "unknown" } }],
    unforced,
  );
  expect(bodies[0]?.tool_choice).toBeUndefined();
  expect(bodies[0]?.tools).toEqual([{ type: "function", function: tools[1] }]);
  expect(bodies.slice(1).map((body) => body.tools?.length)).toEqual([2, 2]);
  const narrow = { toolChoice: { tool: "now" } };
  expect(await problemsOf(current, narrow, unforced)).toEqual([]);
});

test("a call of a tool that was not offered this time still finds its tool", async () => {
  const answer = stream(
    piece({ index: 0, id: "c", function: { name: "functions.add", arguments: "{}" } }),
    finish("tool_calls"),
  );
  await using server = await serve((response) => send(response, answer));
  const model = chatCompletions({ baseURL: server.baseURL, model: "m", ...unforced });
  const { message } = await ask(model, { toolChoice: { tool: "now" } });
  expect(message?.toolCalls).toMatchObject([{ name: "add" }]);
});

test.each([[undefined], [true]])(
  "a model is held to a choice otherwise: %s",
  async (toolChoice) => {
    const [body] = await bodiesOf([{ toolChoice: { tool: "now" } }], {
      capabilities: { toolChoice },
    });
    expect(body?.tool_choice).toEqual({ type: "function", function: { name: "now" } });
    expect(body?.tools).toHaveLength(2);
  },
);

test("what is known of a model is part of it, and what is not known changes nothing", () => {
  const options = { baseURL: "http://127.0.0.1:1/v1", model: "m" };
  const capabilities = { images: false, contextTokens: 128_000 };
  const unknown = { ...capabilities, tools: undefined as never };
  for (const each of [capabilities, unknown])
    expect(chatCompletions({ ...options, capabilities: each }).capabilities).toEqual({
      tools: true,
      images: false,
      contextTokens: 128_000,
    });
});
