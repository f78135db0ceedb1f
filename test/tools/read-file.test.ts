import { readFile } from "@pawl/tools";
import { expect, test } from "vitest";

import { call } from "./call.ts";
import { temporaryFolder } from "./temporary-folder.ts";

test("a text is returned as it is", async () => {
  const root = await temporaryFolder({ "a.txt": "first\nsecond – grün\n" });
  expect(await call(readFile({ root }), { path: "a.txt" })).toBe("first\nsecond – grün\n");
});

test("lines are read by number", async () => {
  const root = await temporaryFolder({ "a.txt": "one\ntwo\nthree\nfour" });
  const read = (startLine?: number, endLine?: number) =>
    call(readFile({ root }), { path: "a.txt", startLine, endLine });
  expect(await read(2, 3)).toBe("two\nthree\n");
  expect(await read(3)).toBe("three\nfour");
  expect(await read(4, 9)).toBe("four");
  expect(await read(undefined, 1)).toBe("one\n");
  await expect(read(5)).rejects.toThrow('"a.txt" has only 4 lines.');
  await expect(read(3, 2)).rejects.toThrow("endLine (2) must not be smaller than startLine (3)");
  await expect(read(0)).rejects.toThrow("startLine");
});

test("an empty file says so", async () => {
  const root = await temporaryFolder({ "empty.txt": "" });
  expect(await call(readFile({ root }), { path: "empty.txt" })).toBe("[The file is empty.]");
});

test("a long file is cut at a line and read on from there without loss", async () => {
  const lines = Array.from({ length: 40 }, (_, index) => `line ${index + 1}`);
  const root = await temporaryFolder({ "long.txt": lines.join("\n") });
  const read = readFile({ root, maxBytes: 100 });
  let startLine = 1;
  const seen: string[] = [];
  for (;;) {
    const text = await call(read, { path: "long.txt", startLine });
    const [, next] =
      /\n\[The file was cut here after \d+ bytes\. Read on with startLine: (\d+)\.\]$/.exec(text) ??
      [];
    seen.push(...text.replace(/\n\[.*\]$/, "").split("\n"));
    if (!next) break;
    expect(Buffer.byteLength(text.replace(/\n\[.*\]$/, ""))).toBeLessThanOrEqual(100);
    startLine = Number(next);
  }
  expect(seen).toEqual(lines);
});

test("a file of exactly the limit is not cut", async () => {
  const root = await temporaryFolder({ "a.txt": "x".repeat(100) });
  expect(await call(readFile({ root, maxBytes: 100 }), { path: "a.txt" })).toBe("x".repeat(100));
});

test("the limit is 256 KiB unless given, also beyond a chunk of reading", async () => {
  const root = await temporaryFolder({ "big.txt": `${"y".repeat(999)}\n`.repeat(500) });
  const text = await call(readFile({ root }), { path: "big.txt" });
  expect(text).toContain(
    "[The file was cut here after 262000 bytes. Read on with startLine: 263.]",
  );
  expect(await call(readFile({ root }), { path: "big.txt", startLine: 500 })).toBe(
    `${"y".repeat(999)}\n`,
  );
});

test("a line longer than the limit is cut between characters", async () => {
  const root = await temporaryFolder({ "wide.txt": `${"ü".repeat(100)}\nnext` });
  const text = await call(readFile({ root, maxBytes: 51 }), { path: "wide.txt" });
  expect(text).toBe(
    `${"ü".repeat(25)}\n[Line 1 is too long and was cut here after 50 bytes. Read on with startLine: 2.]`,
  );
});

test("what is not UTF-8 text is refused with a sentence", async () => {
  const root = await temporaryFolder({
    "image.png": new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 0, 0]),
    "latin.txt": new Uint8Array([0x67, 0x72, 0xfc, 0x6e]),
  });
  for (const path of ["image.png", "latin.txt"])
    await expect(call(readFile({ root }), { path })).rejects.toThrow(`"${path}" is not UTF-8 text`);
});

test("an aborted call reads nothing", async () => {
  const root = await temporaryFolder({ "a.txt": "text" });
  const reason = new Error("enough");
  await expect(call(readFile({ root }), { path: "a.txt" }, AbortSignal.abort(reason))).rejects.toBe(
    reason,
  );
});

test("a wrong limit is a programmer's mistake", async () => {
  const root = await temporaryFolder();
  for (const maxBytes of [0, -1, 1.5, Number.NaN, Infinity])
    expect(() => readFile({ root, maxBytes })).toThrow(TypeError);
});
