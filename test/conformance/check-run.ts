import { inspect, isDeepStrictEqual } from "node:util";

import { Agent, type Model, ModelError, type RunResult, tool } from "@pawl/core";

import type { Expectation, ExpectedCall, ExpectedError, Scenario } from "./scenario.ts";
import type { Stage } from "./stage.ts";

/** Who is asked, and with which tools. */
export interface Cast {
  readonly model: Model;
  readonly names: readonly string[];
  /** When a run without an end is given up. */
  readonly patienceMs: number;
}

/** Runs an agent whose tools only write down that they ran, and lists what is not as it must be. */
export async function checkRun(
  { expect }: Scenario,
  stage: Stage,
  { model, names, patienceMs }: Cast,
): Promise<string[]> {
  const executions: ExpectedCall[] = [];
  const tools = names.map((name) =>
    tool({
      name,
      description: `Tool ${name}`,
      inputSchema: { type: "object", properties: { a: {}, b: {} } },
      execute: (input) => {
        executions.push({ name, arguments: input });
        return "done";
      },
    }),
  );
  // Watched, so that a piece of a call is visible: what is not may be asked for again.
  const agent = new Agent({ model, tools, maxRestarts: 0 });
  const result = await agent.stream("Go", { signal: AbortSignal.timeout(patienceMs) }).result;
  const runnable = (expect.toolCalls ?? []).filter(({ name }) => names.includes(name));
  const runs = expect.runs ?? (expect.error ? [] : runnable);
  return [
    ...executionProblems(executions, runs),
    ...endProblems(result, expect.error),
    ...idProblems(stage),
    ...loopProblems(stage, expect),
    ...(expect.requests ?? []).flatMap((part, at) =>
      holds(stage.requests[at], part)
        ? []
        : [
            `request ${at + 1} must hold ${inspect(part, { depth: 9, breakLength: Infinity })}, is ${sent(stage, at)}`,
          ],
    ),
  ];
}

/** What ran and must not have run, or not with these arguments, is the worst that can be. */
function executionProblems(ran: readonly ExpectedCall[], may: readonly ExpectedCall[]): string[] {
  const left = [...may];
  const unsafe: ExpectedCall[] = [];
  for (const execution of ran) {
    const at = left.findIndex((call) => isDeepStrictEqual(call, execution));
    if (at < 0) unsafe.push(execution);
    else left.splice(at, 1);
  }
  return [
    ...unsafe.map((execution) => `UNSAFE: ran ${callText(execution)}, which must not run`),
    ...left.map((call) => `did not run ${callText(call)}`),
  ];
}

function endProblems(result: RunResult, expected: ExpectedError | undefined): string[] {
  const error = result.status === "failed" ? result.error : undefined;
  const isAsWanted = expected
    ? error instanceof ModelError && (expected.code ?? error.code) === error.code
    : result.status === "completed";
  const wanted = expected ? `a failure ${expected.code ?? ""}` : "completed";
  return isAsWanted
    ? []
    : [`the run must end as ${wanted}, ends as ${result.status} ${error ? String(error) : ""}`];
}

/** An answer without calls is the last one, whatever else is odd about it. */
function loopProblems({ requests }: Stage, expect: Expectation): string[] {
  const { toolCalls = [], invalidCalls = 0, error, attempts = 1 } = expect;
  const isLast = toolCalls.length === 0 && invalidCalls === 0;
  return error || !isLast || requests.length === attempts
    ? []
    : [`the run must ask ${attempts} times, asks ${requests.length}`];
}

/** Servers keep calls by their ids, over all that was said. */
function idProblems({ requests }: Stage): string[] {
  const said = requests.at(-1)?.messages ?? [];
  const ids = said.flatMap(({ tool_calls = [] }) => tool_calls.map(({ id }) => id));
  return new Set(ids).size === ids.length ? [] : [`ids are used twice: ${ids.join(", ")}`];
}

/** Whether `part` is found in `value`; lists are compared place by place, patterns with texts. */
function holds(value: unknown, part: unknown): boolean {
  if (part instanceof RegExp) return typeof value === "string" && part.test(value);
  if (typeof part !== "object" || part === null) return Object.is(value, part);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(part).every(([key, inner]) =>
    holds((value as Readonly<Record<string, unknown>>)[key], inner),
  );
}

function sent({ requests }: Stage, at: number): string {
  return JSON.stringify(requests[at]?.messages) ?? "absent";
}

function callText({ name, arguments: input }: ExpectedCall): string {
  return `${name}(${JSON.stringify(input).slice(0, 200)})`;
}
