import { findArithmetic } from "./arithmetic.ts";
import { fillArguments } from "./fill-arguments.ts";
import { matchTools, type ToolMatch } from "./match-tool.ts";
import { mentions } from "./mentions.ts";
import type { Parameter } from "./parameter.ts";
import { pursue, together, type Desk, type Progress } from "./progress.ts";
import type { QuestionPart } from "./question-parts.ts";
import { toolsFor, type ToolProfile } from "./tool-profile.ts";
import { termOf, termsOf } from "./words.ts";

/** Calls the tool that a part speaks of with what the part says; asks for what it does not say. */
export function useTool(part: QuestionPart, desk: Desk): Progress | undefined {
  const canLookUp = desk.tools.some(({ role }) => role.kind === "search" || role.kind === "list");
  const candidates = matchTools(part, desk.tools.filter(isOwnTool))
    // Where there are documents to look in, words shared with a description are too little.
    .filter(({ score }) => !canLookUp || score >= 3)
    .map((match) => ({ ...match, ...fillArguments(match.tool, part.text) }));
  const ready = candidates.find(({ missing }) => missing.length === 0);
  const [best] = candidates;
  const chosen = ready !== undefined && best !== undefined && isRival(ready, best) ? ready : best;
  if (chosen === undefined) return undefined;
  const { tool, inputs, missing } = chosen;
  if (missing.length > 0) {
    return { part, kind: "tool", calls: [], results: [], note: askFor(tool, missing) };
  }
  const made = inputs.map((input) => pursue({ name: tool.name, input }, part, desk));
  return { part, kind: "tool", ...together(made) };
}

/** Opens what a part names outright: a path, an address, or an id. */
export function openNamed(part: QuestionPart, desk: Desk): Progress | undefined {
  const isAsked =
    /\b(?:read|open|show|fetch|get|load|view|summari[sz]e|visit|display|quote|says?|contents?|in)\b/iu;
  const places = ["url", "path", "code"].flatMap((form) => mentions(form, part.text));
  for (const { tool, main } of toolsFor("read", desk.tools)) {
    const { inputs, missing } = fillArguments(tool, part.text);
    const value = String(inputs[0]?.[main.name]);
    const isPlace = places.includes(value) || /^#?\d+$/u.test(value);
    // "user 42" is enough for `get_user`; without the tool's own word, opening must be asked for.
    const isMeant =
      isAsked.test(part.text) ||
      (tool.words.some((word) => part.words.includes(word)) && !hasRival(tool, part, desk));
    if (missing.length > 0 || !isPlace || !isMeant) continue;
    const made = inputs.map((input) => pursue({ name: tool.name, input }, part, desk));
    return { part, kind: "tool", ...together(made) };
  }
  return undefined;
}

/** Puts the whole part to the tool that answers questions of its kind. */
export function consult(part: QuestionPart, desk: Desk): Progress | undefined {
  const advisers = toolsFor("ask", desk.tools);
  const [adviser] = advisers.toSorted((a, b) => fitness(b.tool, part) - fitness(a.tool, part));
  if (adviser === undefined || part.terms.length === 0) return undefined;
  const call = { name: adviser.tool.name, input: { [adviser.main.name]: part.text } };
  return { part, kind: "tool", ...pursue(call, part, desk) };
}

/** How well an adviser fits: the words it shares with the part, and whether it reckons or looks things up. */
function fitness(tool: ToolProfile, part: QuestionPart): number {
  const about = `${tool.words.join(" ")} ${tool.description}`;
  const isReckoner = /calculat|math|arithmetic|\bsums?\b|number/iu.test(about);
  const isReader = /search|look|document|file|\bread|librar|knowledge|research/iu.test(about);
  const suits = findArithmetic(part.text).length > 0 ? isReckoner : isReader && !isReckoner;
  const terms = new Set([...tool.words, ...termsOf(tool.description)].map(termOf));
  return part.terms.filter((term) => terms.has(term)).length + (suits ? 2 : 0);
}

/** "close ticket 9" speaks of `close_ticket` more than of `get_ticket`. */
function hasRival(reader: ToolProfile, part: QuestionPart, { tools }: Desk): boolean {
  const rivals = tools.filter((tool) => tool === reader || isOwnTool(tool));
  const [best] = matchTools(part, rivals);
  const [own] = matchTools(part, [reader]);
  return best !== undefined && best.score > (own?.score ?? 0);
}

/** Searching, reading and reckoning have ways of their own. */
function isOwnTool({ role }: ToolProfile): boolean {
  return role.kind === "other" || role.kind === "ask";
}

/** A tool that can be called at once goes before one that lacks arguments, if the part speaks of it nearly as much. */
function isRival(ready: ToolMatch, best: ToolMatch): boolean {
  return ready.score >= best.score - 1;
}

function askFor(tool: ToolProfile, missing: readonly Parameter[]): string {
  const wanted = missing.map(({ name, type, description, schema }) => {
    const choices: readonly unknown[] = [schema["enum"] ?? []].flat();
    const about =
      choices.length > 0 ? `one of ${choices.map(String).join(", ")}` : description || type;
    return `${name} (${about})`;
  });
  return `To use ${tool.name} I still need ${wanted.join(" and ")}. Please tell me.`;
}
