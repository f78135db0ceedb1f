import { findArithmetic, type Arithmetic } from "./arithmetic.ts";
import { printExpression, type Expression, type PowerSign } from "./expression.ts";
import { pursue, type Desk, type Progress, type Pursuit } from "./progress.ts";
import type { QuestionPart } from "./question-parts.ts";
import { numberIn } from "./result-number.ts";
import { toolsFor } from "./tool-profile.ts";
import { twoNumberTools, type TwoNumberTool } from "./two-number-tool.ts";

/** Works out the arithmetic in a part, or undefined when it has none or no tool can reckon. */
export function reckon(part: QuestionPart, desk: Desk): readonly Progress[] | undefined {
  const found = findArithmetic(part.text);
  if (found.length === 0) return undefined;
  const doubt = found.find((one) => one.doubt !== undefined)?.doubt;
  if (doubt !== undefined) {
    const note = `I did not work out “${part.text}”: ${doubt}. Please write it out with + - * / and brackets.`;
    return canReckon(desk)
      ? [{ part, kind: "arithmetic", calls: [], results: [], note }]
      : undefined;
  }
  const [evaluator] = toolsFor("evaluate", desk.tools);
  if (evaluator !== undefined) {
    const { tool, main } = evaluator;
    const sign = powerSign(`${tool.description} ${main.description}`);
    return found.map((one) => {
      const input = { [main.name]: printExpression(one.expression, sign) };
      return finished(one, part, pursue({ name: tool.name, input }, part, desk));
    });
  }
  const steps = twoNumberTools(desk.tools);
  if (steps.length === 0) return undefined;
  return found.map((one) =>
    finished(one, part, walk(one.expression, { part, desk, tools: steps })),
  );
}

function canReckon({ tools }: Desk): boolean {
  return toolsFor("evaluate", tools).length + twoNumberTools(tools).length > 0;
}

interface Walk {
  readonly part: QuestionPart;
  readonly desk: Desk;
  readonly tools: readonly TwoNumberTool[];
}

interface Walked extends Pursuit {
  readonly value?: number | undefined;
}

/** One operation at a time: the innermost ones first, those that do not depend on each other at once. */
function walk(tree: Expression, walking: Walk): Walked {
  if (typeof tree === "number") return { calls: [], results: [], value: tree };
  if (tree.op === "sqrt") return { calls: [], results: [] };
  const [left, right] = [walk(tree.left, walking), walk(tree.right, walking)];
  const results = [...left.results, ...right.results];
  const calls = [...left.calls, ...right.calls];
  if (left.value === undefined || right.value === undefined) return { calls, results };
  const call = callFor(tree.op, [left.value, right.value], walking.tools);
  if (call === undefined) return { calls, results };
  const own = pursue(call, walking.part, walking.desk);
  const value = own.results.map(({ outcome, text }) =>
    outcome === "found" ? numberIn(text) : undefined,
  )[0];
  return { calls: own.calls, results: [...results, ...own.results], value };
}

function callFor(
  op: TwoNumberTool["op"],
  [left, right]: readonly [number, number],
  tools: readonly TwoNumberTool[],
): ReturnType<TwoNumberTool["call"]> | undefined {
  const direct = tools.find((tool) => tool.op === op);
  if (direct !== undefined) return direct.call(left, right);
  const inverse = op === "/" ? "*" : op === "-" ? "+" : undefined;
  const other = tools.find((tool) => tool.op === inverse);
  return other?.call(left, op === "/" ? 1 / right : -right);
}

function finished(one: Arithmetic, part: QuestionPart, { calls, results }: Pursuit): Progress {
  const isStuck = calls.length === 0 && results.length === 0;
  const note = isStuck ? `None of the tools on offer can work out ${one.label}.` : undefined;
  const last = results.slice(-1);
  return {
    part,
    kind: "arithmetic",
    label: one.label,
    decimals: one.decimals,
    calls,
    results: last,
    note,
  };
}

function powerSign(description: string): PowerSign {
  if (/\bsqrt\b/u.test(description)) return undefined;
  if (description.includes("**")) return "**";
  return description.includes("^") ? "^" : undefined;
}
