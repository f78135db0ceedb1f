import type { Repair, ToolCall } from "@pawl/core";

import { readArguments } from "../tool-calls/call-arguments.ts";
import { type CallRules, finishedCalls, type WrittenCall } from "../tool-calls/finished-calls.ts";
import { mintCallId } from "../tool-calls/mint-call-id.ts";
import { toolNamed } from "../tool-calls/tool-names.ts";
import { type JsonObject, objectOf, textOf, writeJson } from "../wire/json.ts";
import { framed } from "./frame.ts";
import { answerKey, argumentKeys, mayBecomeCalls, nameKeys } from "./opening.ts";

/** What a model that writes its calls as text meant by a text. */
export interface Reading {
  /** Empty when the text is an answer. */
  readonly calls: readonly ToolCall[];
  /** The answer; empty when the text is calls, or says only that no tool is needed. */
  readonly text: string;
  /** What Command R planned before it called. */
  readonly plan?: string | undefined;
}

/**
 * Reads a text as calls when all of it is calls, and as an answer otherwise: words before or after a call, or a key that a
 * call does not have, make it an answer, so that an answer that is JSON, or speaks of a call, is never run. Calls that began
 * and were not written to the end are calls that cannot be run.
 */
export function readCalls(text: string, rules: CallRules): Reading {
  const frame = mayBecomeCalls(text) ? framed(text) : undefined;
  if (!frame) return answer(text);
  const { plan, json, isClosed, rest } = frame;
  const direct = frame.direct && isFree(frame.direct, rules) ? frame.direct : undefined;
  if (direct) return { ...answer(directAnswer(rest)), plan };
  const read = isClosed ? valuesOf(json) : undefined;
  if (!read) return rest === "" ? (brokenCall(json, rules, plan) ?? answer(text)) : answer(text);
  const items = read.values.map((value) => itemOf(value, rules));
  const calls = items.flatMap((item) => item?.call ?? []);
  if (items.includes(undefined) || (rest !== "" && items.some((item) => !item?.isDirect)))
    return answer(text);
  // An answer beside calls was written before anything was known of their results.
  if (calls.length > 0)
    return { calls: calls.flatMap((call) => finished(call, rules, read)), text: "", plan };
  const words = [...items.map((item) => item?.answer ?? ""), rest].filter((each) => each !== "");
  return { ...answer(words.join("\n")), plan };
}

function answer(text: string): Reading {
  return { calls: [], text };
}

/** Whether the word by which Command R declines to call is not the name of a tool. */
function isFree(name: string, { names }: CallRules): boolean {
  return toolNamed(name, names) === undefined;
}

interface Values {
  readonly values: readonly unknown[];
  readonly repairs: readonly Repair[];
}

/** The objects of a text that is objects, or a list of them, and nothing else. */
function valuesOf(json: string): Values | undefined {
  const isList = json.startsWith("[");
  const read = readArguments(isList ? `{"calls":${json}}` : json);
  if (!("inputs" in read)) return undefined;
  // Several objects are what was asked for, and no mending.
  const repairs = read.repairs.filter((repair) => repair !== "split");
  const list = read.inputs[0]?.["calls"];
  if (!isList) return { values: read.inputs, repairs };
  return Array.isArray(list) && list.length > 0 ? { values: list, repairs } : undefined;
}

/** One object of a text that may be calls; `undefined` for one that is neither a call nor an answer. */
interface Item {
  readonly call?: WrittenCall;
  readonly answer?: string;
  /** Whether it says that no tool is needed. */
  readonly isDirect?: boolean;
}

function itemOf(value: unknown, rules: CallRules): Item | undefined {
  const object = objectOf(value) ?? {};
  const keys = Object.keys(object);
  if (keys.length === 1 && keys[0] === answerKey) return { answer: asText(object[answerKey]) };
  const name = textOf(firstOf(nameKeys, object));
  const args = firstOf(argumentKeys, object);
  const isDirect = name !== undefined && /^directly[-_]answer$/.test(name) && isFree(name, rules);
  if (isDirect && keys.length === (args === undefined ? 1 : 2))
    return { isDirect, answer: argumentAnswer(objectOf(args)) };
  if (name === undefined || args === undefined || keys.length !== 2) return undefined;
  // Only of a tool that exists can it be said that its arguments are wrong; anything else may be an answer.
  if (isFree(name, rules) && !isArguments(args)) return undefined;
  const written = typeof args === "string" ? args : writeJson(args);
  return { call: { id: mintCallId(), name, arguments: written } };
}

/** What stands under the first of the keys that is there. */
function firstOf(keys: readonly string[], object: JsonObject): unknown {
  const key = keys.find((each) => each in object);
  return key === undefined ? undefined : object[key];
}

function isArguments(value: unknown): boolean {
  if (typeof value === "string") return "inputs" in readArguments(value);
  return value === null || objectOf(value) !== undefined;
}

function finished(call: WrittenCall, rules: CallRules, { repairs }: Values): ToolCall[] {
  return finishedCalls(call, rules).map((each) =>
    repairs.length > 0 ? { ...each, repairs: [...repairs, ...(each.repairs ?? [])] } : each,
  );
}

/** A call up to its arguments, or as far as it came. */
const opening =
  /^[[\s]*\{\s*"(?:tool|tool_name|name)"\s*:\s*"([^"\\]*)"\s*(?:$|,\s*(?:$|"(?:(?:arguments|parameters|input)"|\w*$)))/;

/** The call that a text began and did not end, or wrote as something that is no JSON; none when no tool of that name exists. */
function brokenCall(json: string, rules: CallRules, plan: string | undefined): Reading | undefined {
  const [, name = ""] = opening.exec(json) ?? [];
  if (isFree(name, rules)) return undefined;
  const cut = rules.cut ?? "the call is not complete, valid JSON";
  const written = { id: mintCallId(), name, arguments: json };
  return { calls: finishedCalls(written, { ...rules, cut }), text: "", plan };
}

/** What follows the word `directly_answer`: nothing, its arguments, or the answer. */
function directAnswer(rest: string): string {
  const args = /^\(([^]*)\)$/.exec(rest)?.[1];
  const inner = (args ?? rest.replace(/^(?:\(\s*\))?:?/, "")).trim();
  const read = inner.startsWith("{") ? readArguments(inner) : undefined;
  return read && "inputs" in read ? argumentAnswer(read.inputs[0]) : inner;
}

const answerNames = ["answer", "text", "response", "message", "content"];

/** The argument that is an answer: one that is called so, or the only one. */
function argumentAnswer(args: JsonObject = {}): string {
  const values = Object.values(args);
  const named = answerNames.map((name) => textOf(args[name])).find((text) => text !== undefined);
  return named ?? (values.length === 1 ? (textOf(values[0]) ?? "") : "");
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : writeJson(value);
}
