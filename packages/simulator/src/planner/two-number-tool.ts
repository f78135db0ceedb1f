import type { PlannedCall } from "./conversation.ts";
import type { Operator } from "./expression.ts";
import type { Parameter } from "./parameter.ts";
import type { ToolProfile } from "./tool-profile.ts";
import { wordsOf } from "./words.ts";

/** A tool that does one operation on two numbers. */
export interface TwoNumberTool {
  readonly op: Operator;
  /** The call for two numbers. */
  readonly call: (left: number, right: number) => PlannedCall;
}

/** The tools that add, subtract, multiply, divide or raise two numbers. */
export function twoNumberTools(tools: readonly ToolProfile[]): readonly TwoNumberTool[] {
  return tools.flatMap((tool) => {
    const required = tool.parameters.filter(({ isRequired }) => isRequired);
    const numbers = required.filter(({ type }) => type === "number" || type === "integer");
    const others = required.filter((one) => !numbers.includes(one));
    const [left, right] = numbers;
    if (left === undefined || right === undefined || numbers.length !== 2) return [];
    const [choice] = others;
    if (choice !== undefined)
      return others.length === 1 ? byChoice(tool, choice, [left, right]) : [];
    const op = operatorIn(tool.words) ?? operatorIn(wordsOf(tool.description).slice(0, 4));
    return op === undefined ? [] : [twoNumberTool(tool, op, [left, right])];
  });
}

/** `calculate({ operation: "add", a, b })` is one such tool for each operation. */
function byChoice(
  tool: ToolProfile,
  choice: Parameter,
  numbers: readonly [Parameter, Parameter],
): readonly TwoNumberTool[] {
  const choices: readonly unknown[] = [choice.schema["enum"] ?? []].flat();
  return choices.flatMap((value) => {
    const op = operatorIn([String(value)]);
    if (op === undefined) return [];
    const { call } = twoNumberTool(tool, op, numbers);
    return [
      {
        op,
        call: (left: number, right: number): PlannedCall => ({
          name: tool.name,
          input: { [choice.name]: value, ...call(left, right).input },
        }),
      },
    ];
  });
}

function twoNumberTool(
  { name }: ToolProfile,
  op: Operator,
  [left, right]: readonly [Parameter, Parameter],
): TwoNumberTool {
  return { op, call: (a, b) => ({ name, input: { [left.name]: a, [right.name]: b } }) };
}

function operatorIn(words: readonly string[]): Operator | undefined {
  return words.map((word) => operators.get(word)).find((op) => op !== undefined);
}

const operators: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ...pairsOf("+", "add adds adding addition sum plus +"),
  ...pairsOf("-", "subtract subtracts subtraction minus difference sub -"),
  ...pairsOf("*", "multiply multiplies multiplication times product mul *"),
  ...pairsOf("/", "divide divides division quotient div /"),
  ...pairsOf("^", "power pow exponent ^ **"),
]);

function pairsOf(op: Operator, words: string): readonly (readonly [string, Operator])[] {
  return words.split(" ").map((word) => [word, op] as const);
}
