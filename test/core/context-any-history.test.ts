import { isDeepStrictEqual } from "node:util";

import { expect, test } from "vitest";

import {
  Agent,
  ModelError,
  type Message,
  type ModelRequest,
  type RunResult,
  type RunState,
  type ToolCall,
  tool,
} from "@pawl/core";
import type { ScriptedTurn } from "@pawl/core/testing";
import { continues, objection, prose, sizeOf, strict, type StrictModel } from "./strict.ts";

/** Numbers from 0 to 1 that look like chance and are the same for the same seed. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A run that is the same each time it is made from the same seed. */
class Case {
  readonly #next: () => number;
  readonly #turns = new Map<number, ScriptedTurn>();
  readonly history: Message[];
  readonly contextTokens: number;
  readonly keepSteps: number;
  readonly summarize: boolean;
  readonly mood: number;
  readonly isCounted: boolean;

  constructor(seed: number) {
    this.#next = chance(seed);
    this.contextTokens = this.#of([3000, 8000, 20_000]);
    this.keepSteps = this.#int(1, 4);
    this.summarize = this.#next() < 0.8;
    this.mood = this.#int(0, 3);
    this.isCounted = this.#next() < 0.5;
    this.history = this.#past();
    for (let step = 1; step <= 24; step++) this.#turns.set(step, this.#turn());
  }

  /** The answer of a step; `factor` says how the provider's counts differ from the sizes here. */
  answer(step: number, { messages }: ModelRequest): ScriptedTurn {
    const turn = this.#turns.get(step);
    const inputTokens = Math.ceil(sizeOf(messages) * 1.2);
    const usage = { inputTokens, outputTokens: 40, totalTokens: inputTokens + 40 };
    return { ...(turn ?? { text: "Done." }), ...(this.isCounted && { usage }) };
  }

  summary(number: number): ScriptedTurn {
    const kind = this.mood < 3 ? 0 : number % 3;
    if (kind === 1) return { text: "  " };
    if (kind === 2) return { error: new ModelError("Overloaded.", { code: "server" }) };
    return { text: `Summary ${number}. ${prose(300 * this.mood)}` };
  }

  result(call: number): string {
    return prose([30, 200, 2000, 9000, 60_000][call % 5] ?? 0, call);
  }

  #turn(): ScriptedTurn {
    const calls = Array.from({ length: this.#int(1, 4) }, () => ({
      name: "look",
      input: { n: this.#int(0, 999), why: prose(this.#of([10, 10, 10, 800])) },
    }));
    return { text: this.#next() < 0.5 ? "" : "Let me see.", toolCalls: calls };
  }

  #past(): Message[] {
    const said: Message[] = [];
    if (this.#next() < 0.3) said.push({ role: "system", content: "Be kind." });
    said.push({ role: "user", content: prose(this.#of([40, 900])) });
    const turns = this.#next() < 0.5 ? this.#int(1, 20) : 0;
    for (let turn = 0; turn < turns; turn++) said.push(...this.#pastTurn(turn));
    if (turns > 0) said.push({ role: "user", content: "Go on." });
    return said;
  }

  #pastTurn(turn: number): Message[] {
    if (this.#next() < 0.4)
      return [
        { role: "assistant", content: prose(this.#int(20, 600)) },
        { role: "user", content: prose(this.#of([20, 700])) },
        ...(this.#next() < 0.2 ? [{ role: "system", content: "Be brief." } as const] : []),
      ];
    const toolCalls: ToolCall[] = Array.from({ length: this.#int(1, 3) }, (_, i) => ({
      id: `past-${turn}-${i}`,
      name: "look",
      input: { n: i },
    }));
    const results = toolCalls.map(({ id }) => ({
      role: "tool" as const,
      callId: id,
      toolName: "look",
      content: this.result(this.#int(0, 999)),
    }));
    return [{ role: "assistant", content: "", toolCalls }, ...results];
  }

  #int(from: number, to: number): number {
    return from + Math.floor(this.#next() * (to - from + 1));
  }

  #of(choices: readonly number[]): number {
    return choices[this.#int(0, choices.length - 1)] ?? 0;
  }
}

/** The agent of a case, and its model, whose request of step `broken` fails once. */
function agentOf(it: Case, broken = 0): { agent: Agent; model: StrictModel } {
  let isBroken = false;
  const respond = (_: number, request: ModelRequest): ScriptedTurn => {
    const step = Number(request.requestId.split(".").at(-1));
    if (step !== broken || isBroken) return it.answer(step, request);
    isBroken = true;
    return { error: new Error("The line broke.") };
  };
  const model = strict({}, respond, (number) => it.summary(number));
  const look = tool({
    name: "look",
    description: "Looks.",
    inputSchema: { type: "object", properties: {} },
    execute: (input) => it.result(Number((input as { n?: number }).n)),
  });
  const { contextTokens, keepSteps, summarize } = it;
  const agent = new Agent({
    model: { ...model, capabilities: { tools: true, contextTokens } },
    tools: [look],
    maxSteps: 30,
    maxRepeats: Infinity,
    compaction: { keepSteps, summarize },
  });
  return { agent: agent as never, model };
}

/** What is wrong with a run of a case, one sentence each. */
async function problemsOf(it: Case): Promise<{ problems: string[]; model: StrictModel }> {
  const { agent, model } = agentOf(it);
  const before = structuredClone(it.history);
  const result = await agent.run(it.history);
  const problems: (string | undefined)[] = [];
  const isOverfull =
    result.status === "failed" && /more than the model can take in/.test(result.error.message);
  if (result.status !== "completed" && !isOverfull) problems.push(`it is ${result.status}`);
  if (!isDeepStrictEqual(result.messages.slice(0, before.length), before))
    problems.push("the history was changed");
  const end = isOverfull ? result.messages.length : -1;
  problems.push(objection(result.messages.slice(0, end)));
  for (const [i, { messages }] of model.requests.entries()) {
    problems.push(objection(messages));
    const isBounded = it.summarize && it.mood < 3;
    if (isBounded && sizeOf(messages) > it.contextTokens) problems.push(`request ${i} is too long`);
  }
  return { problems: problems.filter((each) => each !== undefined), model };
}

/** Requests that neither go on from the one before nor are much shorter than they may be. */
function needlessChanges({ requests }: StrictModel, { contextTokens }: Case): number {
  return requests.filter((request, i) => {
    const last = requests[i - 1];
    return last && !continues(last, request) && sizeOf(request.messages) > contextTokens * 0.85;
  }).length;
}

function sentBy({ requests }: StrictModel): readonly object[] {
  const sent = requests.map(({ requestId, messages }) => ({ requestId, messages }));
  return sent.filter((each, i) => !isDeepStrictEqual(each, sent[i - 1]));
}

const seeds = Array.from({ length: 24 }, (_, i) => i + 1);

test("whatever a history is, what is sent of it is valid and fits, and all of it is kept", async () => {
  let summaries = 0;
  let changes = 0;
  const found: Record<number, string[]> = {};
  for (const seed of seeds) {
    const it = new Case(seed);
    const { problems, model } = await problemsOf(it);
    if (problems.length > 0) found[seed] = problems;
    summaries += model.summaries.length;
    changes += needlessChanges(model, it);
  }
  expect(found).toEqual({});
  expect(summaries).toBeGreaterThan(seeds.length);
  expect(changes).toBeLessThan(10);
}, 20_000);

test("a run that goes on from JSON in the middle, or after a failure, sends what it would have sent", async () => {
  for (const seed of seeds.slice(0, 10)) {
    const { history } = new Case(seed);
    const whole = agentOf(new Case(seed));
    await whole.agent.run(history, { runId: "run-1" });
    const at = 2 + seed;
    const parts = agentOf(new Case(seed), at + 2);
    let result: RunResult = await parts.agent.run(history, { runId: "run-1", maxSteps: at });
    for (let part = 0; part < 3 && result.status !== "completed"; part++)
      result = await parts.agent.resume(JSON.parse(JSON.stringify(result.state)) as RunState);
    expect(sentBy(parts.model)).toEqual(sentBy(whole.model));
    expect(parts.model.summaries).toHaveLength(whole.model.summaries.length);
  }
}, 20_000);
