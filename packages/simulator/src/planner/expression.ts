/** An arithmetic expression as a tree. */
export type Expression =
  | number
  | { readonly op: Operator; readonly left: Expression; readonly right: Expression }
  | { readonly op: "sqrt"; readonly of: Expression };

/** The operators between two numbers. */
export type Operator = "+" | "-" | "*" | "/" | "^";

/** The tree of an infix text such as `12 * (3 + 4)`, or undefined when it is none; `terms` are what its signs stand for. */
export function parseExpression(
  text: string,
  terms: ReadonlyMap<string, { readonly expression: Expression }> = new Map(),
): Expression | undefined {
  const tokens = text.match(/\d+(?:\.\d+)?(?:e[+-]?\d+)?|[-+*/^()%\uE000-\uF8FF]/giu) ?? [];
  if (tokens.join("") !== text.replace(/\s/gu, "")) return undefined;
  const cursor = { tokens, terms, at: 0 };
  const tree = parseSum(cursor, 0);
  return cursor.at === tokens.length ? tree : undefined;
}

/** How a calculator writes a power, where that is known. */
export type PowerSign = "^" | "**" | undefined;

/** The expression with plain operators; small whole powers are multiplied out unless the sign is known. */
export function printExpression(tree: Expression, power?: PowerSign): string {
  if (typeof tree === "number") return plainNumber(tree);
  if (tree.op === "sqrt") {
    return power === undefined
      ? `sqrt(${printExpression(tree.of, power)})`
      : `${operand(tree.of, 4, power)} ${power} 0.5`;
  }
  const rank = ranks[tree.op];
  if (tree.op === "^" && power === undefined && isSmallPower(tree.right)) {
    return Array.from({ length: tree.right }, () => operand(tree.left, 3, power)).join(" * ");
  }
  const sign = tree.op === "^" ? (power ?? "^") : tree.op;
  const right = tree.op === "+" || tree.op === "*" ? rank : rank + 1;
  return `${operand(tree.left, rank, power)} ${sign} ${operand(tree.right, right, power)}`;
}

interface Cursor {
  readonly terms: ReadonlyMap<string, { readonly expression: Expression }>;
  readonly tokens: readonly string[];
  at: number;
}

const levels: readonly (readonly Operator[])[] = [["+", "-"], ["*", "/"], ["^"]];

const ranks: Readonly<Record<Operator, number>> = { "+": 1, "-": 1, "*": 2, "/": 2, "^": 3 };

function parseSum(cursor: Cursor, level: number): Expression | undefined {
  const operators = levels[level];
  if (operators === undefined) return parseNumber(cursor);
  let left = parseSum(cursor, level + 1);
  for (;;) {
    const op = operators.find((sign) => sign === cursor.tokens[cursor.at]);
    if (op === undefined || left === undefined) return left;
    cursor.at += 1;
    const right = parseSum(cursor, level + 1);
    if (right === undefined) return undefined;
    left = { op, left, right };
  }
}

function parseNumber(cursor: Cursor): Expression | undefined {
  const token = cursor.tokens[cursor.at++];
  if (token === "-") {
    const inner = parseNumber(cursor);
    return typeof inner === "number" ? -inner : inner && { op: "*", left: -1, right: inner };
  }
  const value = token === "(" ? parseGroup(cursor) : parseTerm(token, cursor);
  if (value === undefined || cursor.tokens[cursor.at] !== "%") return value;
  cursor.at += 1;
  return { op: "/", left: value, right: 100 };
}

function parseGroup(cursor: Cursor): Expression | undefined {
  const inner = parseSum(cursor, 0);
  return cursor.tokens[cursor.at++] === ")" ? inner : undefined;
}

function parseTerm(token: string | undefined, { terms }: Cursor): Expression | undefined {
  if (token === undefined) return undefined;
  return /^\d/u.test(token) ? Number(token) : terms.get(token)?.expression;
}

function operand(tree: Expression, rank: number, power: PowerSign): string {
  const text = printExpression(tree, power);
  const own = typeof tree === "number" || tree.op === "sqrt" ? 9 : ranks[tree.op];
  const isNegative = typeof tree === "number" && tree < 0;
  return own < rank || isNegative ? `(${text})` : text;
}

function isSmallPower(tree: Expression): tree is number {
  return typeof tree === "number" && Number.isInteger(tree) && tree >= 1 && tree <= 10;
}

function plainNumber(value: number): string {
  return Math.abs(value) >= 1e21 ? String(BigInt(value)) : String(value);
}
