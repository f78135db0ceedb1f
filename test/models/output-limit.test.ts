import { join } from "node:path";

import { scripted } from "@pawl/core/testing";
import { cached, chatCompletions, cohere, promptedTools, recorded, replayed } from "@pawl/models";
import { expect, test } from "vitest";

import { temporaryFolder } from "../tools/temporary-folder.ts";
import { at, cohereStream, end, said } from "./cohere/cohere-server.ts";
import { ask, bodiesOf, hello, send, serve, tools } from "./server.ts";

test("chat completions asks for the smaller of its own limit and what is left of a budget", async () => {
  const limits = [{}, { maxOutputTokens: 50 }, { maxOutputTokens: 500 }];
  const bounded = await bodiesOf(limits, { maxTokens: 100 });
  expect(bounded.map((body) => body.max_tokens)).toEqual([100, 50, 100]);
  const free = await bodiesOf(limits, { model: "m" });
  expect(free.map((body) => body.max_tokens)).toEqual([undefined, 50, 500]);
});

test("Cohere is asked for the smaller of the two, whichever way its own was set", async () => {
  const limits = [{}, { maxOutputTokens: 50 }, { maxOutputTokens: 500 }];
  expect(await cohereLimits(limits, { maxTokens: 100 })).toEqual([100, 50, 100]);
  expect(await cohereLimits(limits, { extra: { max_tokens: 60 } })).toEqual([60, 50, 60]);
  expect(await cohereLimits(limits)).toEqual([4_000, 50, 500]);
});

test("the limit stands where it always stood, and nothing else in the request changes", async () => {
  await using server = await serve((response) => send(response, hello));
  const model = chatCompletions({
    baseURL: server.baseURL,
    model: "m",
    maxTokens: 9,
    temperature: 1,
  });
  for (const maxOutputTokens of [undefined, 7, undefined]) await ask(model, { maxOutputTokens });
  const [before, less, after] = server.received.map(({ body }) => body);
  expect(before).toMatch(
    /^\{"model":"m","stream":true,"stream_options":\{"include_usage":true\},"max_tokens":9,"temperature":1,"tools":/,
  );
  expect(less).toBe(before?.replace('"max_tokens":9', '"max_tokens":7'));
  expect(after).toBe(before);
});

test("a limit that differs from step to step has the tools turned into JSON once", async () => {
  let reads = 0;
  const [first] = tools;
  const counted = {
    ...first,
    name: "counted",
    get description() {
      reads++;
      return "Counted";
    },
  };
  const offered = [counted] as unknown as typeof tools;
  const steps = [900, 800, 700].map((maxOutputTokens) => ({ tools: offered, maxOutputTokens }));
  const chat = await bodiesOf(steps, { model: "m" });
  expect(chat.map((body) => body.max_tokens)).toEqual([900, 800, 700]);
  const readsOfOne = reads;
  reads = 0;
  await bodiesOf(steps.slice(0, 1), { model: "m" });
  expect(readsOfOne).toBe(reads);
  reads = 0;
  expect(await cohereLimits(steps)).toEqual([900, 800, 700]);
  const readsOfCohere = reads;
  reads = 0;
  await cohereLimits(steps.slice(0, 1));
  expect(readsOfCohere).toBe(reads);
});

test("tools by way of the prompt hand the limit on", async () => {
  await using server = await serve((response) => send(response, hello));
  const model = promptedTools(chatCompletions({ baseURL: server.baseURL, model: "m" }));
  await ask(model, { maxOutputTokens: 70 });
  await ask(model, { maxOutputTokens: 60, tools: [] });
  const sent = server.received.map(({ body }) => JSON.parse(body).max_tokens as unknown);
  expect(sent).toEqual([70, 60]);
});

test("a kept or recorded answer is given again whatever is left of a budget by then", async () => {
  const kept = cached(scripted(["One."]), new Map());
  await ask(kept, { maxOutputTokens: 70 });
  expect((await ask(kept, { maxOutputTokens: 60 })).message?.content).toBe("One.");
  const file = join(await temporaryFolder(), "cassette.jsonl");
  await ask(recorded(scripted(["Two."]), file), { maxOutputTokens: 70 });
  expect((await ask(replayed(file), { maxOutputTokens: 60 })).message?.content).toBe("Two.");
});

async function cohereLimits(
  requests: readonly object[],
  options: object = {},
): Promise<readonly unknown[]> {
  await using server = await serve((response) =>
    send(response, cohereStream(...said("Hello"), end())),
  );
  const model = cohere("command-r-plus-08-2024", { ...at(server), ...options });
  for (const each of requests) expect((await ask(model, each)).error).toBeUndefined();
  return server.received.map(({ body }) => JSON.parse(body).max_tokens as unknown);
}
