import { take, type Clue } from "./clue.ts";
import { mentions, namesIn, phraseAfter } from "./mentions.ts";
import type { Parameter } from "./parameter.ts";
import { isOneOfMany, isSaid, saidFor } from "./said.ts";
import { isTimeZone, zoneIn } from "./time-zone.ts";
import { isFreeText } from "./tool-profile.ts";
import { termOf, termsOf } from "./words.ts";

/** The text that the user gives for a parameter: by its form, its name, in quotes, or as what is spoken of. */
export function findText(parameter: Parameter, given: Clue): string | undefined {
  if (isTimeZone(parameter)) return zoneIn(given.text);
  const form = formOf(parameter);
  const value =
    form === undefined ? freeValue(parameter, given) : formedValue(form, parameter, given);
  return value !== undefined && isAllowed(value, parameter) ? value : undefined;
}

function formedValue(form: string, parameter: Parameter, given: Clue): string | undefined {
  const exact = take(inDirection(parameter, mentions(form, given.text), given), given);
  if (exact !== undefined) return exact;
  if (form === "code") return identityValue(parameter, given);
  // A strict form, such as an address, is never guessed from other words.
  if (form !== "path" || !parameter.isRequired) return undefined;
  return take(mentions("quoted", given.text), given) ?? namedValue(parameter, given);
}

function freeValue(parameter: Parameter, given: Clue): string | undefined {
  if (isTo(parameter)) {
    const address = take(mentions("email", given.text), given);
    if (address !== undefined) return address;
  }
  if (isSaid(parameter)) {
    const said = saidFor(parameter, given);
    if (said !== undefined) return said;
  }
  if (isFreeText(parameter)) return parameter.isRequired ? given.text : undefined;
  const named = namedValue(parameter, given);
  if (named !== undefined) return named;
  if (!parameter.isRequired || (isSaid(parameter) && isOneOfMany(parameter, given))) {
    return undefined;
  }
  return (
    take(mentions("quoted", given.text), given) ??
    take(inDirection(parameter, namesIn(given.text, given.toolWords), given), given) ??
    take(pairOf(parameter, given.text), given) ??
    take(spokenOf(parameter, given), given)
  );
}

/** What is counted, as in "how many pears", or follows a preposition; "in stock" is the tool's own word in `check_stock`. */
function spokenOf(parameter: Parameter, { text, toolWords }: Clue): readonly string[] {
  const own = new Set(toolWords.map(termOf));
  const object = isPlace(parameter) ? undefined : objectIn(text, own);
  const counted = text.match(/\bhow (?:many|much)\s+(\p{L}[\p{L}-]+)/iu)?.[1];
  return [counted, object, phraseAfter(directions(parameter), text)].filter(
    (found): found is string =>
      Boolean(found) && !termsOf(found ?? "").every((term) => own.has(term)),
  );
}

/** "api" in "Deploy api to staging": the one word between the tool's own verb and a preposition. */
function objectIn(text: string, own: ReadonlySet<string>): string | undefined {
  const [, verb = "", object] =
    text.match(
      /^(?:please\s+|(?:can|could) you\s+(?:please\s+)?)?(\p{L}+)\s+(?:the\s+)?(?!(?:in|for|to|of|at|on|with|the|an?)\b)([\p{L}\p{N}][\p{L}\p{N}._-]*?)(?=\s+(?:to|on|in|from|for|with|at|into|now|please)\b|[.?!]*\s*$)/iu,
    ) ?? [];
  return own.has(termOf(verb.toLowerCase())) ? object : undefined;
}

function isPlace({ words }: Parameter): boolean {
  return words.some((word) =>
    [
      "environment",
      "env",
      "stage",
      "region",
      "city",
      "location",
      "place",
      "country",
      "to",
    ].includes(word),
  );
}

/** "invoice 7" for `invoice`, `invoice_id` and for the `id` of `get_invoice`. */
function identityValue(parameter: Parameter, given: Clue): string | undefined {
  const nouns = [...parameter.words, ...given.toolWords].filter((word) => word.length > 2);
  for (const noun of nouns) {
    const pattern = new RegExp(
      String.raw`\b${noun}s?\s*(?:id|number|no\.?|nr\.?|is|with|:|=)*\s*#?\s*([\w-]*\d[\w-]*)`,
      "iu",
    );
    const found = given.text.match(pattern)?.[1];
    if (found !== undefined) return take([found], given);
  }
  if (!parameter.isRequired) return undefined;
  const bare = given.text.match(/#([\w-]+)/u)?.[1];
  return take([bare ?? "", ...mentions("quoted", given.text)].filter(Boolean), given);
}

function namedValue(parameter: Parameter, given: Clue): string | undefined {
  const name = parameter.words.join(String.raw`[\s_-]+`);
  const pattern = new RegExp(
    String.raw`\b${name}\s*(?:is|=|:|named|called|to be)\s*["“']?([^"”'?!,;]+?)["”']?(?=[?!,;]|\.?\s*$|\sand\b|\swith\b)|\b${name}\s+["“]([^"”]+)["”]|\b${name}\s+(\p{Lu}[\p{L}\p{N}-]+|(?=[\w-]*\d)[\w-]+)`,
    "u",
  );
  const found = given.text.match(pattern)?.slice(1).find(Boolean)?.trim();
  return found === undefined ? undefined : take([found], given);
}

/** "5 USD to EUR", "London to Rome": a pair for `from` and `to`. */
function pairOf(parameter: Parameter, text: string): readonly string[] {
  const [, from, to] = text.match(/(\S+)\s+(?:to|into)\s+(\S+?)(?=[\s?!.,;]|$)/u) ?? [];
  if (isFrom(parameter)) return [from ?? ""].filter(Boolean);
  return isTo(parameter) ? [to ?? ""].filter(Boolean) : [];
}

function inDirection(
  parameter: Parameter,
  candidates: readonly string[],
  { text }: Clue,
): readonly string[] {
  const words = directions(parameter).join("|");
  const isLed = (candidate: string): boolean => {
    const before = text.slice(0, text.indexOf(candidate));
    return new RegExp(String.raw`\b(?:${words})\s+(?:the\s+)?["“']?$`, "iu").test(before);
  };
  const led = candidates.filter(isLed);
  const others = candidates.filter((candidate) => !isLed(candidate));
  // "from A to B" and "A to B": with a direction of its own, a parameter takes only what fits it.
  if (isTo(parameter) && led.length > 0) return led;
  return isFrom(parameter) && led.length === 0 ? others : [...led, ...others];
}

function directions(parameter: Parameter): readonly string[] {
  if (isFrom(parameter)) return ["from"];
  if (isTo(parameter)) return ["to", "into"];
  return ["in", "for", "to", "of", "about", "at", "near", "with", "on"];
}

/** Whether a parameter is where something comes from. */
export function isFrom({ words }: Parameter): boolean {
  return words.some((word) => ["from", "origin", "source", "departure", "start"].includes(word));
}

/** Whether a parameter is where something goes to. */
export function isTo({ words }: Parameter): boolean {
  return words.some((word) =>
    ["to", "target", "destination", "recipient", "arrival", "end"].includes(word),
  );
}

function formOf({ schema, words, description }: Parameter): string | undefined {
  const format = schema["format"];
  if (typeof format === "string" && format in formats) return formats[format];
  if (/\b(?:ISO 8601|YYYY-MM-DD)\b/iu.test(description)) return "date";
  return words.map((word) => formsByWord.get(word)).find((found) => found !== undefined);
}

const formats: Readonly<Record<string, string>> = {
  email: "email",
  uri: "url",
  url: "url",
  date: "date",
  "date-time": "date",
  time: "time",
};

const formsByWord: ReadonlyMap<string, string> = new Map(
  Object.entries({
    email: "email mail",
    url: "url uri link href",
    date: "date day when deadline due",
    path: "path file filename filepath",
    currency: "currency",
    time: "time hour",
    code: "id invoice order ticket number reference ref code sku account iban serial",
  }).flatMap(([form, words]) => words.split(" ").map((word): [string, string] => [word, form])),
);

function isAllowed(value: string, { schema }: Parameter): boolean {
  const { pattern, minLength, maxLength } = schema;
  if (typeof minLength === "number" && value.length < minLength) return false;
  if (typeof maxLength === "number" && value.length > maxLength) return false;
  return typeof pattern !== "string" || matches(pattern, value);
}

/** A schema's pattern comes from outside and may be no regular expression at all. */
function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, "u").test(value);
  } catch {
    return true;
  }
}
