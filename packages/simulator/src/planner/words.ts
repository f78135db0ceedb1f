/** The words of a text in lower case; `camelCase` and `snake_case` names come apart. */
export function wordsOf(text: string): readonly string[] {
  const apart = text.replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, "$1 $2").toLowerCase();
  return apart.replace(/['’]s\b/gu, "").match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** The words that say what a text is about, each once, in order. */
export function contentWords(text: string): readonly string[] {
  return [...new Set(wordsOf(text).filter((word) => !stopWords.has(word)))];
}

/** The content words of a text, reduced so that inflections and synonyms are equal. */
export function termsOf(text: string): readonly string[] {
  return [...new Set(contentWords(text).map(termOf))];
}

/** One word without its inflection, as the first of its synonyms. */
export function termOf(word: string): string {
  const stem = stemOf(word);
  return synonyms.get(stem) ?? stem;
}

/** Whether a word carries no meaning of its own. */
export function isStopWord(word: string): boolean {
  return stopWords.has(word);
}

function stemOf(word: string): string {
  if (word.length < 4) return word;
  for (const [ending, replacement] of endings) {
    if (!word.endsWith(ending)) continue;
    const stem = word.slice(0, -ending.length) + replacement;
    if (stem.length < (ending.startsWith("al") ? 5 : 3)) continue;
    const isDoubled = /([bdgmnprt])\1$/u.test(stem) && replacement === "" && ending.length > 1;
    return (isDoubled ? stem.slice(0, -1) : stem).replace(/e$/u, "");
  }
  return word.replace(/e$/u, "");
}

/** Longest first; the empty replacement of `ss`-like endings keeps "class" and "status" whole. */
const endings: readonly (readonly [ending: string, replacement: string])[] = [
  ["ies", "y"],
  ["ied", "y"],
  ["ying", "y"],
  ["sses", "ss"],
  ["ches", "ch"],
  ["shes", "sh"],
  ["xes", "x"],
  ["ss", "ss"],
  ["us", "us"],
  ["is", "is"],
  ["ing", ""],
  ["als", ""],
  ["ed", ""],
  ["al", ""],
  ["s", ""],
];

const synonymGroups: readonly string[] = [
  "weather forecast temperature rain rainy sunny climate",
  "time date clock now today datetime",
  "pay transfer payment paid settle remit",
  "document doc file note page article",
  "expert specialist professional advisor",
  "email mail e-mail",
  "calculate calculation calculator compute evaluate arithmetic math maths",
  "buy purchase",
  "cost price",
  "delete remove erase",
  "create make",
  "convert conversion exchange",
  "translate translation translator",
  "book reserve reservation booking",
  "customer client",
  "employee staff colleague",
  "car vehicle",
  "phone telephone",
  "licence license licensed licensing",
  "maximum max",
  "minimum min",
  "location place city town",
];

const synonyms: ReadonlyMap<string, string> = new Map(
  synonymGroups.flatMap((group) => {
    const [first = "", ...others] = group.split(" ").map(stemOf);
    return others.map((other): [string, string] => [other, first]);
  }),
);

const stopWords: ReadonlySet<string> = new Set(
  `a about all also an and any anyone are as at be been being but by can could did do does doing done each
  for from get give gives given had has have having he her here him his how i if in into is it its just let
  many may me might more most much must my need needs no not of off on one only or other our out over please
  s same shall she should show so some such t tell than that the their them then there these they this those
  to too up us use used uses using very want was we were what what's when where which while who whom whose
  why will with would you your yours know like say says said hey hi hello thanks ok find look search
  out according return returns returned don doesn isn aren d ll re ve m anything something everything every
  current currently`.split(/\s+/u),
);
