/**
 * The words of a name or a text as they are compared in a search: those of {@link splitWords} without common English
 * endings. Scripts that put no spaces between words give pairs of characters.
 */
export function toolWords(text: string): readonly string[] {
  return splitWords(text).flatMap((word) => (unspaced.test(word) ? pairs(word) : [stem(word)]));
}

/** Split at `_`, `-`, spaces and inside camelCase; in lower case and without accents. */
export function splitWords(text: string): readonly string[] {
  const plain = text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, "$1 $2")
    // PRs are more than one PR, and an HTTPServer is an HTTP server.
    .replace(/(\p{Lu}{2})s(?!\p{Ll})/gu, "$1")
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2")
    .toLowerCase();
  return plain.match(wordsInText) ?? [];
}

/** The words of a query that say what it is about; all of them when it has no others. */
export function queryWords(query: string): readonly string[] {
  const words = [...new Set(toolWords(query))];
  const telling = words.filter((word) => !stopWords.has(word));
  return (telling.length > 0 ? telling : words).slice(0, 32);
}

const unspaced = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}]/u;
const wordsInText =
  /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}]+|[[\p{L}\p{N}]--[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}]]+/gv;

function pairs(word: string): string[] {
  const letters = Array.from(word);
  return letters.length === 1 ? letters : letters.slice(1).map((each, i) => `${letters[i]}${each}`);
}

/** Not a real stemmer: it only has to map the forms of one word to the same text, rarely those of two. */
function stem(word: string): string {
  // Longer ones are no words, and the patterns take quadratic time on them.
  if (word.length < 4 || word.length > 40 || !/^[a-z]+$/.test(word)) return word;
  return withoutFinalE(withoutNounEnding(withoutVerbEnding(withoutPlural(word))));
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

/** creation → creat, as create; deployment → deploy. */
function withoutNounEnding(word: string): string {
  return word.replace(/(?<=.{4})(?:ion|ment)$|(?<=^pay)ment$/, "");
}

function withoutFinalE(word: string): string {
  return word.length > 3 && word.endsWith("e") ? word.slice(0, -1) : word;
}

const stopWords: ReadonlySet<string> = new Set(
  toolWords(
    "a an and any are as at be by can could do does for from had have help how i if in into is it its me my need of on or our please should some somebody someone something that the their them then there these they this to tool tools us use using want was we what when where which who with would you your",
  ),
);
