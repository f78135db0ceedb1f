import type { AssistantMessage } from "@pawl/core";
import { expect, test } from "vitest";

import {
  type CohereEvent,
  cohereStream,
  end,
  messageOf,
  part,
  said,
  whole,
} from "./cohere-server.ts";

const sources = [{ type: "document", id: "d" }];

function cited(start: number, end_: number, more: object = {}): object {
  return { start, end: end_, sources, type: "TEXT_CONTENT", ...more };
}

function citation(value: object, beside: object = {}): CohereEvent {
  return { type: "citation-start", delta: { message: { citations: value }, ...beside } };
}

/** What an answer says that it cites, which has to be what its offsets say. */
function quotes({ content, citations }: AssistantMessage): string[] | undefined {
  return citations?.map(({ start, end: to, text }) => {
    expect(content.slice(start, to)).toBe(text);
    return text;
  });
}

test("offsets count characters, of which JavaScript may have two units", async () => {
  const text = "🎉 4°C 👩‍🚀 in Oslo";
  const message = await messageOf(
    cohereStream(
      ...said(text),
      citation(cited(2, 5, { text: "4°C" })),
      citation(cited(13, 17)),
      end(),
    ),
  );
  expect(quotes(message)).toEqual(["4°C", "Oslo"]);
  expect(message.citations?.[0]).toMatchObject({ start: 3, end: 6 });
});

test("where a citation quotes other characters than its offsets count, units are counted", async () => {
  const answer = whole({ content: "🎉 4°C now", citations: [cited(3, 6, { text: "4°C" })] });
  expect(quotes(await messageOf(answer))).toEqual(["4°C"]);
});

test("citations may come before what they are about, among it, or after it", async () => {
  const about = citation(cited(6, 9, { text: "4°C" }));
  const [begin, ...rest] = said("It is", " 4°C", " now");
  for (const events of [
    [about, begin, ...rest],
    [begin, ...rest.slice(0, 1), about, { type: "citation-end" }, ...rest.slice(1)],
    [begin, ...rest, about],
  ])
    expect(
      quotes(await messageOf(cohereStream(...events.flatMap((event) => event ?? []), end()))),
    ).toEqual(["4°C"]);
});

test("citations come as an object or in a list", async () => {
  const several = citation([cited(0, 2), cited(3, 5)]);
  expect(quotes(await messageOf(cohereStream(...said("It is"), several, end())))).toEqual([
    "It",
    "is",
  ]);
});

test("what is cited of a plan or of thinking is no part of the text", async () => {
  const events = [
    citation(cited(0, 2, { type: "PLAN" })),
    citation(cited(0, 2, { type: "THINKING_CONTENT" })),
    citation(cited(0, 2, { type: undefined }), { type: "PLAN" }),
    citation(cited(3, 5, { type: undefined }), { type: "TEXT_CONTENT" }),
  ];
  expect(quotes(await messageOf(cohereStream(...said("It is"), ...events, end())))).toEqual(["is"]);
});

test("offsets in a block are offsets in the whole text", async () => {
  const content = [
    { type: "thinking", thinking: "Hm." },
    { type: "text", text: "🎉 One. " },
    { type: "text", text: "Two." },
  ];
  const citations = [
    cited(2, 5, { content_index: 1, text: "One" }),
    cited(0, 3, { content_index: 2 }),
    cited(0, 3, { text: "Two" }),
  ];
  expect(quotes(await messageOf(whole({ content, citations })))).toEqual(["One", "Two", "Two"]);
  const streamed = cohereStream(
    ...content.map((block, index) => part("content-start", { content: block }, index)),
    ...citations.map((each) => citation(each)),
    end(),
  );
  expect(quotes(await messageOf(streamed))).toEqual(["One", "Two", "Two"]);
});

test("spans end where the text does, and none is empty", async () => {
  const citations = [cited(3, 99), cited(50, 60), cited(2, 2)];
  expect(quotes(await messageOf(whole({ content: "It is", citations })))).toEqual(["is"]);
});

test("an answer without citations has none", async () => {
  expect(await messageOf(whole({ content: "It is", citations: [] }))).not.toHaveProperty(
    "citations",
  );
});

test("a source has the id it was given, and the title and address of its document", async () => {
  const document = { id: "doc:0", title: "Weather", url: "https://a.example", text: "4°C" };
  const found = [
    { type: "document", id: "doc:0", document },
    { type: "tool", id: "call_1:0", tool_output: { title: "Tool", temp: "4°C" } },
    { type: "document", document: { id: "inner" } },
    { type: "document" },
  ];
  const answer = whole({ content: "It is", citations: [cited(0, 2, { sources: found })] });
  expect((await messageOf(answer)).citations?.[0]?.sources).toEqual([
    { id: "doc:0", title: "Weather", url: "https://a.example" },
    { id: "call_1:0", title: "Tool" },
    { id: "inner" },
  ]);
});
