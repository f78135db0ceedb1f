import { parseExpression, type Expression, type Operator } from "./expression.ts";

/** A piece of arithmetic found in a text. */
export interface Arithmetic {
  /** The words it was found in, such as "17% of 3,480". */
  readonly label: string;
  /** What is to be worked out. */
  readonly expression: Expression;
}

/** The arithmetic in a text, in order; dates, versions and plain numbers are none. */
export function findArithmetic(text: string): readonly Arithmetic[] {
  const found: (Arithmetic & { readonly at: number })[] = [];
  let rest = withDigits(text);
  for (const { pattern, build } of phrases) {
    for (const match of rest.matchAll(pattern)) {
      const expression = build(match.slice(1).map((group) => group ?? ""));
      if (expression === undefined) continue;
      found.push({ at: match.index, label: match[0].trim(), expression });
      rest = blank(rest, match.index, match[0].length);
    }
  }
  for (const match of rest.matchAll(chain)) {
    // The parser is recursive; nobody asks for a sum of this length.
    if (match[0].length > 500) continue;
    const label = balanced(match[0].trim());
    const expression = parseExpression(symbolsOf(label));
    if (expression === undefined || typeof expression === "number") continue;
    if (isNotArithmetic(label, rest, match.index)) continue;
    found.push({ at: match.index, label, expression });
  }
  return found
    .toSorted((a, b) => a.at - b.at)
    .map(({ label, expression }) => ({ label, expression }));
}

const number = String.raw`(?<![\w.])[$€£]?-?\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w]|\.\d)|(?<![\w.])[$€£]?-?\d+(?:\.\d+)?(?![a-wyz_]|\.?\d)`;
const listOf = String.raw`((?:${number})(?:\s*(?:,\s*and|,|and|&)\s*(?:${number}))+)`;
const one = `(${number})`;

interface Phrase {
  readonly pattern: RegExp;
  readonly build: (groups: readonly string[]) => Expression | undefined;
}

const phrases: readonly Phrase[] = [
  phrase(`${one}\\s*(?:%|percent|per cent)\\s+of\\s+${one}`, ([a, b]) =>
    binary("/", binary("*", value(b), value(a)), 100),
  ),
  phrase(
    `(increase|raise|decrease|reduce|lower)\\s+${one}\\s+by\\s+${one}\\s*(?:%|percent)`,
    scaled,
  ),
  phrase(`(?:sum|total) of\\s+${listOf}`, ([list]) => folded("+", list)),
  phrase(`\\badd(?:ing)?\\s+${listOf}`, ([list]) => folded("+", list)),
  phrase(`product of\\s+${listOf}`, ([list]) => folded("*", list)),
  phrase(`(?:average|mean) of\\s+${listOf}`, ([list]) =>
    binary("/", folded("+", list), numbersIn(list).length),
  ),
  phrase(`difference (?:between|of)\\s+${one}\\s+and\\s+${one}`, ([a, b]) => pair("-", a, b)),
  phrase(`quotient of\\s+${one}\\s+and\\s+${one}`, ([a, b]) => pair("/", a, b)),
  phrase(`\\badd\\s+${one}\\s+to\\s+${one}`, ([a, b]) => pair("+", b, a)),
  phrase(`\\bsubtract\\s+${one}\\s+from\\s+${one}`, ([a, b]) => pair("-", b, a)),
  phrase(`\\bmultiply\\s+${one}\\s+(?:by|with|and)\\s+${one}`, ([a, b]) => pair("*", a, b)),
  phrase(`\\bdivide\\s+${one}\\s+by\\s+${one}`, ([a, b]) => pair("/", a, b)),
  phrase(`(?:square root|sqrt)\\s*(?:of|\\()?\\s*${one}\\)?`, ([a]) => ({
    op: "sqrt",
    of: value(a),
  })),
  phrase(`\\bsquare of\\s+${one}|${one}\\s+squared`, ([a, b]) => binary("^", value(a || b), 2)),
  phrase(`\\bcube of\\s+${one}|${one}\\s+cubed`, ([a, b]) => binary("^", value(a || b), 3)),
];

const signs: readonly (readonly [words: RegExp, sign: string])[] = [
  [/\s(?:plus)\s/giu, " + "],
  [/\s(?:minus)\s/giu, " - "],
  [/\s*(?:% of|percent of)\s/giu, " / 100 * "],
  [/(?:\s(?:times|multiplied by)\s|\*(?!\*)|[×·]|\s*\bx\b\s*|(?<=\d)x(?=\d))/giu, " * "],
  [/(?:\s(?:divided by|over)\s|[÷:])/giu, " / "],
  [/(?:\s(?:(?:raised )?to the power of|raised to)\s|\* *\*)/giu, " ^ "],
  [/[−–]/gu, "-"],
  [/[,$€£]/gu, ""],
];

const operator = String.raw`(?:\*\*|[-+*/^×÷·−–]|x|plus|minus|times|multiplied by|divided by|over|(?:raised )?to the power of|raised to|% of|percent of)`;
const chain: RegExp = new RegExp(
  String.raw`[-(\s]*(?:${number})[)%]*(?:\s*${operator}\s*[-(\s]*(?:${number})[\s)]*%?)+`,
  "giu",
);

function phrase(source: string, build: Phrase["build"]): Phrase {
  return { pattern: new RegExp(source, "giu"), build };
}

function symbolsOf(label: string): string {
  const powers = label.replaceAll("**", "^");
  return signs.reduce((text, [words, sign]) => text.replace(words, sign), powers);
}

/** A part of a bracketed sentence may end on the sentence's own bracket. */
function balanced(label: string): string {
  const excess = label.split(")").length - label.split("(").length;
  if (excess > 0)
    return label.replace(new RegExp(String.raw`(?:\)\s*){${excess}}$`, "u"), "").trim();
  return excess < 0
    ? label.replace(new RegExp(String.raw`^(?:\(\s*){${-excess}}`, "u"), "")
    : label;
}

function isNotArithmetic(label: string, text: string, at: number): boolean {
  if (/^\d{4}-\d{1,2}(?:-\d{1,2})?$|^\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}$/u.test(label)) return true;
  // "24/7", "pages 3-5" and "section 3 - 4" look like arithmetic; a request to reckon tells them apart.
  if (/[+*^×÷·%]|plus|minus|times|divided|power|multiplied|\dx\d| x /iu.test(label)) return false;
  const before = text.slice(0, at).trim();
  const after = text.slice(at).trimStart().slice(label.length).trim();
  const isAsked = /(?:^|\b(?:is|are|much|calculate|compute|evaluate|solve|out|of|and|=))[\s:]*$/iu;
  return !(isAsked.test(before) && /^(?:$|[?.!,;=)]|and\b)/iu.test(after));
}

function withDigits(text: string): string {
  return text.replace(numberWords, (word) => String(digits.indexOf(word.toLowerCase())));
}

const digits: readonly string[] =
  "zero one two three four five six seven eight nine ten eleven twelve".split(" ");
const numberWords: RegExp = new RegExp(String.raw`\b(?:${digits.join("|")})\b`, "giu");

function blank(text: string, at: number, length: number): string {
  return text.slice(0, at) + "#".repeat(length) + text.slice(at + length);
}

function value(text: string | undefined): number {
  return Number((text ?? "").replace(/[,$€£]/gu, ""));
}

function numbersIn(list: string | undefined): readonly number[] {
  return [...(list ?? "").matchAll(new RegExp(number, "giu"))].map(([match]) => value(match));
}

function binary(op: Operator, left: Expression, right: Expression): Expression {
  return { op, left, right };
}

function pair(op: Operator, a: string | undefined, b: string | undefined): Expression {
  return binary(op, value(a), value(b));
}

function folded(op: Operator, list: string | undefined): Expression {
  const [first = 0, ...others] = numbersIn(list);
  return others.reduce<Expression>((left, right) => binary(op, left, right), first);
}

function scaled([verb = "", base, percent]: readonly string[]): Expression {
  const op = /^(?:increase|raise)$/iu.test(verb) ? "+" : "-";
  return binary(op, value(base), binary("/", binary("*", value(base), value(percent)), 100));
}
