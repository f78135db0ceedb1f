import type { Model } from "@pawl/core";
import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

import { ask, delta, finish, send, serve, stream, until } from "./server.ts";

test("no more than so many requests a minute, and at first a second's worth", async () => {
  const { times } = await timesOf(8, { requestsPerMinute: 300 });
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  // Five at once, and then what is left of 300, spread over a minute.
  expect(Math.max(...gaps.slice(0, 4))).toBeLessThan(90);
  for (const gap of gaps.slice(5)) expect(gap).toBeGreaterThan(180);
  expect(times[7]).toBeLessThan(900);
});

test("no more than so many requests at once, until the ends of their answers", async () => {
  const { most } = await timesOf(9, { concurrency: 3 });
  expect(most).toBe(3);
});

test("no more than so many tokens a minute, as the server counts them", async () => {
  // Ten seconds' worth are 1,000: two answers, and then one every 600/(6,000 − 1,000) of a minute.
  const { times } = await timesOf(3, { tokensPerMinute: 6_000, concurrency: 1 }, 600);
  expect(times[1]).toBeLessThan(200);
  expect(times[2]).toBeGreaterThan(2_000);
  expect(times[2]).toBeLessThan(4_000);
});

test("of the limits of two models with one address and key both hold", async () => {
  let open = 0;
  let most = 0;
  await using server = await serve((response) => {
    most = Math.max(most, (open += 1));
    setTimeout(() => {
      open -= 1;
      send(response, answer(10));
    }, 30);
  });
  const options = { baseURL: server.baseURL, model: "m" };
  const models = [4, 2].map((concurrency) =>
    chatCompletions({ ...options, pace: { concurrency } }),
  );
  const first = ask(models[0] as Model);
  await until(() => server.received.length === 1);
  await Promise.all([first, ask(models[1] as Model)]);
  await Promise.all(Array.from({ length: 6 }, () => ask(models[0] as Model)));
  expect(most).toBe(2);
});

test.each([
  [5, '"pace" must be an object of limits such as { requestsPerMinute: 60 }, or false'],
  [null, '"pace" must be an object of limits'],
  [true, '"pace" must be an object of limits'],
  [{ requestPerMinute: 5 }, 'Did you mean "requestsPerMinute"?'],
  [{ requestsPerMinute: 0 }, '"pace.requestsPerMinute" must be a number of at least 1, got 0'],
  [{ tokensPerMinute: "9" }, '"pace.tokensPerMinute" must be a number of at least 1, got 9'],
  [{ concurrency: 1.5 }, '"pace.concurrency" must be a whole number of at least 1, got 1.5'],
  [{ concurrency: Number.POSITIVE_INFINITY }, "leave it out for no limit"],
])("limits that are none are refused: %j", (pace, words) => {
  const make = (): Model =>
    chatCompletions({ baseURL: "http://a.test/v1", model: "m", pace: pace as object });
  expect(make).toThrow(TypeError);
  expect(make).toThrow(words);
});

function answer(tokens: number): string {
  const usage = { prompt_tokens: tokens, completion_tokens: 0, total_tokens: tokens };
  return stream(delta({ content: "Hello" }), finish(), { choices: [], usage });
}

/** When the requests came, from the first on, and how many were open at most. */
async function timesOf(
  count: number,
  pace: object,
  tokens = 10,
): Promise<{ times: number[]; most: number }> {
  const times: number[] = [];
  let open = 0;
  let most = 0;
  await using server = await serve((response) => {
    times.push(performance.now());
    most = Math.max(most, (open += 1));
    setTimeout(() => {
      open -= 1;
      send(response, answer(tokens));
    }, 20);
  });
  const model = chatCompletions({ baseURL: server.baseURL, model: "m", pace });
  const all = await Promise.all(Array.from({ length: count }, () => ask(model, { tools: [] })));
  expect(all.every(({ message }) => message?.content === "Hello")).toBe(true);
  return { times: times.map((time) => time - (times[0] ?? 0)), most };
}
