import { parseJson } from "../json.ts";
import { namedValues } from "./sentences.ts";

/** The number that a tool answered with, however it wrapped it. */
export function numberIn(text: string): number | undefined {
  const json = parseJson(text);
  if (json !== undefined) return numberInJson(json);
  const [, afterEquals] = text.match(/=\s*(-?[\d,]*\.?\d+(?:e[+-]?\d+)?)\s*$/iu) ?? [];
  const found = afterEquals ?? text.match(/-?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?/giu)?.at(-1);
  return found === undefined ? undefined : Number(found.replaceAll(",", ""));
}

function numberInJson(json: unknown): number | undefined {
  const numbers = namedValues(json).flatMap(([name, value]): [string, number][] => {
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    return typeof number === "number" && Number.isFinite(number) ? [[name, number]] : [];
  });
  const named = numbers.find(([name]) => /(?:result|answer|value|output|total|sum)$/iu.test(name));
  return (named ?? numbers.at(-1))?.[1];
}
