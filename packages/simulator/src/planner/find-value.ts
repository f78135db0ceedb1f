import type { JsonObject } from "../json.ts";
import { clue, type Clue } from "./clue.ts";
import { allNumbers, findNumber } from "./find-number.ts";
import { findText, isFrom, isTo } from "./find-text.ts";
import { mentions, namesIn } from "./mentions.ts";
import { itemOf, parametersOf, type Parameter } from "./parameter.ts";
import { termOf, termsOf, wordsOf } from "./words.ts";

/** The value that the user's words give for a parameter, or undefined when they give none. */
export function findValue(parameter: Parameter, given: Clue): unknown {
  const { schema, type } = parameter;
  if (schema["const"] !== undefined) return schema["const"];
  if (Array.isArray(schema["enum"])) return findChoice(schema["enum"], parameter, given);
  if (type === "boolean") return findBoolean(parameter, given);
  if (type === "number" || type === "integer") return findNumber(parameter, given);
  if (type === "array") return findList(parameter, given);
  if (type === "object") return findObject(parameter, given);
  return findText(parameter, given);
}

/** The allowed value that a text speaks of, if it speaks of one. */
export function chosenBy(text: string, choices: readonly unknown[]): unknown {
  const words = wordsOf(text);
  const terms = new Set(words.map(termOf));
  return (
    choices.find((choice) => isSpokenOf(String(choice), words.join(" "))) ??
    choices.find((choice) =>
      wordsOf(String(choice))
        .map(termOf)
        .some((term) => terms.has(term) && term.length > 1),
    ) ??
    choices.find((choice) => isInitial(String(choice), words))
  );
}

function findChoice(choices: readonly unknown[], parameter: Parameter, given: Clue): unknown {
  const spoken = chosenBy(
    sideOf(parameter, given.text),
    choices.filter((choice) => choice !== null),
  );
  if (spoken !== undefined) return spoken;
  return parameter.isRequired && choices.length === 1 ? choices[0] : undefined;
}

/** "26 miles to km": what stands before "to" is where it comes from. */
function sideOf(parameter: Parameter, text: string): string {
  const [before = text, after] = text.split(/\s(?:to|into)\s(?!\d)/iu);
  if (after === undefined) return text;
  if (isTo(parameter)) return after;
  return isFrom(parameter) ? before : text;
}

function isSpokenOf(choice: string, text: string): boolean {
  const words = wordsOf(choice).join(" ");
  // One letter is too little to be a mention: "a" is mostly an article.
  return words.length > 1 && ` ${text} `.includes(` ${words} `);
}

/** "celsius" for `c`: short codes stand for well-known units. */
function isInitial(choice: string, words: readonly string[]): boolean {
  const unit = words.find((word) => units.includes(word));
  return choice.length <= 2 && unit !== undefined && unit.startsWith(choice.toLowerCase());
}

const units: readonly string[] = [
  ..."celsius fahrenheit kelvin metric imperial".split(" "),
  ..."kilometers kilometres miles meters metres feet grams kilograms pounds small medium large".split(
    " ",
  ),
];

function findBoolean({ words, schema }: Parameter, { text }: Clue): boolean | undefined {
  const said = wordsOf(text);
  const own = words.filter((word) => !["is", "has", "include", "with", "use"].includes(word));
  const at = said.findIndex((word) => own.map(termOf).includes(termOf(word)));
  if (at < 0) return typeof schema["default"] === "boolean" ? schema["default"] : undefined;
  const before = said.slice(Math.max(0, at - 3), at);
  return !before.some((word) => ["no", "not", "without", "don", "never", "non"].includes(word));
}

function findList(parameter: Parameter, given: Clue): readonly unknown[] | undefined {
  const items = listItems(itemOf(parameter), parameter, given);
  const least = Number(parameter.schema["minItems"] ?? 1);
  return items.length >= Math.max(1, least) ? items : undefined;
}

function listItems(item: Parameter, parameter: Parameter, given: Clue): readonly unknown[] {
  const choices = item.schema["enum"];
  if (Array.isArray(choices)) {
    const terms = new Set(termsOf(given.text));
    return choices.filter((choice) => termsOf(String(choice)).some((term) => terms.has(term)));
  }
  if (item.type === "number" || item.type === "integer") return allNumbers(given.text);
  if (item.type === "object") {
    const one = findObject(item, given);
    return one === undefined ? [] : [one];
  }
  for (const form of ["email", "url", "quoted", "path"]) {
    const found = mentions(form, given.text);
    if (found.length > 0) return found;
  }
  return parameter.isRequired ? namesIn(given.text) : [];
}

function findObject(parameter: Parameter, given: Clue): JsonObject | undefined {
  const inner = parametersOf(parameter.schema, parameter.root);
  const shared: Clue = { ...clue(given.text, given.toolWords, inner), used: given.used };
  const entries = inner
    .map((one): [Parameter, unknown] => [one, findValue(one, shared)])
    .filter(([one, value]) => value !== undefined || one.isRequired);
  const isComplete = entries.length > 0 && entries.every(([, value]) => value !== undefined);
  return isComplete
    ? Object.fromEntries(entries.map(([one, value]) => [one.name, value]))
    : undefined;
}
