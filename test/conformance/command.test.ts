import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

import { simulator } from "@pawl/simulator";
import { expect, test } from "vitest";

const script = fileURLToPath(new URL("run.ts", import.meta.url));
const model = "cohere/command-r-plus-08-2024";
const key = "secret-key-of-a-person";

test(
  "an endpoint is looked at, and all that is seen of it is told",
  { timeout: 60_000 },
  async () => {
    await using server = await simulator({ apiKey: key, latencyMs: 40 });
    const args = ["--base-url", server.url, "--model", model, "--api-key-env", "PROBED_KEY"];
    const [asTable, asJson] = await Promise.all([run(args), run([...args, "--json"])]);
    expect([asTable.code, asTable.errors]).toEqual([0, ""]);
    expect(asTable.output).toMatch(/^live-text +pass +\d+ +A question gets a text/m);
    expect(asTable.output).toMatch(/\n13 run: 13 passed, 0 failed\.\n$/);
    expect(JSON.parse(asJson.output)).toMatchObject({ passed: 13, failed: 0, notSupported: 0 });
  },
);

test("an endpoint that cannot do much fails, and no key is told", { timeout: 60_000 }, async () => {
  await using server = await simulator({
    script: (request) =>
      request.tools || request.response_format
        ? { status: 400, text: "No tools here." }
        : { status: 418, text: `I do not like ${key}.` },
  });
  const args = ["--base-url", server.url, "--model", model, "--api-key-env", "PROBED_KEY"];
  const { code, output } = await run([...args, "--only", "live-text,live-call,live-wrong-key"]);
  expect(code).toBe(1);
  expect(output).toMatch(/^live-text +fail/m);
  expect(output).toMatch(/^live-call +not supported/m);
  expect(output).toMatch(/^live-wrong-key +fail/m);
  expect(output).toMatch(/\n3 run: 0 passed, 2 failed, 1 not supported\.\n$/);
  expect(output).toContain("I do not like");
  expect(output).not.toContain(key);
});

test("the scenarios play without an endpoint", { timeout: 60_000 }, async () => {
  const { code, output } = await run(["--only", "framing-plain,http-401"]);
  expect([code, output]).toEqual([0, expect.stringContaining("\n2 run: 2 passed, 0 failed.\n")]);
});

test("wrong flags are one sentence each", { timeout: 60_000 }, async () => {
  const mistakes = [
    [["--bogus"], "Unknown option '--bogus'"],
    [["--model", "m"], "need --base-url"],
    [["--base-url", "http://127.0.0.1:9/v1"], "--base-url needs --model"],
    [["--base-url", "localhost:8080", "--model", "m"], "must begin with http://"],
    [
      ["--base-url", "http://127.0.0.1:9", "--model", "m", "--api-key-env", "NONE"],
      '"NONE" holds no key',
    ],
    [["--only", "framing-plain,nope"], '"nope"'],
  ] as const;
  const seen = await Promise.all(mistakes.map(([args]) => run(args)));
  for (const [at, { code, output, errors }] of seen.entries()) {
    expect([code, output]).toEqual([2, ""]);
    expect(errors).toMatch(/^conformance: [^\n]+\.\n$/);
    expect(errors).toContain(mistakes[at]?.[1]);
  }
});

interface Ended {
  readonly code: unknown;
  readonly output: string;
  readonly errors: string;
}

function run(args: readonly string[]): Promise<Ended> {
  const env = { ...process.env, PROBED_KEY: key };
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { env }, (error, output, errors) =>
      resolve({ code: error ? error.code : 0, output, errors }),
    );
  });
}
