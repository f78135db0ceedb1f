import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { text } from "node:stream/consumers";

import { simulator } from "@pawl/simulator";
import { expect, test, vi } from "vitest";

// Each starts a process of its own, which takes its time on a machine that also lints and builds.
vi.setConfig({ testTimeout: 30_000 });

const folder = new URL("../../examples/", import.meta.url);
const examples = readdirSync(folder).filter((name) => /^\d\d-.*\.ts$/.test(name));

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs an example as a user does, in a process of its own, with no key but what `env` brings. */
async function run(
  name: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Outcome> {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, [new URL(name, folder).pathname, ...args], {
    env: { PATH, HOME, ...env },
  });
  child.stdin.end();
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, out, err };
}

test.each(examples)("%s runs without a key", async (name) => {
  const { code, out, err } = await run(name);

  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toContain("rule-based stand-in, not a language model");
});

test.each(examples)("%s is at most 60 lines long", (name) => {
  expect(
    readFileSync(new URL(name, folder), "utf8").trimEnd().split("\n").length,
  ).toBeLessThanOrEqual(60);
});

test("the demo makes at least three calls with two tools, and cites what it used", async () => {
  const { out } = await run("04-research.ts");
  const calls = [...out.matchAll(/→ (\w+)/g)].map(([, name]) => name);

  expect(calls.length).toBeGreaterThanOrEqual(3);
  expect(new Set(calls).size).toBeGreaterThanOrEqual(2);
  expect(out).toMatch(/\[1\][^]*Sources:\n\[1\] /);
});

test("the demo answers both parts of a question", async () => {
  const { out } = await run("04-research.ts", [
    "What is 17% of 3,480, and which package retries requests?",
  ]);

  expect(out).toContain("17% of 3,480 = 591.6");
  expect(out).toMatch(/models package retries requests[^]*models\.md/);
});

test("the demo reads any folder of Markdown", async () => {
  const root = new URL("../../", import.meta.url).pathname;
  const { code, out } = await run("04-research.ts", ["Which licence do the packages have?", root]);

  expect({ code, cites: out.includes("README.md") }).toEqual({ code: 0, cites: true });
});

test.each(["02-own-tool.ts", "04-research.ts", "06-subagents.ts"])(
  "%s does the same with a model that is told of its tools in words",
  async (name) => {
    const [native, prompted] = await Promise.all([
      run(name),
      run(name, [], { PAWL_MODEL: "cohere/command-a" }),
    ]);

    expect(prompted).toMatchObject({ code: 0, err: "" });
    expect(unmeasured(prompted.out)).toEqual(unmeasured(native.out));
  },
);

/** The lines that were printed, without the name of the model and what it read; calls side by side end in any order. */
function unmeasured(out: string): readonly string[] {
  return out
    .replaceAll(/\bcohere\/\S+|\d+ tokens/g, "…")
    .split("\n")
    .toSorted((a, b) => (a < b ? -1 : 1));
}

test("wrappers try a tool again, remember what it gave, and say what they see", async () => {
  const { out } = await run("07-wrapping.ts");

  expect(out).toMatch(/check_stock\(\{"fruit":"pears"\}\) failed in \d+ ms\n.*gave .*"pieces":7/);
  expect(out).toContain("The warehouse was asked 2 times.");
  expect(out.match(/\d+ tokens in \d+ ms/g)).toHaveLength(4);
});

test("a payment is made when a person agrees, and not when nobody does", async () => {
  const approved = await run("05-approval.ts", ["--approve"]);
  const denied = await run("05-approval.ts");

  expect(approved.out).toContain("Paid invoice 7: $12.50");
  expect(denied.out).toContain("was denied, so it was not done");
  expect(denied.out).not.toContain("Paid");
});

test.each([
  ["01-hello.ts", [""], "the input must be a text that is not empty"],
  ["04-research.ts", ["What is a pawl?", "/nonexistent"], 'the root "/nonexistent" does not exist'],
])("%s tells a user's mistake in one sentence and without a stack", async (name, args, problem) => {
  const { code, err } = await run(name, args);

  expect({ code, lines: err.trim().split("\n").length }).toEqual({ code: 1, lines: 1 });
  expect(err).toContain(problem);
});

test("without a key and without the simulator an example says in one sentence what to do", async () => {
  const { code, out, err } = await run("01-hello.ts", [], { PAWL_PROVIDER: "aimlapi" });

  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toMatch(
    /^There is no key for AI\/ML API: set AIMLAPI_API_KEY [^\n]+ run one of its examples[^\n]+\n$/,
  );
});

test("the same code goes to AI/ML API when there is a key, and tells what is wrong there in a sentence", async () => {
  await using server = await simulator({
    apiKey: "right",
    models: ["cohere/command-r-plus-08-2024"],
  });
  const env = { AIMLAPI_INFERENCE_URL: server.url, AIML_API_KEY: "right" };

  expect(await run("01-hello.ts", [], env)).toMatchObject({ code: 0, err: "" });
  expect(server.requests[0]?.headers["authorization"]).toBe("Bearer right");
  expect(await run("01-hello.ts", [], { ...env, AIML_API_KEY: "wrong" })).toMatchObject({
    code: 1,
    err: expect.stringMatching(
      /^127\.0\.0\.1:\d+ refused the key \(status 401, request [\w-]+\): [^\n]+ Check AIMLAPI_API_KEY[^\n]+\n$/,
    ),
  });
  expect(
    await run("01-hello.ts", [], { ...env, PAWL_MODEL: "cohere/command-r-plus" }),
  ).toMatchObject({
    code: 1,
    err: expect.stringMatching(
      /^[^\n]+does not serve the model "cohere\/command-r-plus"[^\n]+use "cohere\/command-r-plus-08-2024"\.\n$/,
    ),
  });
  await server.close();
  expect(await run("01-hello.ts", [], env)).toMatchObject({
    code: 1,
    err: expect.stringMatching(
      /^Nothing answers at http:\/\/127\.0\.0\.1:\d+\. Check "baseURL"[^\n]+\n$/,
    ),
  });
});
