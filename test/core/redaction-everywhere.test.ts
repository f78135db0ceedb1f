import { Agent, ModelError, tool, type AgentEvent } from "@pawl/core";
import { expect, test } from "vitest";
import { z } from "zod";

import { inShreds, type Shredded } from "./in-shreds.ts";
import { Chance } from "../fuzz/chance.ts";
import { textsIn } from "./texts-in.ts";

const letters = Array.from('abcu0 "\\/\né');

interface Case {
  readonly chance: Chance;
  readonly secrets: readonly string[];
  /** A text with secrets in it, as they are or written in JSON. */
  readonly text: () => string;
}

function caseOf(seed: number): Case {
  const chance = new Chance(seed, 1);
  const word = (least: number, most: number): string =>
    Array.from({ length: least + chance.below(most - least + 1) }, () => chance.of(letters)).join(
      "",
    );
  // With letters at both ends: the line break that ends the first line of a stack must not complete one.
  const secrets = Array.from({ length: 1 + chance.below(3) }, () => `k${word(3, 10)}y`);
  const bit = (): string => {
    const secret = chance.of(secrets);
    const written = JSON.stringify(secret).slice(1, -1);
    const coded = Array.from(secret, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
    const forms = [secret, written, coded.join(""), secret.slice(0, -1), word(0, 9)];
    return chance.of(forms);
  };
  const text = (): string => Array.from({ length: 1 + chance.below(6) }, bit).join("");
  return { chance, secrets, text };
}

/** Answers, and a tool between them, that say secrets wherever something can be said. */
function chatter({ text, chance }: Case, isFailing: boolean) {
  const input = (): Record<string, unknown> => ({ [text()]: [text(), { deep: text() }], n: 7 });
  const call = (id: string) => ({ id, name: "look", input: input() });
  const said = (): Shredded => ({ content: text(), reasoning: text(), refusal: text() });
  const failure = (isLast: boolean): ModelError => {
    const partial = { role: "assistant", content: text(), reasoning: text() } as const;
    const cause = new Error(text(), { cause: { [text()]: text() } });
    return new ModelError(text(), { code: "server", retryable: !isLast, partial, cause });
  };
  const invalid = { ...call("bad"), invalid: { reason: text(), text: text() }, extra: input() };
  const { model, requests } = inShreds(
    [
      { ...said(), error: failure(false) },
      { ...said(), toolCalls: [call("one"), call("two"), invalid] },
      isFailing ? { ...said(), error: failure(true) } : said(),
    ],
    () => 1 + chance.below(7),
  );
  const look = tool({
    description: "Looks",
    inputSchema: z.record(z.string(), z.unknown()),
    execute: async function* (_, { progress, callId }) {
      progress(input());
      yield [text()];
      if (callId === "two") throw Object.assign(new RangeError(text()), { info: input() });
      return { list: [input(), text()], map: new Map([[text(), text()]]).size };
    },
  });
  return { model, requests, look };
}

/** What is said in pieces, put together: of each step, of each attempt at it, and of each call. */
function spoken(events: readonly AgentEvent[]): string[] {
  const whole = new Map<string, string>();
  let part = 0;
  for (const event of events) {
    if (event.type === "step-start" || event.type === "reset") part++;
    if (!("text" in event)) continue;
    const key = `${part} ${event.type} ${"callId" in event ? event.callId : ""}`;
    whole.set(key, (whole.get(key) ?? "") + event.text);
  }
  return [...whole.values()];
}

test.each(Array.from({ length: 80 }, (_, seed) => [seed]))(
  "no secret is seen anywhere, however it is cut (seed %i)",
  async (seed) => {
    const it = caseOf(seed);
    const isFailing = seed % 3 === 0;
    const { model, requests, look } = chatter(it, isFailing);
    const isInner = seed % 2 === 0;
    const redact = it.secrets;
    // Half of the time only the agent around it knows what is secret.
    const inner = new Agent({ name: "inner", model, tools: { look }, ...(!isInner && { redact }) });
    const outer = inShreds([
      { toolCalls: [{ id: "ask", name: "ask", input: { task: it.text() || "Go." } }] },
      { content: it.text() },
    ]);
    const ask = inner.asTool({ description: "Asks" });
    const agent = isInner ? new Agent({ model: outer.model, tools: { ask }, redact }) : inner;
    const events: AgentEvent[] = [];
    const stream = agent.stream(`Go. ${it.text()}`);
    for await (const event of stream) events.push(event);
    const result = await stream.result;

    const progress = events.flatMap((each) => (each.type === "tool-progress" ? [each.value] : []));
    const innerEvents = progress.filter((each): each is AgentEvent => "type" in Object(each));
    const asked = isInner ? outer.requests : requests;
    const sent = asked.map(({ messages, instructions }) => [messages, instructions]);
    const texts = textsIn([events, result, sent]);
    const all = [...texts, ...spoken(events), ...spoken(innerEvents)];
    expect(events.length).toBeGreaterThan(8);
    const written = redact.map((secret) => JSON.stringify(secret).slice(1, -1));
    const isLeak = (text: string): boolean =>
      [...redact, ...written].some((secret) => text.includes(secret));
    expect(all.filter(isLeak)).toEqual([]);
    const json = JSON.stringify([events, result]);
    expect(written.filter((secret) => json.includes(secret))).toEqual([]);
  },
);
