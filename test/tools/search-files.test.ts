import { searchFiles } from "@pawl/tools";
import { expect, test } from "vitest";

import { call } from "./call.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const handbook = {
  "billing/refunds.md": `# Refunds

A customer who is not happy gets the money back within 14 days.

## Limits

Amounts above 500 euros need the approval of a manager.
`,
  "billing/invoices.md": `# Invoices

Invoices are sent on the first day of each month. A customer pays within 30 days.
`,
  "network/client.md": `# HTTP client

## Timeouts

Each request is given up after ten seconds.

## Retry policy

A failed request is retried three times. The wait doubles with every retry.
Only idempotent requests are retried.
`,
  "src/client.ts": `export const maxRetries = 3;

export function send(request: Request) {
  return fetch(request);
}
`,
  "notes.txt": "The and of to is a. Nothing here matters to anybody.\n",
  "logo.png": new Uint8Array([0x89, 0, 0, 0x72, 0x65, 0x74, 0x72, 0x79]),
};

test("the passage that answers comes first, with its headings, path and line", async () => {
  const root = await temporaryFolder(handbook);
  const [first] = await call(searchFiles({ root }), {
    query: "How often are failed requests retried?",
  });
  expect(first).toEqual({
    path: "network/client.md",
    line: 9,
    text: "# HTTP client\n## Retry policy\nA failed request is retried three times. The wait doubles with every retry.\nOnly idempotent requests are retried.",
    score: expect.any(Number) as number,
  });
});

test.each([
  ["when does a customer get money back", "billing/refunds.md"],
  ["refund", "billing/refunds.md"],
  ["manager approvals", "billing/refunds.md"],
  ["sending an invoice", "billing/invoices.md"],
  ["TIMEOUT", "network/client.md"],
  ["maxRetries", "src/client.ts"],
])("%s leads to %s", async (query, path) => {
  const root = await temporaryFolder(handbook);
  const [first] = await call(searchFiles({ root }), { query });
  expect(first?.path).toBe(path);
});

test.each([
  ["retries", "retry"],
  ["retried", "retry"],
  ["requests", "requested"],
  ["billing", "bill"],
  ["stopped", "stop"],
  ["caches", "caching"],
  ["expires", "expired"],
  ["boxes", "box"],
  ["policies", "policy"],
  ["Ärger", "arger"],
])("%s finds %s", async (query, word) => {
  const root = await temporaryFolder({ "a.txt": `It says ${word} here.` });
  expect(await call(searchFiles({ root }), { query })).toHaveLength(1);
});

test.each([
  ["string", "str"],
  ["status", "statu"],
  ["thing", "th"],
  ["class", "clas"],
])("%s does not find %s", async (query, word) => {
  const root = await temporaryFolder({ "a.txt": `It says ${word} here.` });
  expect(await call(searchFiles({ root }), { query })).toEqual([]);
});

test("hits are best first, limited, five by default, and the same every time", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 9 }, (_, index) => [`${index}.txt`, `apple ${"filler ".repeat(index)}`]),
  );
  const search = searchFiles({ root: await temporaryFolder(files) });
  const hits = await call(search, { query: "apple" });
  expect(hits.map(({ path }) => path)).toEqual(["0.txt", "1.txt", "2.txt", "3.txt", "4.txt"]);
  expect(hits.map(({ score }) => score)).toEqual(
    hits.map(({ score }) => score).toSorted((a, b) => b - a),
  );
  expect(await call(search, { query: "apple", limit: 2 })).toEqual(hits.slice(0, 2));
});

test("two of the words beat one of them often", async () => {
  const root = await temporaryFolder({
    "often.txt": "apple ".repeat(8),
    "both.txt": `apple and pear ${"word ".repeat(6)}`,
    "other.txt": "pear pear",
  });
  const [first] = await call(searchFiles({ root }), { query: "apple pear" });
  expect(first?.path).toBe("both.txt");
});

test("stop words find nothing by themselves, unless there is nothing else", async () => {
  const root = await temporaryFolder(handbook);
  const hits = await call(searchFiles({ root }), { query: "the manager of the", limit: 50 });
  expect(hits.map(({ path }) => path)).toEqual(["billing/refunds.md"]);
  expect(
    (await call(searchFiles({ root }), { query: "the of" })).map(({ path }) => path),
  ).toContain("notes.txt");
});

test("binary files are skipped and patterns mean nothing", async () => {
  const root = await temporaryFolder(handbook);
  const hits = await call(searchFiles({ root }), { query: "(retry+)+$", limit: 50 });
  expect(hits.length).toBeGreaterThan(0);
  expect(hits.map(({ path }) => path)).not.toContain("logo.png");
  await expect(call(searchFiles({ root }), { query: "?!*" })).rejects.toThrow(
    "The query has no words",
  );
});

test("a search reads no more files and bytes than allowed", async () => {
  const root = await temporaryFolder({
    "a.txt": "apple one",
    "b.txt": "apple two",
    "c.txt": "apple three",
  });
  const paths = async (limits: object) =>
    (await call(searchFiles({ root, ...limits }), { query: "apple" }))
      .map(({ path }) => path)
      .toSorted();
  expect(await paths({ maxFiles: 2 })).toEqual(["a.txt", "b.txt"]);
  expect(await paths({ maxBytes: 10 })).toEqual(["a.txt"]);
  expect(await paths({})).toHaveLength(3);
});

test("a hit on a very long line shows only what is around it", async () => {
  const root = await temporaryFolder({ "min.js": `${"x ".repeat(50_000)}needle` });
  const [hit] = await call(searchFiles({ root }), { query: "needle" });
  expect(hit?.text.length).toBeLessThan(2000);
  expect(hit?.text).toContain("needle");
});

test("a run of letters as long as a file takes no more than a moment", async () => {
  const root = await temporaryFolder({ "a.txt": "a".repeat(900_000), "b.txt": "needle" });
  const start = performance.now();
  expect(await call(searchFiles({ root }), { query: "needle" })).toHaveLength(1);
  expect(performance.now() - start).toBeLessThan(1000);
});

test("an aborted search stops between files", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 300 }, (_, index) => [`${index}.txt`, "apple ".repeat(200)]),
  );
  const root = await temporaryFolder(files);
  const controller = new AbortController();
  const reason = new Error("enough");
  const search = call(searchFiles({ root }), { query: "apple" }, controller.signal);
  setImmediate(() => controller.abort(reason));
  await expect(search).rejects.toBe(reason);
});
