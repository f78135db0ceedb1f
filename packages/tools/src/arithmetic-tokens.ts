/** A piece of a calculation: `text` as the evaluator wants it, and whether a space came before it. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly isSpaced: boolean;
}

/** `percent` is the sign, whose meaning depends on what follows; `percent-word` can only mean one thing. */
export type TokenKind =
  | "number"
  | "constant"
  | "function"
  | "operator"
  | "open"
  | "close"
  | "comma"
  | "factorial"
  | "percent"
  | "percent-word"
  | "of";

/** Which functions a calculation may call: the evaluator's name for each, and the fewest and the most arguments it takes. */
export const functions: ReadonlyMap<string, readonly [name: string, least: number, most: number]> =
  new Map([
    ..."abs sign sqrt cbrt exp ln log log2 log10 floor ceil trunc sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh"
      .split(" ")
      .map((name): [string, [string, number, number]] => [name, [name, 1, 1]]),
    // The evaluator's own `round` drops the number of digits without a word.
    ["round", ["roundTo", 1, 2]],
    ["pow", ["pow", 2, 2]],
    ["atan2", ["atan2", 2, 2]],
    ["min", ["min", 1, 200]],
    ["max", ["max", 1, 200]],
    ["hypot", ["hypot", 1, 200]],
  ]);

/**
 * Splits a calculation into allowed pieces. Whatever is not in these tables is refused, so no other word or sign ever
 * reaches the evaluator.
 *
 * @throws Error that says in one sentence how to write it.
 */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  // For each open parenthesis, whether its commas separate arguments: "max(3,480)" has two, "(3,480)" is one number.
  const calls: boolean[] = [];
  let at = 0;
  while (at < text.length) {
    const space = match(/\s+/y, text, at);
    at += space.length;
    if (at >= text.length) break;
    const [kind, written, plain] = read(text, at, calls.at(-1) ?? false);
    if (kind === "open") calls.push(tokens.at(-1)?.kind === "function");
    if (kind === "close") calls.pop();
    tokens.push({ kind, text: plain, isSpaced: space !== "" });
    at += written.length;
  }
  return tokens;
}

type Reading = readonly [kind: TokenKind, written: string, plain: string];

const fraction = String.raw`(?:\.\d*)?(?:e[+-]?\d+)?`;
const plainNumber = new RegExp(String.raw`\d+${fraction}|\.\d+(?:e[+-]?\d+)?`, "iy");
/** Groups of three, or the Indian way, two and a last three. */
const separatedNumber = new RegExp(
  String.raw`(?:\d{1,3}(?:,\d{3})+|\d{1,2}(?:,\d{2})+,\d{3})(?![\d,])${fraction}`,
  "iy",
);
const signs = new Map<string, readonly [TokenKind, string]>([
  ["+", ["operator", "+"]],
  ["-", ["operator", "-"]],
  ["−", ["operator", "-"]],
  ["–", ["operator", "-"]],
  ["*", ["operator", "*"]],
  ["×", ["operator", "*"]],
  ["·", ["operator", "*"]],
  ["/", ["operator", "/"]],
  ["÷", ["operator", "/"]],
  ["^", ["operator", "^"]],
  ["**", ["operator", "^"]],
  ["%", ["percent", "%"]],
  ["!", ["factorial", "!"]],
  ["(", ["open", "("]],
  [")", ["close", ")"]],
  [",", ["comma", ","]],
  ["π", ["constant", "PI"]],
  ["√", ["function", "sqrt"]],
]);
const words = new Map<string, readonly [TokenKind, string]>([
  ["pi", ["constant", "PI"]],
  ["e", ["constant", "E"]],
  ["mod", ["operator", "%"]],
  ["percent", ["percent-word", "%"]],
  ["of", ["of", "*"]],
]);

function read(text: string, at: number, isCall: boolean): Reading {
  const number = (isCall ? "" : match(separatedNumber, text, at)) || match(plainNumber, text, at);
  if (number) return ["number", number, plainNumberOf(number, isCall)];
  const name = match(/[a-z_$]\w*/iy, text, at);
  if (name) return readWord(name);
  const written = text.startsWith("**", at)
    ? "**"
    : String.fromCodePoint(text.codePointAt(at) ?? 0);
  const sign = signs.get(written);
  if (!sign)
    throw new Error(
      `"${written}" cannot be used here: write numbers, + - * / ^ %, parentheses and functions only, without units or currency signs.`,
    );
  return [sign[0], written, sign[1]];
}

function plainNumberOf(written: string, isCall: boolean): string {
  if (isCall && /^0\d/.test(written))
    throw new Error(
      `Inside a function's parentheses a comma separates arguments: write numbers there without thousands separators, like max(3480, 17).`,
    );
  return written.replaceAll(",", "");
}

function readWord(written: string): Reading {
  const name = written.toLowerCase();
  const known = words.get(name);
  if (known) return [known[0], written, known[1]];
  if (functions.has(name)) return ["function", written, name];
  throw new Error(
    `The calculator does not know "${written}": use numbers, pi, e and the functions ${[...functions.keys()].join(", ")}.`,
  );
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? "";
}
