import { isJsonObject, parseJson } from "../json.ts";
import type { PlannedCall } from "../planner/conversation.ts";

/** The text of one or more calls, for a model that tells them in words. */
export function callsInWords(calls: readonly PlannedCall[]): string {
  const told = calls.map(({ name, input }) => JSON.stringify({ tool: name, arguments: input }));
  return told.length === 1 ? told.join() : `[${told.join(",\n")}]`;
}

/** The calls at the end of a text, none where it is an answer, and the words before them. */
export function toldCalls(text: string): { text: string; calls: readonly PlannedCall[] } {
  const found = written.exec(text);
  const calls = [parseJson(found?.[1] ?? "")].flat().flatMap(callIn);
  return { text: text.slice(0, found?.index), calls };
}

/** A call a line: one by itself, or a list of them. */
const written = /(?:^|\n)(\{"tool":[^\n]*\}|\[\{"tool":[^\n]*\}(?:,\n\{"tool":[^\n]*\})*\])$/u;

function callIn(value: unknown): readonly PlannedCall[] {
  if (!isJsonObject(value)) return [];
  const { tool: name, arguments: input } = value;
  return typeof name === "string" && isJsonObject(input) ? [{ name, input }] : [];
}
