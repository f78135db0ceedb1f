import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { aimlapi, chatCompletions, cohere } from "@pawl/models";
import { expect, test } from "vitest";
import { z } from "zod";

import { ask, hello, send, serve, type WireBody } from "./server.ts";

const fine = { baseURL: "http://127.0.0.1:1/v1", model: "m" };

test("options that are none are refused in one sentence", () => {
  for (const options of [null, "a key"] as unknown as object[]) {
    const given = options === null ? "null" : "string";
    expect(() => aimlapi("m", options)).toThrow(
      `aimlapi takes an object of options, got ${given}.`,
    );
    expect(() => cohere("m", options)).toThrow(`cohere takes an object of options, got ${given}.`);
  }
});

test.each([
  [{ baseURL: "api.aimlapi.com" }, /"baseURL" must be an http or https address such as "https:/],
  [{ baseURL: "ftp://127.0.0.1/v1" }, /"baseURL" must be an http or https .*"ftp:/],
  [{ baseURL: undefined }, /"baseURL" must be/],
  [{ baseUrl: "http://127.0.0.1" }, /unknown option "baseUrl". Did you mean "baseURL"\?/],
  [{ retries: 3 }, /unknown option "retries"\. Known options: .*maxRetries/],
  [{ model: "" }, /"model" must be the name of a model/],
  [{ stream: "yes" }, /"stream" must be true or false, got "yes"/],
  [{ maxRetries: -1 }, /"maxRetries" must be a whole number from 0 to 10, got -1/],
  [{ maxRetries: 1.5 }, /"maxRetries" must be a whole number/],
  [{ maxTokens: 0 }, /"maxTokens" must be a whole number of at least 1, got 0/],
  [{ apiKey: "secret\n" }, /"apiKey" must be a text without spaces/],
  [{ apiKey: "" }, /"apiKey" must be a text without spaces/],
  [{ timeouts: { idle: 1 } }, /"timeouts": unknown option "idle". Did you mean "idleMs"\?/],
  [{ timeouts: { idleMs: 0 } }, /"timeouts.idleMs" must be milliseconds, 1 to 2147483647, got 0/],
  [{ timeouts: { totalMs: 2 ** 31 } }, /"timeouts.totalMs" must be milliseconds/],
  [{ timeouts: { connectMs: Number.NaN } }, /"timeouts.connectMs" must be .* got NaN/],
  [{ timeouts: { connectMs: "soon" } }, /"timeouts.connectMs" must be .* got "soon"/],
  [{ parallelToolCalls: 1 }, /"parallelToolCalls" must be true or false, got 1/],
  [{ replayReasoning: "no" }, /"replayReasoning" must be true or false, got "no"/],
  [{ salvageToolText: null }, /"salvageToolText" must be true or false, got null/],
  [{ toolMode: "prompt" }, /"toolMode" must be "auto" or "native" or "prompted", got "prompt"/],
  [{ callIds: "short" }, /"callIds" must be "as-given" or "alphanumeric-9", got "short"/],
  [{ quirks: { cumulative: true } }, /"quirks": unknown option "cumulative"\. Known options: cum/],
  [{ quirks: { cumulativeText: 1 } }, /"quirks.cumulativeText" must be true or false, got 1/],
  [{ quirks: null }, /"quirks" takes an object of options, got null/],
  [{ responseFormat: "json" }, /"responseFormat" takes an object of options, got string/],
  [{ responseFormat: { strict: true } }, /"responseFormat": unknown option "strict"/],
  [
    { responseFormat: { name: "a b" } },
    /"responseFormat.name" must be 1 to 64 letters.* got "a b"/,
  ],
  [
    { responseFormat: { schema: [] } },
    /"responseFormat.schema" must be a JSON Schema as an object/,
  ],
  [{ responseFormat: { schema: z.object({}) } }, /"responseFormat.schema" .* z.toJSONSchema/],
  [{ capabilities: { tool: true } }, /"capabilities": unknown option "tool". Did you mean "tools"/],
  [{ capabilities: { tools: "yes" } }, /"capabilities.tools" must be true or false, got "yes"/],
  [{ capabilities: { toolChoice: 1 } }, /"capabilities.toolChoice" must be true or false, got 1/],
  [{ capabilities: { images: 0 } }, /"capabilities.images" must be true or false, got 0/],
  [
    { capabilities: { structuredOutput: true } },
    /"capabilities.structuredOutput" must be "json-sch/,
  ],
  [{ capabilities: { contextTokens: 0 } }, /"capabilities.contextTokens" must be a whole number/],
  [{ capabilities: { maxOutputTokens: "4k" } }, /"capabilities.maxOutputTokens" must be .* "4k"/],
  [{ attribution: { partner: "a" } }, /"attribution": unknown option "partner"/],
  [{ attribution: "me" }, /"attribution" takes an object of options, got string/],
  [{ temperature: 3 }, /"temperature" must be a number from 0 to 2, got 3/],
  [{ extra: { seed: 1 } }, /"extra" must not hold "seed"; use the option "seed" instead/],
  [{ headers: null }, /"headers" must be an object of names and texts/],
  [{ headers: { Host: "other" } }, /must not hold "Host", which is set already; leave it out/],
  [{ apiKey: 12_345_678 }, /"apiKey" must be a text without spaces/],
  [{ apiKey: null }, /"apiKey" must be a text without spaces/],
  [{ timeouts: { idleMs: "100" } }, /"timeouts.idleMs" must be milliseconds, .* got "100"\./],
  [{ timeouts: null }, /"timeouts" takes an object of options, got null/],
  [{ baseURL: "htp://me:secret@host/v1?key=secret" }, /"htp:\/\/…@host\/v1\?…"/],
  [{ baseURL: "me:secret@host/v1?a=secret@b" }, /got "…@b"/],
  [{ baseURL: "localhost?api-key=secret" }, /got "localhost\?…"/],
  [{ baseURL: { url: "secret" } }, /got object/],
  [{ headers: { "bad name": "x" } }, /"headers" holds "bad name", which is no name of a header/],
  [{ headers: { "x-a": "b\nc" } }, /"headers" must hold a text of one line as "x-a"/],
  [{ headers: { "x-a": undefined } }, /"headers" must hold a text of one line as "x-a"/],
  [{ headers: { "Content-Type": "x" } }, /must not hold "Content-Type".*; leave it out/],
  [{ headers: { a: "1", A: "2" } }, /must not hold "A".*; leave it out/],
  [{ headers: { Authorization: "x" }, apiKey: "k" }, /"authorization", which "apiKey" sets/],
] as readonly (readonly [object, RegExp])[])(
  "a wrong option is refused in one sentence that says how to mend it: %j",
  (options, words) => {
    const create = (): unknown => chatCompletions({ ...fine, ...options });
    expect(create).toThrow(TypeError);
    expect(create).toThrow(words);
    expect(create).toThrow(/^chatCompletions: [^\n]+[.?]$/);
    expect(create).not.toThrow(/secret/);
  },
);

test.each([
  ["/v1", "/v1/chat/completions"],
  ["/v1///", "/v1/chat/completions"],
  ["", "/chat/completions"],
  ["/v1/chat/completions", "/v1/chat/completions"],
  ["/v1/chat/completions/", "/v1/chat/completions"],
  ["/v1?api-version=1", "/v1/chat/completions?api-version=1"],
])("a base address of any form leads to the same path: %j", async (path, wanted) => {
  await using server = await serve((response) => send(response, hello));
  const baseURL = server.baseURL.replace(/\/v1$/, path);
  expect((await ask(chatCompletions({ baseURL, model: "m" }))).error).toBeUndefined();
  expect(server.received.map((each) => each.path)).toEqual([wanted]);
});

const names = ["AIMLAPI_API_KEY", "AIML_API_KEY", "AIMLAPI_KEY"];

test("a key comes from the option, or from the first variable that is set", async () => {
  await using server = await serve((response) => send(response, hello));
  const { baseURL } = server;
  const all = Object.fromEntries(names.map((name) => [name, `key-of-${name}`]));
  await withVariables(all, async () => {
    await ask(aimlapi("m", { baseURL, apiKey: "mine" }));
    for (const name of names) {
      await ask(aimlapi("m", { baseURL }));
      // An empty variable is as good as none.
      process.env[name] = "";
    }
  });
  expect(server.received.map(({ headers }) => headers.authorization)).toEqual([
    "Bearer mine",
    ...names.map((name) => `Bearer key-of-${name}`),
  ]);
});

test("a missing key is one sentence with the ways out, and no frames of a stack", async () => {
  await withVariables({}, () => {
    expect(() => aimlapi("m")).toThrow(/^There is no key for AI\/ML API: set AIMLAPI_API_KEY/);
    expect(() => aimlapi("m")).toThrow(TypeError);
    expect(() => aimlapi("m")).toThrow(
      expect.objectContaining({ stack: expect.stringMatching(/^TypeError: [^\n]+$/) }),
    );
  });
});

test("an answer may be as long as the model can write, unless said otherwise", async () => {
  await using server = await serve((response) => send(response, hello));
  const options = { baseURL: server.baseURL, apiKey: "k" };
  for (const maxTokens of [{}, { maxTokens: undefined }, { maxTokens: 7 }])
    await ask(aimlapi("m", { ...options, ...maxTokens }));
  const sent = server.received.map(({ body }) => JSON.parse(body) as object);
  expect(sent).toMatchObject([{ max_tokens: 4_000 }, { max_tokens: 4_000 }, { max_tokens: 7 }]);
});

test("of a model that is known by its name, or said to be, a server is told how much it may write", async () => {
  const asked = [
    { model: "cohere/command-a" },
    { model: "m", capabilities: { maxOutputTokens: 300 } },
    { model: "m", capabilities: { maxOutputTokens: 300 }, maxTokens: 7 },
    { model: "m" },
  ];
  await using server = await serve((response) => send(response, hello));
  for (const each of asked) await ask(chatCompletions({ baseURL: server.baseURL, ...each }));
  const sent = server.received.map(({ body }) => (JSON.parse(body) as WireBody).max_tokens);
  expect(sent).toEqual([8_000, 300, 7, undefined]);
});

test("the address of AI/ML API is used where none is given", () => {
  expect(aimlapi("m", { apiKey: "k", baseURL: undefined }).id).toBe("m");
});

test("importing the package, or making a model, does not load the HTTP client", async () => {
  const script = `
    const { chatCompletions } = await import("@pawl/models");
    chatCompletions(${JSON.stringify(fine)});
    const loaded = process.getBuiltinModule("module").createRequire(import.meta.url).cache;
    console.log(Object.keys(loaded).filter((file) => /[/]undici[/]/.test(file)).length);
    await import("undici");
    console.log(Object.keys(loaded).filter((file) => /[/]undici[/]/.test(file)).length > 0);`;
  expect(await outputOf(script)).toBe("0\ntrue\n");
});

test("a process ends when its answer is there", async () => {
  await using server = await serve((response) => send(response, hello));
  const start = performance.now();
  const script = `
    const { chatCompletions } = await import("@pawl/models");
    const model = chatCompletions({ baseURL: ${JSON.stringify(server.baseURL)}, model: "m" });
    const answer = model.respond({ run: { id: "r" }, requestId: "r", tools: [], toolChoice: "auto",
      messages: [{ role: "user", content: "Hello" }], signal: new AbortController().signal });
    for (let next = await answer.next(); ; next = await answer.next())
      if (next.done) { console.log(next.value.content); break; }`;
  expect(await outputOf(script)).toBe("Hello\n");
  expect(performance.now() - start).toBeLessThan(3_000);
});

async function outputOf(script: string): Promise<string> {
  const options = { cwd: new URL("..", import.meta.url), timeout: 10_000 };
  const given = ["--input-type=module", "--eval", script];
  return (await promisify(execFile)(process.execPath, given, options)).stdout;
}

/** Runs with these keys and no others. */
async function withVariables(
  variables: Readonly<Record<string, string>>,
  body: () => unknown,
): Promise<void> {
  const before = names.map((name) => process.env[name]);
  for (const name of names) delete process.env[name];
  Object.assign(process.env, variables);
  try {
    await body();
  } finally {
    for (const [index, name] of names.entries()) {
      if (before[index] === undefined) delete process.env[name];
      else process.env[name] = before[index];
    }
  }
}
