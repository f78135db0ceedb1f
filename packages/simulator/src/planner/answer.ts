import type { ToolResult } from "./conversation.ts";
import { findEvidence, findNearest, sourceOf, type Evidence } from "./evidence.ts";
import type { Desk, Progress } from "./progress.ts";
import { numberIn } from "./result-number.ts";
import type { QuestionPart } from "./question-parts.ts";
import { inOneLine, isCodeLike, sentencesOf } from "./sentences.ts";
import { abilities, signature } from "./small-talk.ts";

/** The closing answer: for each part what was found, quoted and with its source. */
export function answer(progress: readonly Progress[], desk: Desk): string {
  const sources: string[] = [];
  const cite = (source: string): string => {
    if (!sources.includes(source)) sources.push(source);
    return `[${sources.indexOf(source) + 1}]`;
  };
  const paragraphs = progress.map((one) => answerPart(one, desk, cite)).filter(Boolean);
  const list = sources.map((source, index) => `[${index + 1}] ${source}`);
  const cited = list.length > 0 ? [["Sources:", ...list].join("\n")] : [];
  return [...new Set(paragraphs), ...cited, signature].join("\n\n");
}

/** What was found for one part, in plain words and without sources. */
export function plainAnswer(progress: readonly Progress[], desk: Desk): string {
  return progress
    .map((one) => answerPart(one, desk, () => ""))
    .join(" ")
    .replace(/\s+/gu, " ")
    .trim();
}

type Cite = (source: string) => string;

function answerPart(progress: Progress, desk: Desk, cite: Cite): string {
  const { kind, results, note, part } = progress;
  if (note !== undefined) return note;
  if (kind === "unserved") return fromBefore(progress, desk, cite) ?? unserved(progress, desk);
  const failures = results.filter(isFailure).map(tellFailure);
  const found = results.filter(({ outcome }) => outcome === "found");
  const told = tell(progress, found, { desk, cite });
  if (told !== undefined) return [told, ...(kind === "documents" ? [] : failures)].join("\n");
  if (failures.length > 0) return [...new Set(failures)].join("\n");
  return kind === "documents" || results.length === 0
    ? `I found nothing relevant to “${shortened(part.text)}”.`
    : `${results.map(({ call }) => call.name).join(", ")} returned nothing for “${shortened(part.text)}”.`;
}

interface Desktop {
  readonly desk: Desk;
  readonly cite: Cite;
}

function tell(
  { kind, label = "", decimals, part }: Progress,
  found: readonly ToolResult[],
  { desk, cite }: Desktop,
): string | undefined {
  if (found.length === 0) return undefined;
  if (kind === "documents") {
    return (
      quote(findEvidence(part, found, desk.tools), cite) ?? nearest(part, found, { desk, cite })
    );
  }
  if (kind === "tool") {
    return found.map((result) => tellResult(result, part, { desk, cite })).join("\n");
  }
  return found
    .map((result) => {
      const exact = numberIn(result.text);
      const value = decimals === undefined ? exact : exact?.toFixed(Math.min(decimals, 20));
      return `${label} = ${value ?? inOneLine(result.text)} ${cite(sourceOf(result, desk.tools))}`.trim();
    })
    .join("\n");
}

/** What was read is not passed over in silence: the user can judge whether it is what was meant. */
function nearest(
  part: QuestionPart,
  found: readonly ToolResult[],
  { desk, cite }: Desktop,
): string | undefined {
  const best = findNearest(part, found, desk.tools);
  if (best === undefined) return undefined;
  const text = `${best.text.slice(0, 600)} ${cite(best.source)}`.trim();
  return `Nothing I read plainly answers “${shortened(part.text)}”. The nearest I found: ${text}`;
}

/** A short result is told whole, of a long one the sentences that bear on the part, else its first ones. */
function tellResult(result: ToolResult, part: QuestionPart, { desk, cite }: Desktop): string {
  const line = inOneLine(result.text);
  const source = sourceOf(result, desk.tools);
  if (line.length <= shortResult) return `${line} ${cite(source)}`.trim();
  const told = quote(findEvidence(part, [result], desk.tools), cite);
  if (told !== undefined) return told;
  const first = sentencesOf(result.text).slice(0, 3);
  return `${first
    .map(({ text }) => text)
    .join(" ")
    .slice(0, 600)} ${cite(source)}`.trim();
}

const shortResult = 240;

/** The best sentence, and a second one that is nearly as good or covers what the first does not. */
function quote(evidence: readonly Evidence[], cite: Cite): string | undefined {
  const [best] = evidence;
  if (best === undefined) return undefined;
  const second = evidence.find((one) => isWorthAdding(one, best));
  const quoted = second === undefined ? [best] : [best, second];
  return quoted.map(({ text, source }) => `${text.slice(0, 600)} ${cite(source)}`.trim()).join(" ");
}

function isWorthAdding(one: Evidence, best: Evidence): boolean {
  if (isCodeLike(one.text) || one.text.includes(best.text) || best.text.includes(one.text))
    return false;
  const isNew = one.covers.some((term) => !best.covers.includes(term));
  return one.coverage >= best.coverage * 0.85 || (isNew && one.source === best.source);
}

/** What earlier turns brought may answer what no tool serves. */
function fromBefore({ part }: Progress, desk: Desk, cite: Cite): string | undefined {
  const earlier = findEvidence(part, desk.results, desk.tools);
  return quote(
    earlier.filter(({ coverage }) => coverage >= 0.5),
    cite,
  );
}

function unserved({ part }: Progress, desk: Desk): string {
  return `I cannot answer “${shortened(part.text)}” by rule. ${abilities(desk.tools)}`;
}

function shortened(text: string): string {
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}

function isFailure({ outcome }: ToolResult): boolean {
  return outcome === "failed" || outcome === "denied";
}

function tellFailure({ call, outcome, text }: ToolResult): string {
  const what = `${call.name}(${JSON.stringify(call.input)})`;
  const reason = inOneLine(text).slice(0, 300);
  return outcome === "denied"
    ? `The call ${what} was denied, so it was not done: ${reason}`
    : `The call ${what} failed: ${reason}`;
}
