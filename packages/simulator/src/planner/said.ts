import { take, type Clue } from "./clue.ts";
import { mentions } from "./mentions.ts";
import type { Parameter } from "./parameter.ts";

/** Whether a parameter takes words that are to be written or sent as they are. */
export function isSaid({ words }: Parameter): boolean {
  return words.some((word) => heads.has(word) || bodies.has(word));
}

/** Whether such a parameter stands beside others, so that words which are not said to be its own may be theirs. */
export function isOneOfMany({ words }: Parameter, { labels }: Clue): boolean {
  return labels.length > 1 && !words.includes("title");
}

/** The words for such a parameter: after its name, in quotes, or after "saying". */
export function saidFor(parameter: Parameter, given: Clue): string | undefined {
  const labelled = labelledIn(parameter, given);
  if (labelled !== undefined) return take([labelled], given);
  const quoted = take(mentions("quoted", given.text), given);
  if (quoted !== undefined) return quoted;
  // What is said goes into the body of a letter, not into its head.
  const isHead = parameter.words.some((word) => heads.has(word));
  const hasBody = given.labels.some((label) => label.split(" ").some((word) => bodies.has(word)));
  return isHead && hasBody ? undefined : saidAfter(given.text);
}

/** "with the subject Hello and the body See you at 5": up to the next name, or the end. */
function labelledIn({ words }: Parameter, { text, labels }: Clue): string | undefined {
  const own = words.join(" ");
  const lastWords = labels.filter((label) => label !== own).map((label) => label.split(" ").at(-1));
  const others = [...lastWords, "saying", "without"].join("|");
  const names = [words.join(String.raw`[\s_-]+`), words.at(-1) ?? ""];
  if (words.includes("title") || words.includes("name")) names.push("titled", "entitled");
  const pattern = new RegExp(
    String.raw`\b(?:${names.join("|")})(?:\s*(?:=|:)\s*|\s+(?:is\s+|to be\s+)?)(?:["“]([^"”]+)["”]|(?!(?:to|for|from|in|on|at|with|by|of|saying|that|about|and|or|the|is|are)\b)([^"“”]+?)(?=,?\s+(?:and\s+|with\s+)*(?:the\s+|an?\s+|its\s+)?(?:${others})\b|[.?!]?\s*$))`,
    "iu",
  );
  const found = text.match(pattern);
  return (found?.[1] ?? found?.[2])?.trim();
}

function saidAfter(text: string): string | undefined {
  return text.match(/(?:\b(?:saying|that says|reading|with the text)\b:?|:)\s+(.+?)[.?!]?$/iu)?.[1];
}

const heads: ReadonlySet<string> = new Set(["title", "subject"]);
const bodies: ReadonlySet<string> = new Set(
  "message text body content note comment description".split(" "),
);
