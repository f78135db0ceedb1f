import type { Expression, Operator } from "./expression.ts";

/** A text in which each phrase of arithmetic, such as "17% of 3,480", is one sign, with what the signs stand for. */
export interface Folded {
  readonly text: string;
  readonly terms: ReadonlyMap<string, Term>;
}

/** A phrase that a sign stands for. */
interface Term {
  readonly label: string;
  readonly expression: Expression;
}

/** The source of a pattern for a number, with or without a currency sign. */
export const numberSource: string = String.raw`(?:(?<![\w.])[$€£]?-?\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w]|\.\d)|(?<![\w.])[$€£]?-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![a-wyz_]|\.?\d))`;

/** The source of a pattern for what stands for a phrase: signs that no keyboard writes. */
export const signSource: string = String.raw`[\uE000-\uF8FF]`;

/** Puts one sign for each phrase, innermost first, so that "half of the square root of 9" is one as well. */
export function foldPhrases(text: string): Folded {
  const terms = new Map<string, Term>();
  let folded = text.replace(new RegExp(signSource, "gu"), " ");
  for (let round = 0; round < 3; round++) {
    for (const { pattern, build } of phrases) {
      folded = folded.replace(pattern, (match: string, ...rest: readonly unknown[]) => {
        const groups = rest.map((group) => (typeof group === "string" ? group : ""));
        const sign = String.fromCodePoint(0xe000 + (terms.size % 0x1800));
        terms.set(sign, { label: unfold(match, terms), expression: build(groups, terms) });
        return sign;
      });
    }
  }
  return { text: folded, terms };
}

/** The words that the signs in a text stand for. */
export function unfold(text: string, terms: Folded["terms"]): string {
  return text.replace(new RegExp(signSource, "gu"), (sign) => terms.get(sign)?.label ?? sign);
}

const one = `(${numberSource}|${signSource})`;
const listOf = String.raw`(${numberSource}(?:\s*(?:,\s*and|,|and|&)\s*${numberSource})+)`;

interface Phrase {
  readonly pattern: RegExp;
  readonly build: (groups: readonly string[], terms: Folded["terms"]) => Expression;
}

const phrases: readonly Phrase[] = [
  phrase(
    String.raw`(?<=^|[-+*/^(×÷=:]|\b(?:is|are|much|calculate|compute|evaluate|of|and|plus|minus|times|by))(\s*)(\d{1,2})!(?!\w)`,
    ([, n]) => factorial(Number(n)),
  ),
  phrase(String.raw`\bfactorial of\s+(\d{1,2})(?![\d.,])`, ([n]) => factorial(Number(n))),
  phrase(
    `(?:square root|sqrt)\\s*of\\s+(?:the\\s+)?${one}|(?:square root|sqrt)\\s*\\(\\s*${one}\\s*\\)|sqrt\\s+${one}`,
    ([a, b, c], terms) => ({
      op: "sqrt",
      of: value(a || b || c, terms),
    }),
  ),
  phrase(`(?:\\bthe\\s+)?\\bsquare of\\s+${one}|${one}\\s+squared`, ([a, b], terms) =>
    binary("^", value(a || b, terms), 2),
  ),
  phrase(`\\bcube of\\s+${one}|${one}\\s+cubed`, ([a, b], terms) =>
    binary("^", value(a || b, terms), 3),
  ),
  phrase(`${one}\\s*(?:%|percent|per cent)\\s+of\\s+(?:the\\s+)?${one}`, ([a, b], terms) =>
    share(value(b, terms), value(a, terms)),
  ),
  phrase(`${one}\\s*(?:%|percent|per cent)\\s+off\\s+(?:of\\s+)?${one}`, ([a, b], terms) =>
    binary("-", value(b, terms), share(value(b, terms), value(a, terms))),
  ),
  phrase(`(?:\\b(?:a|1)\\s+)?\\bhalf\\s+of\\s+(?:the\\s+)?${one}`, ([a], terms) =>
    binary("/", value(a, terms), 2),
  ),
  phrase(`\\b(?:a|1)\\s+third\\s+of\\s+(?:the\\s+)?${one}`, ([a], terms) =>
    binary("/", value(a, terms), 3),
  ),
  phrase(`\\b(?:a|1)\\s+quarter\\s+of\\s+(?:the\\s+)?${one}`, ([a], terms) =>
    binary("/", value(a, terms), 4),
  ),
  phrase(`\\b(?:twice|double)\\s+(?:the\\s+)?${one}`, ([a], terms) =>
    binary("*", 2, value(a, terms)),
  ),
  phrase(
    `(increase|raise|decrease|reduce|lower)\\s+${one}\\s+by\\s+${one}\\s*(?:%|percent)`,
    scaled,
  ),
  phrase(`(?:sum|total) of\\s+${listOf}`, ([list]) => chained("+", list)),
  phrase(`\\badd(?:ing)?\\s+${listOf}`, ([list]) => chained("+", list)),
  phrase(`product of\\s+${listOf}`, ([list]) => chained("*", list)),
  phrase(`(?:average|mean) of\\s+${listOf}`, ([list]) =>
    binary("/", chained("+", list), numbersIn(list).length),
  ),
  phrase(`difference (?:between|of)\\s+${one}\\s+and\\s+${one}`, pair("-")),
  phrase(`quotient of\\s+${one}\\s+and\\s+${one}`, pair("/")),
  phrase(`\\badd\\s+${one}\\s+to\\s+${one}`, ([a, b], terms) =>
    pair("+")([b ?? "", a ?? ""], terms),
  ),
  phrase(`\\bsubtract\\s+${one}\\s+from\\s+${one}`, ([a, b], terms) =>
    pair("-")([b ?? "", a ?? ""], terms),
  ),
  phrase(`\\bmultiply\\s+${one}\\s+(?:by|with|and)\\s+${one}`, pair("*")),
  phrase(`\\bdivide\\s+${one}\\s+by\\s+${one}`, pair("/")),
];

function phrase(source: string, build: Phrase["build"]): Phrase {
  return { pattern: new RegExp(source, "giu"), build };
}

function value(text: string | undefined, terms: Folded["terms"]): Expression {
  return terms.get(text ?? "")?.expression ?? plain(text ?? "");
}

function plain(text: string): number {
  return Number(text.replace(/[,$€£]/gu, ""));
}

function numbersIn(list: string | undefined): readonly number[] {
  const found = (list ?? "").match(new RegExp(numberSource, "giu")) ?? [];
  return found.map(plain);
}

function binary(op: Operator, left: Expression, right: Expression): Expression {
  return { op, left, right };
}

function share(whole: Expression, percent: Expression): Expression {
  return binary("/", binary("*", whole, percent), 100);
}

function pair(op: Operator): Phrase["build"] {
  return ([a, b], terms) => binary(op, value(a, terms), value(b, terms));
}

function chained(op: Operator, list: string | undefined): Expression {
  const [first = 0, ...others] = numbersIn(list);
  return others.reduce<Expression>((left, right) => binary(op, left, right), first);
}

function scaled([verb = "", base, percent]: readonly string[], terms: Folded["terms"]): Expression {
  const op = /^(?:increase|raise)$/iu.test(verb) ? "+" : "-";
  return binary(op, value(base, terms), share(value(base, terms), value(percent, terms)));
}

/** Calculators seldom know the sign: 5! is written out. */
function factorial(n: number): Expression {
  const factors = Array.from({ length: Math.max(1, n - 1) }, (_, at) => Math.max(1, n - at));
  return factors.length < 2 ? binary("*", Math.max(1, n), 1) : product(factors);
}

function product([first = 1, ...others]: readonly number[]): Expression {
  return others.reduce<Expression>((left, right) => binary("*", left, right), first);
}
