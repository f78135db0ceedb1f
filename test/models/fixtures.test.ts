import { readFileSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";

import { ModelError } from "@pawl/core";
import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

// Relative, since a socket for each place at which a body can be cut would take a minute.
// @boundaries-ignore bodies are cut at every byte without a socket
import { Answer } from "../../packages/models/src/chat-completions/answer.ts";
// @boundaries-ignore bodies are cut at every byte without a socket
import { decode } from "../../packages/models/src/wire/decode.ts";
import { MemorySource } from "../fuzz/pieces.ts";
import { ask, type Outcome, serve, tools } from "./server.ts";

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
    readonly repaired?: boolean;
    readonly quirk?: "cumulativeText";
  };
}

const file = new URL("contract/examples/dialect-fixtures.json", import.meta.url);
const fixtures: readonly Fixture[] = JSON.parse(readFileSync(file, "utf8"));

test("there are fixtures", () => {
  expect(fixtures).toHaveLength(36);
});

test.each(fixtures)("$id: $title, in whatever pieces it arrives", async (fixture) => {
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
  const quirks = { cumulativeText: fixture.expect.quirk === "cumulativeText" };
  const model = chatCompletions({ baseURL: server.baseURL, model: "m", maxRetries: 0, quirks });
  const observed = [];
  for (const _ of ways) observed.push(record(await ask(model), fixture.expect));
  expect(observed).toEqual(ways.map(() => wanted(fixture.expect)));
});

test.each(fixtures)("$id: $title, cut in two at every byte", async (fixture) => {
  const body = Buffer.from(fixture.bodyBase64, "base64");
  const observed = new Map<string, number[]>();
  for (let cut = 1; cut < body.length; cut++) {
    const outcome = await outcomeOf(fixture, [body.subarray(0, cut), body.subarray(cut)]);
    const seen = JSON.stringify(record(outcome, fixture.expect));
    observed.set(seen, [...(observed.get(seen) ?? []), cut]);
  }
  expect([...observed.keys()]).toEqual([JSON.stringify(wanted(fixture.expect))]);
});

async function outcomeOf(fixture: Fixture, pieces: readonly Buffer[]): Promise<Outcome> {
  const asked = { model: "m", host: "h", redact: String, keyHint: "", modelHint: "" };
  const names = new Set(tools.map(({ name }) => name));
  const answer = new Answer({
    asked,
    names,
    callIds: new Set(),
    isWatched: true,
    isCumulative: fixture.expect.quirk === "cumulativeText",
  });
  const source = new MemorySource({ reads: pieces.map((each) => [each]), isBroken: false });
  const head = { status: fixture.status, headers: {} };
  const events = [];
  try {
    const decoded = decode(source, head, { answer, asked, requestBytes: 1 });
    for (;;) {
      const next = await decoded.next();
      if (next.done) return { events, message: next.value };
      events.push(next.value);
    }
  } catch (error) {
    return { events, error };
  }
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
    // The fixtures speak of repaired arguments; what is taken off a name is none.
    repaired: calls.some(({ repairs }) => repairs?.some((each) => each !== "name")) || undefined,
  };
}

function wanted(said: Fixture["expect"]): object {
  const { text, toolCalls, finish, reasoning, refusal, usage, cost } = said;
  return {
    text,
    shownText: text,
    toolCalls,
    invalidToolCalls: said.invalidToolCalls ?? 0,
    repaired: said.repaired,
    finish,
    reasoning,
    refusal,
    usage: usage && [usage.prompt_tokens, usage.completion_tokens],
    usd: cost?.usd,
  };
}
