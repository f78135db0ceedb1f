import { execFileSync } from "node:child_process";
import { mkdir, realpath, symlink } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";

import { fileTools, listFiles, readFile, searchFiles } from "@pawl/tools";
import { expect, onTestFinished, test } from "vitest";

import { call } from "./call.ts";
import { temporaryFolder } from "./temporary-folder.ts";

async function roomWithSecretNextDoor(): Promise<{
  readonly root: string;
  readonly outside: string;
}> {
  const folder = await temporaryFolder({
    "room/a.txt": "inside",
    "room/sub/b.txt": "deeper",
    "secret/key.txt": "hunter2",
    "room-too/key.txt": "hunter2",
  });
  return { root: join(folder, "room"), outside: join(folder, "secret") };
}

test.each([
  "../secret/key.txt",
  "sub/../../secret/key.txt",
  "sub/../a.txt",
  "..",
  "../room-too/key.txt",
  "..\\secret\\key.txt",
  "/etc/passwd",
  "//etc/passwd",
  "\\\\server\\share",
  "C:\\Windows\\win.ini",
  "C:secret.txt",
  "a.txt\0.png",
])("the path %j is refused by reading and listing", async (path) => {
  const { root } = await roomWithSecretNextDoor();
  await expect(call(readFile({ root }), { path })).rejects.toThrow("is not allowed");
  await expect(call(listFiles({ root }), { path })).rejects.toThrow("is not allowed");
});

test("an absolute path is refused even when it leads inside", async () => {
  const { root } = await roomWithSecretNextDoor();
  const path = join(root, "a.txt");
  await expect(call(readFile({ root }), { path })).rejects.toThrow("is not allowed");
});

test("links that lead outside are refused, to files, to folders, in the middle and in a chain", async () => {
  const { root, outside } = await roomWithSecretNextDoor();
  await symlink(join(outside, "key.txt"), join(root, "file-link"));
  await symlink(outside, join(root, "folder-link"));
  await symlink("../../secret", join(root, "sub", "relative-link"));
  await symlink("file-link", join(root, "chain"));
  await symlink("..", join(root, "up"));
  const paths = ["file-link", "folder-link/key.txt", "sub/relative-link/key.txt", "chain"];
  for (const path of paths)
    await expect(call(readFile({ root }), { path })).rejects.toThrow(
      `"${path}" leads outside the folder that may be read.`,
    );
  await expect(call(listFiles({ root }), { path: "folder-link" })).rejects.toThrow("leads outside");
  await expect(call(listFiles({ root }), { path: "up" })).rejects.toThrow("leads outside");
  expect((await call(listFiles({ root }), {})).files).toEqual(["a.txt", "sub/b.txt"]);
  expect(await call(searchFiles({ root }), { query: "hunter2" })).toEqual([]);
});

test("links that stay inside are followed by reading, and a loop of links is an error", async () => {
  const { root } = await roomWithSecretNextDoor();
  await symlink("sub", join(root, "other"));
  await symlink("..", join(root, "sub", "loop"));
  await symlink("self", join(root, "self"));
  expect(await call(readFile({ root }), { path: "other/b.txt" })).toBe("deeper");
  expect((await call(listFiles({ root }), {})).files).toEqual(["a.txt", "sub/b.txt"]);
  await expect(call(readFile({ root }), { path: "self" })).rejects.toThrow('"self" does not exist');
});

test("a root that is itself a link is the folder it leads to", async () => {
  const { root } = await roomWithSecretNextDoor();
  const link = `${root}-link`;
  await symlink(root, link);
  expect(await call(readFile({ root: link }), { path: "a.txt" })).toBe("inside");
});

test.skipIf(process.platform === "win32")(
  "pipes, sockets and devices are refused and never waited for",
  async () => {
    const { root } = await roomWithSecretNextDoor();
    execFileSync("mkfifo", [join(root, "pipe")]);
    const server = createServer().listen(join(root, "socket"));
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once("listening", resolve));
    for (const path of ["pipe", "socket"])
      await expect(call(readFile({ root }), { path })).rejects.toThrow("not an ordinary file");
    await expect(call(readFile({ root: "/dev" }), { path: "zero" })).rejects.toThrow(
      "not an ordinary file",
    );
    expect(await call(searchFiles({ root }), { query: "inside" })).toHaveLength(1);
  },
);

test("errors carry the path as it was given, never the machine's", async () => {
  const { root, outside } = await roomWithSecretNextDoor();
  await symlink(outside, join(root, "out"));
  await mkdir(join(root, "folder"));
  for (const path of ["missing.txt", "out/key.txt", "folder", "../x", "a.txt/x"]) {
    const error: unknown = await call(readFile({ root }), { path }).catch((cause) => cause);
    expect(String(error)).toContain(path);
    expect(String(error)).not.toContain(await realpath(root));
  }
});

test("a root that is no existing folder is a programmer's mistake", async () => {
  const { root } = await roomWithSecretNextDoor();
  for (const make of [readFile, listFiles, searchFiles, fileTools]) {
    expect(() => make({ root: join(root, "missing") })).toThrow(TypeError);
    expect(() => make({ root: join(root, "a.txt") })).toThrow("is no folder");
    expect(() => make({} as { root: string })).toThrow('needs a "root"');
    expect(() => make({ root, rot: root } as { root: string })).toThrow('unknown option "rot"');
  }
});

test("the three tools come as a list under their names", async () => {
  const { root } = await roomWithSecretNextDoor();
  const tools = fileTools({ root });
  expect(tools.map(({ name }) => name)).toEqual(["read_file", "list_files", "search_files"]);
  expect(await call(tools[0], { path: "sub/b.txt" })).toBe("deeper");
});

test("dot-files are not read, even when their names are guessed", async () => {
  const root = await temporaryFolder({
    ".env": "KEY=hunter2",
    ".git/config": "x",
    "a.txt": "inside",
  });
  await symlink(join(root, ".env"), join(root, "link.txt"));
  for (const path of [".env", "./.env", ".git/config", "link.txt"])
    await expect(call(readFile({ root }), { path })).rejects.toThrow("is hidden");
  await expect(call(listFiles({ root }), { path: ".git" })).rejects.toThrow("is hidden");
});
