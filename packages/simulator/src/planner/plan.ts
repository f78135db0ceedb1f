import type { ChatRequest } from "../chat-request.ts";
import { canonicalJson, type JsonObject } from "../json.ts";
import { isActing } from "./acting.ts";
import { answer, plainAnswer } from "./answer.ts";
import { reckon } from "./arithmetic-route.ts";
import { readConversation, resultOf, type PlannedCall } from "./conversation.ts";
import { listCall, lookUp } from "./document-route.ts";
import { forcedCall } from "./forced-call.ts";
import { matchTools } from "./match-tool.ts";
import { pursue, type Desk, type Progress } from "./progress.ts";
import { questionParts, wholePart, type QuestionPart } from "./question-parts.ts";
import { signature, smallTalk } from "./small-talk.ts";
import { structuredAnswer } from "./structured-answer.ts";
import { toolProfiles, type ToolProfile } from "./tool-profile.ts";
import { consult, openNamed, useTool } from "./tool-route.ts";

/** The next move in a conversation: calls to make, or with none, the answer. */
export interface Move {
  readonly text: string;
  readonly calls: readonly PlannedCall[];
}

/** Decides the next move by rule, from the tools on offer and the conversation alone. */
export function plan(request: ChatRequest): Move {
  const { question: whole, results } = readConversation(request);
  // Rules look for short questions; a pasted book is not searched for arithmetic.
  const question = whole.slice(0, 8000).replace(/[ \t]{2,}/gu, " ");
  const isBarred = request.tool_choice === "none";
  const all = toolProfiles(request.tools ?? []);
  const desk: Desk = { tools: all, results };
  const talk = smallTalk(question, all);
  const progress = talk === undefined ? workOn(question, desk) : [];
  const wanted = isBarred ? [] : distinct(progress.flatMap(({ calls }) => calls));
  const forced = forcedCall(request, { question, wanted, desk });
  const calls = forced ?? wanted;
  if (calls.length > 0) {
    return { text: "", calls: request.parallel_tool_calls === false ? calls.slice(0, 1) : calls };
  }
  const closing = isBarred ? undefined : finalCall(progress, desk);
  if (closing !== undefined && resultOf(closing, results) === undefined) {
    return { text: "", calls: [closing] };
  }
  return { text: closingText(request, { talk, progress, desk }), calls: [] };
}

function workOn(question: string, desk: Desk): readonly Progress[] {
  const verbs = new Set(desk.tools.flatMap(({ words }) => words.slice(0, 1)));
  const parts = questionParts(question, verbs);
  const progress = (parts.length > 0 ? parts : [wholePart(question)]).flatMap((part) =>
    workOnPart(part, desk),
  );
  const served = progress.filter(({ kind }) => kind !== "unserved");
  // A remark beside a question that was served needs no answer of its own.
  return served.length > 0
    ? progress.filter(({ kind, part }) => kind !== "unserved" || part.text.endsWith("?"))
    : progress.slice(0, 1);
}

/** A part is worked on as far as it is meant: only an order reaches the tools that change something. */
function workOnPart(part: QuestionPart, desk: Desk): readonly Progress[] {
  if (part.intent === "order") return serve(part, desk);
  if (part.intent === "forbidden") {
    return [leftUndone(part, `I did nothing for “${part.text}”, because I was told not to.`)];
  }
  const acting = desk.tools.filter(isActing);
  const reading = desk.tools.filter((tool) => !acting.includes(tool));
  const served = serve(part, { ...desk, tools: reading });
  const [spared] = matchTools(part, acting);
  if (spared === undefined || served.some(({ kind }) => kind !== "unserved")) return served;
  const why = "because it asks or tells, and is no plain order";
  return [leftUndone(part, `I did not call ${spared.tool.name} for “${part.text}”, ${why}.`)];
}

function leftUndone(part: QuestionPart, note: string): Progress {
  return { part, kind: "tool", calls: [], results: [], note };
}

/** The ways a part can be served, the surest first. */
function serve(part: QuestionPart, desk: Desk): readonly Progress[] {
  const reckoned = reckon(part, desk);
  if (reckoned !== undefined) return reckoned;
  const served =
    openNamed(part, desk) ??
    listAll(part, desk) ??
    useTool(part, desk) ??
    lookUpTopic(part, desk) ??
    consult(part, desk);
  return [served ?? { part, kind: "unserved", calls: [], results: [] }];
}

function listAll(part: QuestionPart, desk: Desk): Progress | undefined {
  const lister = desk.tools.find(({ role }) => role.kind === "list");
  const isAsked =
    /^(?:please )?list\b|\b(?:which|what) (?:files|documents|notes|pages|folders|entries) (?:are|do|can|exist)\b/iu;
  if (lister === undefined || !isAsked.test(part.text)) return undefined;
  return { part, kind: "tool", ...pursue(listCall(lister, part), part, desk) };
}

function lookUpTopic(part: QuestionPart, desk: Desk): Progress | undefined {
  return part.terms.length === 0 ? undefined : lookUp(part, desk);
}

/** A tool that takes the final answer is called with it, once everything is gathered. */
function finalCall(progress: readonly Progress[], desk: Desk): PlannedCall | undefined {
  const tool = desk.tools.find(({ role }) => role.kind === "final");
  if (tool === undefined || progress.length === 0) return undefined;
  if (desk.results.some(({ call, isCurrent }) => isCurrent && call.name === tool.name))
    return undefined;
  return { name: tool.name, input: structuredAnswer(schemaOf(tool), progress, desk) };
}

function schemaOf({ parameters }: ToolProfile): JsonObject {
  const required = parameters.filter(({ isRequired }) => isRequired).map(({ name }) => name);
  const properties = Object.fromEntries(parameters.map(({ name, schema }) => [name, schema]));
  return { ...parameters[0]?.root, type: "object", properties, required };
}

interface Gathered {
  readonly talk: string | undefined;
  readonly progress: readonly Progress[];
  readonly desk: Desk;
}

function closingText(
  { response_format: format }: ChatRequest,
  { talk, progress, desk }: Gathered,
): string {
  if (format?.type === "json_schema") {
    return JSON.stringify(structuredAnswer(format.json_schema?.schema ?? {}, progress, desk));
  }
  if (format?.type === "json_object") {
    return JSON.stringify({ answer: talk ?? plainAnswer(progress, desk) });
  }
  return talk === undefined ? answer(progress, desk) : `${talk}\n\n${signature}`;
}

function distinct(calls: readonly PlannedCall[]): readonly PlannedCall[] {
  return [...new Map(calls.map((call) => [canonicalJson(call), call])).values()];
}
