/** The words of a text as they are compared in a search: lower case, accents and common English endings removed. */
export function wordsOf(text: string): readonly string[] {
  const plain = text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    // maxRetries is found by "retries" as well as by itself.
    .replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .toLowerCase();
  return (plain.match(/[\p{L}\p{N}]+/gu) ?? []).map(stem);
}

/** The words of a question that say what it is about; all of them when it has no others. */
export function searchWordsOf(query: string): readonly string[] {
  const words = [...new Set(wordsOf(query))];
  const telling = words.filter((word) => !stopWords.has(word));
  return (telling.length > 0 ? telling : words).slice(0, 32);
}

const stopWords: ReadonlySet<string> = new Set(
  wordsOf(
    "a an and are as at be been but by can could did do does for from had has have how i if in into is it its me my no not of on or our should so than that the their them then there these they this to us was we were what when where which who whose why will with would you your",
  ),
);

/** Not a real stemmer: it only has to map the forms of one word to the same text, rarely those of two. */
function stem(word: string): string {
  // Longer ones are no words, and the pattern for verbs takes quadratic time on them.
  if (word.length < 4 || word.length > 40 || !/^[a-z]+$/.test(word)) return word;
  return withoutFinalE(withoutVerbEnding(withoutPlural(word)));
}

function withoutPlural(word: string): string {
  if (word.length > 4 && word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  if (/(?:ss|x|z|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return /[^siu]s$/.test(word) ? word.slice(0, -1) : word;
}

function withoutVerbEnding(word: string): string {
  if (word.length > 4 && word.endsWith("ied")) return `${word.slice(0, -3)}y`;
  const [, base] = /^(.*[aeiouy].*[^e])(?:ed|ing)$/.exec(word) ?? [];
  if (base === undefined || base.length < 3) return word;
  // stopped → stop, but billing → bill.
  return base.replace(/([bcdfghjkmnpqrtvw])\1$/, "$1");
}

function withoutFinalE(word: string): string {
  return word.length > 3 && word.endsWith("e") ? word.slice(0, -1) : word;
}
