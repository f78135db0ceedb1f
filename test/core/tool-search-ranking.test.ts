import type { ToolSpec } from "@pawl/core";
import { expect, test } from "vitest";

// @boundaries-ignore what a search finds is measured where it is found, for many queries
import { ToolIndex } from "../../packages/core/src/tool-search/tool-index.ts";
import { manyTools } from "./many-tools.ts";
import { toolQueries } from "./tool-queries.ts";

const nothing = { type: "object", properties: {} };

function spec(name: string, description: string, parameters: object = nothing): ToolSpec {
  return { name, description, parameters: parameters as ToolSpec["parameters"] };
}

function indexOf(
  ...tools: readonly (readonly [name: string, about: string, parameters?: object])[]
) {
  return new ToolIndex(tools.map((each) => spec(...each)));
}

function companyIndex(): ToolIndex {
  return new ToolIndex(
    manyTools().map(({ name, description, inputSchema }) =>
      spec(String(name), description, inputSchema.json),
    ),
  );
}

test("of 500 tools the right one is among the first five for nearly every query", () => {
  const index = companyIndex();

  const missed = toolQueries.filter(([query, name]) => !index.search(query, 5).includes(name));

  expect(missed.length).toBeLessThanOrEqual(toolQueries.length * 0.05);
});

test("the same query finds the same tools in the same order, in whatever index of the same tools", () => {
  const first = companyIndex();
  const second = companyIndex();

  for (const [query] of toolQueries) {
    const names = first.search(query, 20);
    expect(first.search(query, 20)).toEqual(names);
    expect(second.search(query, 20)).toEqual(names);
  }
});

test("a search takes less than two milliseconds", () => {
  const index = companyIndex();
  for (const [query] of toolQueries) index.search(query, 5);

  const startedAt = performance.now();
  for (const [query] of toolQueries) index.search(query, 5);

  expect((performance.now() - startedAt) / toolQueries.length).toBeLessThan(2);
});

test("names are split at underscores, hyphens and capitals", () => {
  const index = indexOf(
    ["getHTTPServerLog", "x"],
    ["list-open-tickets", "x"],
    ["read_calendar", "x"],
    ["mergePRs", "x"],
  );

  expect(index.search("server", 5)).toEqual(["getHTTPServerLog"]);
  expect(index.search("http logs", 5)).toEqual(["getHTTPServerLog"]);
  expect(index.search("ticket", 5)).toEqual(["list-open-tickets"]);
  expect(index.search("calendars", 5)).toEqual(["read_calendar"]);
  expect(index.search("pr", 5)).toEqual(["mergePRs"]);
});

test("a word in the name counts more than in the description, and there more than in a parameter", () => {
  const parameter = { type: "object", properties: { invoice: { type: "string" } } };
  const index = indexOf(
    ["open_letter", "Opens the mail of the day", parameter],
    ["open_door", "Opens it for an invoice that comes"],
    ["open_invoice", "Opens it on the screen of a person"],
  );

  expect(index.search("invoice", 5)).toEqual(["open_invoice", "open_door", "open_letter"]);
});

test("what a parameter is for counts too", () => {
  const properties = { q: { type: "string", description: "Postal code" } };
  const index = indexOf(["a", "x"], ["b", "x", { type: "object", properties }]);

  expect(index.search("postal", 5)).toEqual(["b"]);
});

test("forms of a word, beginnings of words and words for the same deed are found", () => {
  const index = indexOf(
    ["translation_start", "x"],
    ["repository_size", "x"],
    ["event_delete", "x"],
    ["deployment_halt", "x"],
  );

  expect(index.search("translate", 1)).toEqual(["translation_start"]);
  expect(index.search("repos", 1)).toEqual(["repository_size"]);
  expect(index.search("remove", 1)).toEqual(["event_delete"]);
  expect(index.search("deploys", 1)).toEqual(["deployment_halt"]);
});

test("a tool that is called by its whole name comes first", () => {
  const index = indexOf(
    ["send", "Send"],
    ["send_report", "Send a report by mail"],
    ["send_mail_report", "Send a report by mail"],
  );

  expect(index.search("the tool send", 1)).toEqual(["send"]);
  expect(index.search("send_report", 1)).toEqual(["send_report"]);
});

test("tools that fit equally well come in the agent's order", () => {
  const index = indexOf(["red", "x"], ["blue", "x"]);

  expect(index.search("blue red", 5)).toEqual(["red", "blue"]);
});

test("a query without a known word finds nothing, and words that say nothing are not looked for", () => {
  const index = indexOf(["weather", "The weather of the day"], ["news", "What is new"]);

  expect(index.search("zebra", 5)).toEqual([]);
  expect(index.search("", 5)).toEqual([]);
  expect(index.search("what is the weather", 5)).toEqual(["weather"]);
});

test("scripts without spaces are searched by pairs of characters", () => {
  const index = indexOf(
    ["a", "列出日历中的所有活动"],
    ["b", "发送电子邮件"],
    ["c", "東京の天気を調べる"],
    ["d", "所有 CI 流水线"],
  );

  expect(index.search("日历活动", 1)).toEqual(["a"]);
  expect(index.search("邮件", 1)).toEqual(["b"]);
  expect(index.search("天気", 1)).toEqual(["c"]);
  expect(index.search("CI列表", 1)).toEqual(["d"]);
});
