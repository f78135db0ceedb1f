import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";

import { simulator } from "@pawl/simulator";
import { expect, test } from "vitest";

const root = new URL("../", import.meta.url);
const readme = readFileSync(new URL("README.md", root), "utf8");
const blocks = [...readme.matchAll(/```ts\n([^]*?)```/g)].map(([, code = ""]) => code);

/** Runs a program of the README as it stands, with the simulator where AI/ML API would be. */
async function run(program: string): Promise<string> {
  await using server = await simulator();
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module-typescript", "--eval", program],
    {
      cwd: new URL("test/", root),
      env: { ...process.env, AIMLAPI_API_KEY: "any", AIMLAPI_INFERENCE_URL: server.url },
    },
  );
  return stdout;
}

test("the README's programs run as they stand, and the first one is short", async () => {
  const [first = "", second = ""] = blocks.filter((code) => code.includes("new Agent"));

  expect(await run(first)).toMatch(/^7 \[1\]/);
  expect(await run(second)).toMatch(/^12 \* \(3 \+ 4\) = 84 \[1\]/);
  expect(first.trim().split("\n").length).toBeLessThanOrEqual(16);
});

test("the README shows the loop as it is", () => {
  const source = readFileSync(new URL("packages/core/src/run.ts", root), "utf8");
  const loop = source.slice(source.indexOf("export async function*"));

  expect(blocks).toContain(loop);
});

test("the README names every event", () => {
  const source = readFileSync(new URL("packages/core/src/event.ts", root), "utf8");
  const models = readFileSync(new URL("packages/core/src/model.ts", root), "utf8");
  const types = [...`${source}${models}`.matchAll(/readonly type: "([\w-]+)"/g)].map(
    ([, type = ""]) => type,
  );
  const missing = types.filter(
    (type) => !readme.includes(type) && !readme.includes(`-${type.split("-").at(-1)}`),
  );

  expect({ missing, enough: types.length > 15 }).toEqual({ missing: [], enough: true });
});
