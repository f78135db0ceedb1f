import {
  foldPhrases,
  numberSource,
  signSource,
  unfold,
  type Folded,
} from "./arithmetic-phrases.ts";
import { parseExpression, type Expression } from "./expression.ts";

/** A piece of arithmetic found in a text. */
export interface Arithmetic {
  /** The words it was found in, such as "17% of 3,480". */
  readonly label: string;
  /** What is to be worked out. */
  readonly expression: Expression;
  /** To how many decimals it is to be told, where that is said. */
  readonly decimals?: number | undefined;
  /** Why the words are not wholly understood; then the expression is not to be used. */
  readonly doubt?: string | undefined;
}

/** The arithmetic in a text, in order; dates, versions and plain numbers are none. */
export function findArithmetic(text: string): readonly Arithmetic[] {
  const folded = foldPhrases(withDigits(text).replace(steps, stepSign));
  return [...folded.text.matchAll(chain)].flatMap((match) => {
    // The parser is recursive; nobody asks for a sum of this length.
    if (match[0].length > 500) return [];
    const label = balanced(match[0].trim());
    const expression = parseExpression(symbolsOf(label), folded.terms);
    if (expression === undefined || typeof expression === "number") return [];
    const isFolded = new RegExp(signSource, "u").test(label);
    if (!isFolded && isNotArithmetic(label, folded.text, match.index)) return [];
    const start = match.index + match[0].indexOf(label);
    return [arithmetic({ label, start, expression }, folded)];
  });
}

interface Found {
  readonly label: string;
  readonly start: number;
  readonly expression: Expression;
}

function arithmetic({ label, start, expression }: Found, { text, terms }: Folded): Arithmetic {
  const after = text.slice(start + label.length);
  const rounding = after.match(rounded);
  const decimals = rounding === null ? undefined : Number(rounding[1] ?? 0);
  const rest = after.slice(rounding?.[0].length ?? 0);
  const doubt = doubtAbout(label, text.slice(0, start), rest);
  return { label: unfold(label, terms), expression, decimals, doubt };
}

/** A sum is only worked out when all of it was understood: half a sum gives a wrong number. */
function doubtAbout(label: string, before: string, after: string): string | undefined {
  if (/%|percent|per cent/iu.test(label) && /[-+−–]|plus|minus/iu.test(label)) {
    return "adding or taking off a percentage can be read in two ways";
  }
  if (/[\d.],$/u.test(before) || /^[,.]\d/u.test(after) || /\d,\d{1,2}(?!\d)/u.test(label)) {
    return "the comma in the number can be read in two ways";
  }
  const isPercent = /^\s*(?:%|percent\b|per cent\b)/iu.test(after);
  return isPercent || continues.test(after) || leads.test(before)
    ? "I understand only a part of it"
    : undefined;
}

const rounded =
  /^\s*,?\s*(?:and\s+)?round(?:ed)?(?:\s+it)?(?:\s+off)?\s+to\s+(?:(\d{1,2})\s*(?:decimals?(?:\s+places?)?|places|digits)|(?:the\s+)?(?:nearest\s+)?(?:integer|whole number|unit))/iu;
const continues: RegExp = new RegExp(
  String.raw`^[\s,;]*(?:(?:and\s+then|then|and)\s+)?(?:(?:plus|minus|times|less|squared|cubed|mod|modulo|multiplied|divided|over|to the power|raised to)\b|[-+*/^×÷%−]\s*(?:[\d(]|${signSource}))|^!\s*[-+*/^]`,
  "iu",
);
const leads: RegExp = new RegExp(
  String.raw`(?:\b(?:plus|minus|times|divided by|multiplied by|percent of|root of|sqrt|factorial of|log|ln|sin|cos|tan|mod|modulo|exp)|[\d)]\s*[-+*/^×÷]|${signSource}\s*[-+*/^×÷])\s*\(?\s*$`,
  "iu",
);

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
const operand = `(?:${numberSource}|${signSource})`;
const chain: RegExp = new RegExp(
  String.raw`[-(\s]*${operand}[)%]*(?:\s*¦?\s*${operator}\s*[-(\s]*${operand}[\s)]*%?)+|${signSource}`,
  "giu",
);

/** ", then times 3" takes all before it: it gets a sign of its own. */
const steps =
  /,?\s+(?:and\s+)?then\s+(?=(?:times|plus|minus|multiplied by|divided by)\s)|,?\s+(?:and\s+)?then\s+(multiply|divide|add|subtract)\s+(?:(?:it|that|the result)\s+)?(?:by\s+)?(?=[-\d.])/giu;

function stepSign(_match: string, verb: string | undefined): string {
  const words: Readonly<Record<string, string>> = {
    multiply: "times ",
    divide: "divided by ",
    add: "plus ",
    subtract: "minus ",
  };
  return ` ¦ ${words[verb?.toLowerCase() ?? ""] ?? ""}`;
}

function symbolsOf(label: string): string {
  const powers = label.replaceAll("**", "^");
  const text = signs.reduce((said, [words, sign]) => said.replace(words, sign), powers);
  const [first = "", ...others] = text.split("¦");
  return others.reduce((left, right) => `(${left}) ${right}`, first);
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
  // "invoice 8 over $5" speaks of an amount.
  if (/\bover\s*[$€£]/iu.test(label)) return true;
  if (/^\d{4}-\d{1,2}(?:-\d{1,2})?$|^\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}$/u.test(label)) return true;
  // "24/7", "pages 3-5" and "section 3 - 4" look like arithmetic; a request to reckon tells them apart.
  if (/[+*^×÷·%]|plus|minus|times|divided|power|multiplied|\dx\d| x /iu.test(label)) return false;
  const before = text.slice(0, at).trim();
  const after = text.slice(at).trimStart().slice(label.length).trim();
  const isAsked = /(?:^|\b(?:is|are|much|calculate|compute|evaluate|solve|out|of|and|=))[\s:]*$/iu;
  return !(isAsked.test(before) && /^(?:$|[?.!,;=)]|and\b|round(?:ed)?\b)/iu.test(after));
}

function withDigits(text: string): string {
  return text.replace(numberWords, (word) => String(digits.indexOf(word.toLowerCase())));
}

const digits: readonly string[] =
  "zero one two three four five six seven eight nine ten eleven twelve".split(" ");
const numberWords: RegExp = new RegExp(String.raw`\b(?:${digits.join("|")})\b`, "giu");
