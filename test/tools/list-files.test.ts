import { listFiles } from "@pawl/tools";
import { expect, test } from "vitest";

import { call } from "./call.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const files = {
  "readme.md": "",
  "docs/a.md": "",
  "docs/deep/b.md": "",
  "docs/a.txt": "",
  "docs-old/c.md": "",
  "node_modules/x/index.js": "",
  ".env": "",
  ".git/config": "",
};

test("files are listed sorted, with slashes, without dot-files and node_modules", async () => {
  const root = await temporaryFolder(files);
  const expected = ["docs-old/c.md", "docs/a.md", "docs/a.txt", "docs/deep/b.md", "readme.md"];
  expect(await call(listFiles({ root }), {})).toEqual({ files: expected, truncated: false });
});

test("a path narrows the list, and what it returns is still relative to the root", async () => {
  const root = await temporaryFolder(files);
  const list = await call(listFiles({ root }), { path: "docs/deep" });
  expect(list.files).toEqual(["docs/deep/b.md"]);
  await expect(call(listFiles({ root }), { path: "readme.md" })).rejects.toThrow("is not a folder");
});

test("a pattern without a slash matches names anywhere, one with a slash matches below the path", async () => {
  const root = await temporaryFolder(files);
  const list = async (pattern: string, path?: string) =>
    (await call(listFiles({ root }), { pattern, path })).files;
  expect(await list("a.*")).toEqual(["docs/a.md", "docs/a.txt"]);
  expect(await list("docs/**/*.md")).toEqual(["docs/a.md", "docs/deep/b.md"]);
  expect(await list("./*.{md,txt}", "docs")).toEqual(["docs/a.md", "docs/a.txt"]);
  expect(await list("*.rs")).toEqual([]);
});

test.each([
  "*a*a*a*a*a*b",
  "+(a|aa)",
  "{a,b}{a,b}{a,b}",
  "{1..99999999}",
  "../*",
  "**/**/**/**/**/x",
])("the costly pattern %s is refused", async (pattern) => {
  const root = await temporaryFolder(files);
  await expect(call(listFiles({ root }), { pattern })).rejects.toThrow("too complex");
});

test("a long list is cut, and says so", async () => {
  const root = await temporaryFolder(files);
  expect(await call(listFiles({ root, maxEntries: 2 }), {})).toEqual({
    files: ["docs-old/c.md", "docs/a.md"],
    truncated: true,
    note: 'Cut after 2 files: narrow it with "path" or "pattern".',
  });
  expect((await call(listFiles({ root, maxEntries: 5 }), {})).truncated).toBe(false);
});

test("an aborted call stops", async () => {
  const root = await temporaryFolder(files);
  const reason = new Error("enough");
  await expect(call(listFiles({ root }), {}, AbortSignal.abort(reason))).rejects.toBe(reason);
});
