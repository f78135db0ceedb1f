import { Agent, type Guardrails } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";

test.each([
  [[{ role: "user", content: [{ type: "nonsense" }] }]],
  [[{ role: "user", content: [null] }]],
  [[{ role: "user", content: [] }]],
  [[{ role: "user" }]],
])("a guardrail that replaces the input by %j lets nothing pass", async (replace) => {
  const model = scripted(["Never."]);
  const guardrails = { input: () => ({ replace }) } as unknown as Guardrails;
  const result = await new Agent({ model, guardrails }).run("Go.");

  expect(result).toMatchObject({
    status: "stopped",
    reason: "guardrail",
    detail: expect.stringMatching(
      /^a guardrail of the input must replace it by messages: message 0 needs a "content"/,
    ),
  });
  expect(model.requests).toEqual([]);
});

test.each([[5], [[]], [[null]], [[{ role: "assistant", content: "Hi." }]]])(
  "a guardrail that replaces the input by %j, which nobody can ask, lets nothing pass",
  async (replace) => {
    const guardrails = { input: () => ({ replace }) } as unknown as Guardrails;
    const result = await new Agent({ model: scripted(["Never."]), guardrails }).run("Go.");

    expect(result).toMatchObject({
      detail: "a guardrail of the input must replace it by a text or by messages of the user's",
    });
  },
);

test("an input that is replaced by messages with parts is asked in that form", async () => {
  const model = scripted(["A cat."]);
  const said = {
    role: "user",
    content: [
      { type: "text", text: "What is it?" },
      { type: "image", image: "https://example.com/a.png" },
    ],
  } as const;
  await new Agent({ model, guardrails: { input: () => ({ replace: [said] }) } }).run("Go.");

  expect(model.requests[0]?.messages).toEqual([said]);
});
