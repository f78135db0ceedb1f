import { inspect, isDeepStrictEqual } from "node:util";

import { ModelError, type ToolCall } from "@pawl/core";
import { chatCompletions } from "@pawl/models";

import { ask, type Outcome, shownText } from "./ask.ts";
import { checkRun } from "./check-run.ts";
import type { Expectation, ExpectedError, Scenario } from "./scenario.ts";
import { type Split, unsplit } from "./splits.ts";
import { servedModel, type Stage } from "./stage.ts";

/** More than any scenario takes: what never ends must not stop the others. */
const patienceMs = 20_000;

/**
 * Plays a scenario to the adapter and lists what is not as it must be. What an agent makes of an answer does not depend on
 * packets, so it plays too only where the bodies are whole.
 */
export async function check(scenario: Scenario, stage: Stage, split: Split): Promise<string[]> {
  const { baseURL } = stage;
  const model = chatCompletions({ baseURL, model: servedModel, ...scenario.options });
  const { tools: names = ["add", "now"], expect } = scenario;
  const parameters = { type: "object", properties: { a: {}, b: {} } };
  const tools = names.map((name) => ({ name, description: `Tool ${name}`, parameters }));
  stage.play(scenario.replies, split);
  const outcome = await ask(model, { tools, signal: AbortSignal.timeout(patienceMs) });
  const problems = [
    ...differences(wanted(expect), seen(outcome, expect, stage.requests.length)),
    ...timeProblems(outcome.ms, expect),
    ...idProblems(outcome),
  ];
  if (split !== unsplit) return problems;
  stage.play(scenario.replies, split);
  return [...problems, ...(await checkRun(scenario, stage, { model, names, patienceMs }))];
}

type Facts = Readonly<Record<string, unknown>>;

function wanted(expect: Expectation): Facts {
  const { text = "", toolCalls = [], invalidCalls = 0, error, attempts = 1 } = expect;
  if (error) {
    const { code, status, retryable, partialText = "", says } = error;
    return {
      text: partialText,
      "shown text": partialText,
      code,
      status,
      retryable,
      says,
      attempts,
    };
  }
  return {
    text,
    "shown text": text,
    "tool calls": toolCalls,
    "invalid calls": invalidCalls,
    "finish reason":
      expect.finishReason ?? (toolCalls.length + invalidCalls > 0 ? "tool-calls" : "stop"),
    usage: expect.usage,
    usd: expect.usd,
    reasoning: expect.reasoning,
    refusal: expect.refusal,
    repaired: expect.repaired ?? [],
    code: undefined,
    attempts,
  };
}

function seen(outcome: Outcome, expect: Expectation, attempts: number): Facts {
  if (expect.error) return { ...failureSeen(outcome, expect.error), attempts };
  const { error, events } = outcome;
  const { content, finishReason, usage, reasoning, refusal, toolCalls } = outcome.message ?? {};
  return {
    ...callsSeen(toolCalls ?? []),
    text: content,
    "shown text": shownText(events),
    "finish reason": finishReason,
    usage: expect.usage && [usage?.inputTokens, usage?.outputTokens],
    usd: usage?.usd,
    reasoning,
    refusal,
    code: error && errorText(error),
    attempts,
  };
}

function callsSeen(calls: readonly ToolCall[]): Facts {
  const valid = calls.filter(({ invalid }) => !invalid);
  return {
    "tool calls": valid.map(({ name, input }) => ({ name, arguments: input })),
    "invalid calls": calls.length - valid.length,
    repaired: [...new Set(calls.flatMap(({ repairs = [] }) => repairs))],
  };
}

/** What is left out of an expectation is left out here too. */
function failureSeen({ message, error, events }: Outcome, expected: ExpectedError): Facts {
  const shown = shownText(events);
  if (!(error instanceof ModelError)) {
    const ended = error ? errorText(error) : `an answer that ended by ${message?.finishReason}`;
    return { text: message?.content, "shown text": shown, code: ended };
  }
  const { code, status, retryable, says } = expected;
  return {
    text: error.partial?.content,
    "shown text": shown,
    code: code && error.code,
    status: status && error.status,
    retryable: retryable === undefined ? undefined : error.retryable,
    says: says && (error.message.includes(says) ? says : error.message),
  };
}

/** Anything can be thrown. */
function errorText(error: unknown): string {
  return error instanceof Error ? String(error) : inspect(error);
}

function differences(want: Facts, got: Facts): string[] {
  return Object.keys(want)
    .filter((name) => !isDeepStrictEqual(want[name] || undefined, got[name] || undefined))
    .map((name) => `${name} must be ${show(want[name])}, is ${show(got[name])}`);
}

function timeProblems(ms: number, { notBeforeMs = 0, withinMs }: Expectation): string[] {
  if (ms < notBeforeMs) return [`took ${Math.round(ms)} ms, must take at least ${notBeforeMs}`];
  if (withinMs !== undefined && ms > withinMs)
    return [`took ${Math.round(ms)} ms, may take ${withinMs}`];
  return [];
}

/** Results are matched to calls by id, so each must be there, and once. */
function idProblems({ message }: Outcome): string[] {
  const ids = (message?.toolCalls ?? []).map(({ id }) => id);
  return new Set(ids).size === ids.length && !ids.includes("")
    ? []
    : [`the ids of the calls are not unique: ${ids.join(", ")}`];
}

/** A value on one line, cut where it gets long. */
function show(value: unknown): string {
  const written = JSON.stringify(value) ?? "absent";
  return written.length > 200 ? `${written.slice(0, 200)}…` : written;
}
