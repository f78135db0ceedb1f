import { mentions } from "./mentions.ts";
import type { Parameter } from "./parameter.ts";
import type { QuestionPart } from "./question-parts.ts";
import type { ToolProfile } from "./tool-profile.ts";
import { termOf } from "./words.ts";

/** What to search for, at most two attempts: all key words, then the rarest alone; as the tool's text asks. */
export function queriesFor(
  part: QuestionPart,
  tool: ToolProfile,
  main: Parameter,
): readonly string[] {
  const [quoted] = mentions("quoted", part.text);
  const words = keyWords(part);
  const rarest = byRarity(words);
  const about = `${tool.description} ${main.description}`;
  const [first = part.text, second = first] = rarest;
  if (quoted !== undefined) return [...new Set([quoted, first])];
  if (main.words.includes("question")) return [...new Set([part.text, words.join(" ")])];
  if (/\b(?:regex|regexp|regular expression)\b/iu.test(`${main.name} ${about}`)) {
    return [...new Set([rarest.slice(0, 4).join("|") || first, first])];
  }
  // A search for a literal text finds no line that holds the words apart.
  if (literal.test(about)) return [...new Set([partOf(first), partOf(second)])];
  return [...new Set([words.join(" ") || part.text, first])];
}

const literal =
  /\b(?:literal|exact|substring|verbatim|(?:contain(?:s|ing)?|hold|with) (?:an? |the )?(?:given )?(?:text|string|phrase)|text to (?:look|search) for)/iu;

/** What a word shares with its inflections: "retr" finds "retries" and "retry". */
function partOf(word: string): string {
  const stem = termOf(word);
  let length = 0;
  while (length < word.length && word[length] === stem[length]) length++;
  return length >= 4 ? word.slice(0, length) : word;
}

function keyWords({ words }: QuestionPart): readonly string[] {
  const telling = words.filter((word) => !aboutDocuments.has(termOf(word)));
  return telling.length > 0 ? telling : words;
}

/** Words that are rare in most texts first; of those, the longest. */
function byRarity(words: readonly string[]): readonly string[] {
  return words.toSorted((a, b) => Number(isCommon(a)) - Number(isCommon(b)) || b.length - a.length);
}

function isCommon(word: string): boolean {
  return commonWords.has(termOf(word));
}

const aboutDocuments: ReadonlySet<string> = new Set(
  "document file notes page knowledge base folder text mention according written information"
    .split(" ")
    .map(termOf),
);

const commonWords: ReadonlySet<string> = new Set(
  `request response package system user value name type number data work change option default version
  project code function server client service company people person day year month week use start end run
  set key part way place thing kind case point line list order process test error message support policy
  team office product issue new old first last long many time`
    .split(/\s+/u)
    .map(termOf),
);
