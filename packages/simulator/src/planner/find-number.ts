import { take, type Clue } from "./clue.ts";
import type { Parameter } from "./parameter.ts";
import { termOf } from "./words.ts";

/** The number that a text gives for a parameter: beside its name, with its unit, or the only one there is. */
export function findNumber(parameter: Parameter, given: Clue): number | undefined {
  const all = numbersIn(given.text);
  // A number that a text parameter took, such as an invoice's, is no amount as well.
  const free = all.filter((one) => !given.used.has(String(one.value)));
  const fitting = free.filter((one) => fits(one.value, parameter));
  const named = fitting.filter((one) => isBeside(one, [...parameter.words, ...aliases(parameter)]));
  const money = isMoney(parameter) ? fitting.filter((one) => one.isMoney) : [];
  const noun = isIdentity(parameter) ? fitting.filter((one) => isBeside(one, given.toolWords)) : [];
  const loose = parameter.isRequired && isLoose(free, given) ? fitting : [];
  const taken = take(
    [...named, ...money, ...noun, ...loose].map((one) => one.key),
    given,
  );
  return all.find((one) => one.key === taken)?.value;
}

/** Every number of a text, as numbers. */
export function allNumbers(text: string): readonly number[] {
  return numbersIn(text).map((one) => one.value);
}

interface FoundNumber {
  /** Tells two equal numbers at different places apart. */
  readonly key: string;
  readonly value: number;
  readonly isMoney: boolean;
  readonly before: readonly string[];
  readonly after: string;
}

const pattern =
  /(?<![\w./:-])([$€£]\s?)?(-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?)(?![\w/:]|-\d|\.\d|,\d{3})(\s?(?:[$€£%]|(?:dollars?|euros?|pounds?|USD|EUR|GBP)\b))?/giu;

function numbersIn(text: string): readonly FoundNumber[] {
  const spelled = withPoints(text).replace(numberWords, (word) =>
    String(digits.indexOf(word.toLowerCase()) + 2),
  );
  return [...spelled.matchAll(pattern)].map((match) => {
    const [whole, sign, amount = "", unit = ""] = match;
    const before = spelled.slice(0, match.index).match(/[\p{L}]+/gu) ?? [];
    const after =
      spelled.slice(match.index + whole.length).match(/^[\s-]{0,2}(\p{L}+)/u)?.[1] ?? "";
    return {
      key: `number ${match.index}`,
      value: Number(amount.replaceAll(",", "")),
      isMoney: sign !== undefined || /[^\s%]/u.test(unit),
      before: before.slice(-2).map(termOfLower),
      after: termOfLower(unit.trim() || after),
    };
  });
}

/** "€1.250,00" is 1250; what might be either 1250 or 1.25 is no number at all, so that it is asked for. */
function withPoints(text: string): string {
  return text
    .replace(
      /(?<![\d.,])(\d{1,3}(?:\.\d{3})+),(\d{1,2})(?![\d,])/gu,
      (_, whole: string, part: string) => `${whole.replaceAll(".", "")}.${part}`,
    )
    .replace(/(?<![\d.,])\d{1,3}(?:\.\d{3}){2,}(?![\d,]|\.\d)/gu, (whole) =>
      whole.replaceAll(".", ""),
    )
    .replace(
      /(?<=€\s?)\d{1,3}\.\d{3}(?![\d,]|\.\d)|(?<![\d.,])\d{1,3}\.\d{3}(?=\s?(?:€|EUR\b|euros?\b))/giu,
      "…",
    )
    .replace(
      /(?<=[€$£]\s?)(\d+),(\d{2})(?![\d,])|(?<![\d.,])(\d+),(\d{2})(?=\s?(?:[€$£]|EUR\b|USD\b|euros?\b|dollars?\b))/giu,
      (amount) => amount.replace(",", "."),
    )
    .replace(/(?<![\d.,])\d+,\d{2}(?![\d,])/gu, "…");
}

const digits: readonly string[] =
  "two three four five six seven eight nine ten eleven twelve".split(" ");
const numberWords: RegExp = new RegExp(String.raw`\b(?:${digits.join("|")})\b`, "giu");

function isBeside({ before, after }: FoundNumber, words: readonly string[]): boolean {
  const terms = words.map(termOf);
  const last = before.at(-1) ?? "";
  // "invoice number 7", "amount of 5": a filler may stand between.
  const isFiller = ["number", "no", "of", "is", "to", "id", "=", "nr"].includes(last);
  const near = isFiller ? before : [last];
  return near.some((word) => terms.includes(word)) || terms.includes(after);
}

function aliases({ words }: Parameter): readonly string[] {
  const isCount = words.some((word) => ["limit", "top", "k", "count", "max", "n"].includes(word));
  return isCount ? ["top", "first", "result", "hit", "item", "most"] : [];
}

function isMoney({ words }: Parameter): boolean {
  return words.some((word) =>
    [
      "amount",
      "price",
      "sum",
      "total",
      "budget",
      "cost",
      "value",
      "usd",
      "eur",
      "dollars",
    ].includes(word),
  );
}

function isIdentity({ words }: Parameter): boolean {
  return words.some((word) => ["id", "number", "no", "ref", "key", "code"].includes(word));
}

/** Without a name beside it, a number is only taken when there is one for each parameter that needs one. */
function isLoose(all: readonly FoundNumber[], { siblings }: Clue): boolean {
  const wanted = (siblings["number"] ?? 0) + (siblings["integer"] ?? 0);
  return all.length === wanted;
}

function fits(value: number, { schema, type }: Parameter): boolean {
  const { minimum = -Infinity, maximum = Infinity, exclusiveMinimum, exclusiveMaximum } = schema;
  return (
    (type !== "integer" || Number.isInteger(value)) &&
    value >= Number(minimum) &&
    value <= Number(maximum) &&
    !(typeof exclusiveMinimum === "number" && value <= exclusiveMinimum) &&
    !(typeof exclusiveMaximum === "number" && value >= exclusiveMaximum)
  );
}

function termOfLower(word: string): string {
  return termOf(word.toLowerCase());
}
