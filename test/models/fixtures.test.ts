import { readFileSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";

import { ModelError } from "@pawl/core";
import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

import { ask, type Outcome, serve } from "./server.ts";

interface Fixture {
  readonly id: string;
  readonly title: string;
  readonly status: number;
  readonly contentType: string;
  readonly bodyBase64: string;
  readonly splitAt?: readonly number[];
  readonly expect: {
    readonly text: string;
    readonly toolCalls: readonly { readonly name: string; readonly arguments: unknown }[];
    readonly finish: string;
    readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number };
    readonly cost?: { readonly usd: number };
    readonly reasoning?: string;
    readonly refusal?: string;
    readonly invalidToolCalls?: number;
  };
}

const file = new URL("contract/examples/dialect-fixtures.json", import.meta.url);
const fixtures: readonly Fixture[] = JSON.parse(readFileSync(file, "utf8"));

/** Q57, text that repeats itself from the start, looks like text that is repeated on purpose; there is no option for it. */
const excluded = ["Q57"];

test("the only fixture left out is the one whose quirk has no option", () => {
  expect(fixtures.filter(isExcluded).map(({ expect: { finish } }) => finish)).toEqual(["stop"]);
});

test.each(fixtures.filter((fixture) => !isExcluded(fixture)))(
  "$id: $title, in whatever pieces it arrives",
  async (fixture) => {
    const body = Buffer.from(fixture.bodyBase64, "base64");
    const ways = waysToCut(body.length, fixture.splitAt);
    await using server = await serve(async (response, attempt) => {
      response.writeHead(fixture.status, { "content-type": fixture.contentType });
      const cuts = [0, ...(ways[attempt - 1] ?? []), body.length];
      for (const [at, cut] of cuts.slice(1).entries()) {
        response.write(body.subarray(cuts[at], cut));
        await turn();
      }
      response.end();
    });
    const model = chatCompletions({ baseURL: server.baseURL, model: "m", maxRetries: 0 });
    const observed = [];
    for (const _ of ways) observed.push(record(await ask(model), fixture.expect));
    expect(observed).toEqual(ways.map(() => wanted(fixture.expect)));
  },
);

function isExcluded({ id }: Fixture): boolean {
  return excluded.includes(id);
}

/** Whole, where the fixture says, in two at a spread of places, and byte by byte. */
function waysToCut(
  length: number,
  splitAt: readonly number[] = [],
): readonly (readonly number[])[] {
  const spread = Array.from({ length: 16 }, (_, i) => [Math.ceil(((i + 1) * length) / 17)]);
  return [[], splitAt, ...spread, Array.from({ length: length - 1 }, (_, i) => i + 1)];
}

/** What is seen of an answer, as far as the fixture says what must be seen. */
function record({ message, error, events }: Outcome, said: Fixture["expect"]): object {
  const failure = error instanceof ModelError ? error : undefined;
  const { content, reasoning, refusal, usage } = message ?? failure?.partial ?? {};
  return {
    text: content,
    shownText: events.map((each) => (each.type === "text-delta" ? each.text : "")).join(""),
    ...callsOf(message),
    finish: failure ? "error" : message?.finishReason?.replace("-", "_"),
    reasoning,
    refusal,
    usage: said.usage && [usage?.inputTokens, usage?.outputTokens],
    usd: said.cost && usage?.usd,
  };
}

function callsOf(message: Outcome["message"]): object {
  const calls = message?.toolCalls ?? [];
  const valid = calls.filter(({ invalid }) => !invalid);
  return {
    toolCalls: valid.map(({ name, input }) => ({ name, arguments: input })),
    invalidToolCalls: calls.length - valid.length,
  };
}

function wanted(said: Fixture["expect"]): object {
  const { text, toolCalls, finish, reasoning, refusal, usage, cost } = said;
  return {
    text,
    shownText: text,
    toolCalls,
    invalidToolCalls: said.invalidToolCalls ?? 0,
    finish,
    reasoning,
    refusal,
    usage: usage && [usage.prompt_tokens, usage.completion_tokens],
    usd: cost?.usd,
  };
}
