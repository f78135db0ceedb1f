import { parseJson, type JsonObject } from "../json.ts";
import { plainAnswer } from "./answer.ts";
import { clue } from "./clue.ts";
import { guessValue } from "./fill-arguments.ts";
import { chosenBy, findValue } from "./find-value.ts";
import { itemOf, parametersOf, type Parameter } from "./parameter.ts";
import type { Desk, Progress } from "./progress.ts";
import { numberIn } from "./result-number.ts";
import { namedValues } from "./sentences.ts";
import { termsOf } from "./words.ts";

/** An object of a JSON schema, filled from the results, then the question; what neither tells gets a value of its type. */
export function structuredAnswer(
  schema: JsonObject,
  progress: readonly Progress[],
  desk: Desk,
): JsonObject {
  const question = progress.map(({ part }) => part.text).join("\n");
  const told = plainAnswer(progress, desk);
  const found = progress
    .flatMap(({ results }) => results)
    .filter(({ outcome }) => outcome === "found");
  const values = found.flatMap(({ text }) => namedValues(parseJson(text)));
  const numbers = found.flatMap(({ text }) => numberIn(text) ?? []);
  return fillObject(parametersOf(schema), { question, told, values, numbers });
}

interface Known {
  readonly question: string;
  readonly told: string;
  readonly values: readonly (readonly [name: string, value: unknown])[];
  readonly numbers: readonly number[];
}

function fillObject(parameters: readonly Parameter[], known: Known): JsonObject {
  const entries = parameters.map((one): [string, unknown] => [one.name, valueOf(one, known)]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function valueOf(parameter: Parameter, known: Known): unknown {
  const { type, schema, root, isRequired } = parameter;
  if (schema["const"] !== undefined) return schema["const"];
  if (type === "object") return fillObject(parametersOf(schema, root), known);
  if (Array.isArray(schema["enum"])) {
    return chosenBy(`${known.told} ${known.question}`, schema["enum"]) ?? schema["enum"][0];
  }
  const fromResult = known.values.find(
    ([name, value]) => isSame(name, parameter) && isOf(type, value),
  );
  if (fromResult !== undefined) return fromResult[1];
  if (type === "array") return listOf(parameter, known);
  if (type === "string") return textOf(parameter, known);
  const given = clue(known.question, [], [parameter]);
  const fromQuestion = findValue({ ...parameter, isRequired: false }, given);
  if (fromQuestion !== undefined) return fromQuestion;
  const number = known.numbers.find((one) => type === "number" || Number.isInteger(one));
  if (number !== undefined && type !== "boolean") return number;
  return isRequired ? guessValue(parameter, "") : undefined;
}

function textOf(parameter: Parameter, { question, told }: Known): string {
  const isWhole = parameter.words.some((word) =>
    ["answer", "summary", "text", "result", "output", "response", "explanation"].includes(word),
  );
  const given = clue(question, [], [parameter]);
  const found = isWhole ? undefined : findValue({ ...parameter, isRequired: false }, given);
  return typeof found === "string" ? found : told || question;
}

function listOf(parameter: Parameter, known: Known): readonly unknown[] {
  const item = itemOf(parameter);
  const least = Number(parameter.schema["minItems"] ?? 0);
  if (item.type === "object") return [valueOf(item, known)];
  const found = findValue(
    { ...parameter, isRequired: true },
    clue(known.question, [], [parameter]),
  );
  if (Array.isArray(found) && found.length >= least) return found;
  return Array.from({ length: Math.max(least, item.type === "string" ? 1 : 0) }, () =>
    valueOf(item, known),
  );
}

function isSame(name: string, parameter: Parameter): boolean {
  const own = termsOf(parameter.name);
  const other = new Set(termsOf(name));
  return own.length > 0 && own.every((term) => other.has(term));
}

function isOf(type: Parameter["type"], value: unknown): boolean {
  return type === "integer" ? Number.isInteger(value) : typeof value === type;
}
