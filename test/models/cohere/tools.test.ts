import type { ModelRequest, ToolSpec } from "@pawl/core";
import { expect, test } from "vitest";

import { tools } from "../server.ts";
import {
  bodiesOf,
  bodyOf,
  type CohereBody,
  cohereStream,
  end,
  newer,
  older,
  outcomeOf,
  part,
  refusalOf,
  whole,
} from "./cohere-server.ts";

const choices = ["auto", "none", "required", { tool: "now" }] as const;

async function offersOf(
  model: string,
  more: Partial<ModelRequest> = {},
): Promise<readonly (readonly [unknown, unknown])[]> {
  const bodies = await bodiesOf(
    choices.map((toolChoice) => ({ toolChoice, ...more })),
    { model },
  );
  return bodies.map((body) => [namesIn(body), body["tool_choice"]]);
}

function namesIn(body: CohereBody): readonly unknown[] {
  return (body.tools ?? []).map((each) => each.function["name"]);
}

const withChoice = [
  [["add", "now"], undefined],
  [["add", "now"], "NONE"],
  [["add", "now"], "REQUIRED"],
  [["now"], "REQUIRED"],
];

test.each([newer, "command-r7b-12-2024", "command-a-reasoning-08-2025", "of-my-own"])(
  "a choice of tools is said in Cohere's words, and one tool is chosen by offering no other: %s",
  async (model) => {
    expect(await offersOf(model)).toEqual(withChoice);
  },
);

test.each([older, "command-r-08-2024", "command-r-plus", "command-r-03-2024"])(
  "for a model that knows no choice, the tools that are offered are the choice: %s",
  async (model) => {
    expect(await offersOf(model)).toEqual([
      [["add", "now"], undefined],
      [[], undefined],
      [["add", "now"], undefined],
      [["now"], undefined],
    ]);
  },
);

test("without tools there is no choice, nor where the one to call is not there", async () => {
  const gone = await bodyOf({ toolChoice: { tool: "gone" } }, { model: newer });
  expect([namesIn(gone), gone["tool_choice"]]).toEqual([[], undefined]);
  expect(await offersOf(newer, { tools: [] })).toEqual(choices.map(() => [[], undefined]));
});

function spec(name: string, parameters: object = {}): ToolSpec {
  return { name, description: name, parameters: { type: "object", ...parameters } };
}

test("a name that Cohere does not take goes out as one that it does, and comes back as it was", async () => {
  const named = [spec("web-search"), spec("3d")];
  const history = [
    { role: "user", content: "Find." },
    { role: "assistant", content: "", toolCalls: [{ id: "h", name: "3d", input: {} }] },
    { role: "tool", callId: "h", toolName: "3d", content: "x" },
  ] as const;
  const body = await bodyOf({ tools: named, messages: history });
  expect(namesIn(body)).toEqual(["web_search", "_3d"]);
  expect(body.messages[1]).toMatchObject({ tool_calls: [{ function: { name: "_3d" } }] });

  const call = { id: "c", type: "function", function: { name: "web_search", arguments: "{}" } };
  const streamed = cohereStream(part("tool-call-start", { tool_calls: call }, 0), end("TOOL_CALL"));
  for (const answer of [streamed, whole({ tool_calls: [call] }, "TOOL_CALL")]) {
    const { message, events } = await outcomeOf(answer, {}, { tools: named });
    expect(message?.toolCalls).toEqual([{ id: "c", name: "web-search", input: {} }]);
    expect(events[0]).toMatchObject({ type: "tool-input-start", toolName: "web-search" });
  }
});

test("two tools that would have one name are refused", async () => {
  expect(await refusalOf({ tools: [spec("a-b"), spec("a_b")] })).toMatchObject({
    code: "invalid-request",
    message: expect.stringMatching(/"a-b" and "a_b" have the same name for Cohere, "a_b"/),
  });
});

const city = { properties: { city: { type: "string" } }, required: ["city"] };

test("strict tools need a required parameter each, which the refusal says", async () => {
  const free = [spec("weather", city), spec("today", { properties: { zone: { type: "string" } } })];
  expect(await refusalOf({ tools: free }, { strictTools: true })).toMatchObject({
    code: "invalid-request",
    message: expect.stringMatching(/"today" has no required parameter.*leave "strictTools" out/),
  });
  expect(namesIn(await bodyOf({ tools: free }))).toEqual(["weather", "today"]);
});

test("strict tools have at most 200 fields, at all depths", async () => {
  const inner = Array.from({ length: 99 }, (_, index) => [`f${index}`, { type: "string" }]);
  const properties = {
    city: { type: "object", properties: Object.fromEntries(inner), required: ["f0"] },
  };
  const full = spec("a", { properties, required: ["city"] });
  const fits = { tools: [full, { ...full, name: "b" }] };
  expect(namesIn(await bodyOf(fits, { strictTools: true }))).toEqual(["a", "b"]);
  const tooMany = { tools: [...fits.tools, spec("c", city)] };
  expect(await refusalOf(tooMany, { strictTools: true })).toMatchObject({
    code: "invalid-request",
    message: expect.stringMatching(/have 201 fields, and Cohere's strict tools take 200/),
  });
});

test("parameters of strict tools are sent without what Cohere does not take, others as they are", async () => {
  const parameters = { properties: { n: { type: "number", minimum: 1 } }, required: ["n"] };
  const strict = await bodyOf({ tools: [spec("a", parameters)] }, { strictTools: true });
  const free = await bodyOf({ tools: [spec("a", parameters)] });
  expect([strict, free].map((body) => body.tools?.[0]?.function["parameters"])).toEqual([
    { type: "object", properties: { n: { type: "number" } }, required: ["n"] },
    { type: "object", ...parameters },
  ]);
});

test("tools are sent whole", async () => {
  const { tools: sent } = await bodyOf({ tools });
  expect(sent).toEqual(tools.map((each) => ({ type: "function", function: each })));
});
