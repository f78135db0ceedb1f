import { tool, type Tool } from "@pawl/core";
import { Parser } from "expr-eval-fork";
import { z } from "zod";

import { toPlainArithmetic } from "./arithmetic-notation.ts";

/** What {@link calculator} is asked. */
export interface CalculatorInput {
  readonly expression: string;
}

/** A tool that works out a calculation, to 15 significant digits, without ever running code. */
export function calculator(): Tool<"calculator", CalculatorInput, number, unknown> {
  const parser = decimalParser();
  return tool({
    name: "calculator",
    description:
      "Works out one arithmetic expression exactly and returns the number (15 significant digits). " +
      "Operators + - * / ^ and mod, percentages (17% of 3480), factorial, pi, e, and functions such as sqrt, round(x, digits), " +
      "min, max, ln (natural; so is log), log10, sin (radians). In function arguments write 3480, not 3,480. " +
      "No variables, units or currency signs.",
    inputSchema: z.object({
      expression: z.string().min(1).max(1000).describe('For example "(3480 * 17) / 100".'),
    }),
    effect: "read",
    execute: ({ expression }) => calculate(parser, expression),
  });
}

/** The parts of the library's parser that its own types leave out. */
interface Operators {
  readonly binaryOps: Record<string, (a: number, b: number) => number>;
}

/**
 * Every operation is rounded to 15 digits, so that binary noise does not grow into a wrong `floor` or a difference that
 * is not 0. The notation lets no other operator through; they are turned off here all the same.
 */
function decimalParser(): Parser {
  const off = ["assignment", "fndef", "random", "concatenate", "conditional", "comparison"];
  const parser = new Parser({
    allowMemberAccess: false,
    operators: Object.fromEntries(
      [...off, "logical", "in", "array", "length"].map((name) => [name, false]),
    ),
  });
  Object.assign((parser as Parser & Operators).binaryOps, {
    "+": (a: number, b: number) => withoutNoise(a + b),
    "-": (a: number, b: number) => withoutNoise(a - b),
    "*": (a: number, b: number) => withoutNoise(a * b),
    "/": (a: number, b: number) => withoutNoise(a / b),
    "%": remainder,
  });
  return parser;
}

function calculate(parser: Parser, expression: string): number {
  const plain = toPlainArithmetic(expression);
  let result: unknown;
  try {
    result = parser.evaluate(plain);
  } catch (cause) {
    throw new Error(
      "This cannot be worked out: write it with operators and closed parentheses, like (3480 * 17) / 100.",
      { cause },
    );
  }
  if (typeof result !== "number" || !Number.isFinite(result))
    throw new Error(
      "The result is not a finite number: check for a division by zero, a root or logarithm of a negative number, or a value above 1.8e308.",
    );
  return withoutNoise(result);
}

function withoutNoise(value: number): number {
  // A whole number that a double holds exactly may have a sixteenth digit.
  return Number.isSafeInteger(value) ? value : Number(value.toPrecision(15));
}

function remainder(a: number, b: number): number {
  if (Number.isInteger(a) && Number.isInteger(b)) return a % b;
  return withoutNoise(a - b * Math.trunc(withoutNoise(a / b)));
}
