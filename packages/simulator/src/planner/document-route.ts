import type { JsonObject } from "../json.ts";
import type { PlannedCall, ToolResult } from "./conversation.ts";
import { findEvidence } from "./evidence.ts";
import { fillArguments, guessValue } from "./fill-arguments.ts";
import { hitLabel, hitsIn, locatorGroup, type Hit } from "./hits.ts";
import { matchTools } from "./match-tool.ts";
import type { Parameter } from "./parameter.ts";
import { pursue, together, type Desk, type Progress, type Pursuit } from "./progress.ts";
import type { QuestionPart } from "./question-parts.ts";
import { queriesFor } from "./search-query.ts";
import { toolsFor, type ToolProfile } from "./tool-profile.ts";
import { termsOf } from "./words.ts";

/** Searches (or lists) and reads what bears on a part, or undefined when no tool searches or lists. */
export function lookUp(part: QuestionPart, desk: Desk): Progress | undefined {
  const searchers = toolsFor("search", desk.tools);
  const [best] = matchTools(
    part,
    searchers.map(({ tool }) => tool),
  );
  const searcher = searchers.find(({ tool }) => tool === best?.tool) ?? searchers[0];
  if (searcher !== undefined) {
    const found = search(part, searcher, desk);
    if (found.calls.length > 0) return { part, kind: "documents", ...found };
    return { part, kind: "documents", ...readOn(part, found.results, desk) };
  }
  const lister = desk.tools.find(({ role }) => role.kind === "list");
  if (lister === undefined) return undefined;
  const listed = pursue(listCall(lister, part), part, desk);
  if (listed.calls.length > 0) return { part, kind: "documents", ...listed };
  return { part, kind: "documents", ...readOn(part, listed.results, desk) };
}

/** The call that lists what there is. */
export function listCall(lister: ToolProfile, part: QuestionPart): PlannedCall {
  const { inputs, missing } = fillArguments(lister, part.text);
  const guessed = missing.map((one) => [one.name, guessValue(one, ".")]);
  return { name: lister.name, input: { ...inputs[0], ...Object.fromEntries(guessed) } };
}

function search(
  part: QuestionPart,
  { tool, main }: { readonly tool: ToolProfile; readonly main: Parameter },
  desk: Desk,
): Pursuit {
  const results: ToolResult[] = [];
  const others = { ...tool, parameters: tool.parameters.filter((one) => one !== main) };
  const { inputs, missing } = fillArguments(others, part.text);
  const guessed = missing.map((one) => [one.name, guessLimit(one)]);
  const rest: JsonObject = { ...inputs[0], ...Object.fromEntries(guessed) };
  for (const query of queriesFor(part, tool, main)) {
    const input = { [main.name]: query, ...rest };
    const tried = pursue({ name: tool.name, input }, part, desk);
    if (tried.calls.length > 0) return { calls: tried.calls, results };
    results.push(...tried.results);
    if (tried.results.some(({ outcome }) => outcome !== "empty")) break;
  }
  return { calls: [], results };
}

function guessLimit(parameter: Parameter): unknown {
  const isNumber = parameter.type === "number" || parameter.type === "integer";
  return isNumber ? 5 : guessValue(parameter, ".");
}

/** Reads the best hits, a few at a time, until something bears on the part. */
function readOn(part: QuestionPart, found: readonly ToolResult[], desk: Desk): Pursuit {
  const hits = found
    .filter(({ outcome }) => outcome === "found")
    .flatMap(({ text }) => hitsIn(text));
  const calls = byRelevance(hits, part).flatMap((hit) => readCall(hit, part, desk) ?? []);
  const results = [...found];
  for (let at = 0; at < Math.min(calls.length, mostReads); at += readsAtOnce) {
    const round = calls.slice(at, at + readsAtOnce);
    const read = together(round.map((call) => pursue(call, part, desk)));
    results.push(...read.results);
    if (read.calls.length > 0) return { calls: read.calls, results };
    const [best] = findEvidence(part, results, desk.tools);
    if ((best?.coverage ?? 0) >= goodCoverage) break;
  }
  return { calls: [], results };
}

const readsAtOnce = 3;
const mostReads = 9;
const goodCoverage = 0.6;

/** Hits that share words with the part, rarest words first; all of them when none does. */
function byRelevance(hits: readonly Hit[], part: QuestionPart): readonly Hit[] {
  const distinct = [...new Map(hits.map((hit) => [hitLabel(hit), hit])).values()];
  const terms = distinct.map(
    (hit) => new Set(termsOf(`${Object.values(hit.fields).join(" ")} ${hit.text}`)),
  );
  const score = (at: number): number =>
    part.terms
      .filter((term) => terms[at]?.has(term))
      .reduce((sum, term) => sum + 1 / terms.filter((own) => own.has(term)).length, 0);
  const scored = distinct.map((hit, at) => ({ hit, score: score(at) }));
  const best = scored.toSorted((a, b) => b.score - a.score);
  return best.map(({ hit }) => hit);
}

function readCall(hit: Hit, part: QuestionPart, desk: Desk): PlannedCall | undefined {
  const readers = toolsFor("read", desk.tools);
  const ranked = readers
    .map((reader) => ({ ...reader, value: valueFor(reader.main, hit) }))
    .filter(({ value }) => value !== undefined);
  const [first] = ranked;
  if (first === undefined) return undefined;
  const [matched] = matchTools(
    part,
    ranked.map(({ tool }) => tool),
  );
  const { tool, main, value } = ranked.find((one) => one.tool === matched?.tool) ?? first;
  return { name: tool.name, input: { [main.name]: value } };
}

/** The field of a hit that a reader takes: of the same name, else of the same sort, else the only one there is. */
function valueFor(main: Parameter, { fields }: Hit): string | number | undefined {
  const group = locatorGroup(main.name);
  const names = Object.keys(fields);
  const same =
    names.find((name) => name === main.name) ??
    names.find((name) => group !== undefined && locatorGroup(name) === group) ??
    (names.length === 1 && group !== "url" ? names[0] : undefined);
  const value = same === undefined ? undefined : fields[same];
  if (value === undefined || main.type === "string")
    return value === undefined ? value : String(value);
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}
