import { termOf } from "./words.ts";

// Things of a recognisable form.
const forms: Readonly<Record<string, RegExp>> = {
  email: /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/gu,
  url: /https?:\/\/[^\s"'<>()]+[^\s"'<>().,;:!?]/gu,
  date: /\b\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?/gu,
  time: /\b\d{1,2}:\d{2}(?::\d{2})?\b(?:\s?[ap]m\b)?|\b\d{1,2}\s?[ap]m\b/giu,
  path: /(?<![\w@/.:])(?:\.{0,2}\/)?(?:[\w.-]+\/)*[\w-]+(?:\.[\w-]+)*\.[A-Za-z][A-Za-z0-9]{0,5}\b(?![\w@/])/gu,
  code: /\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*\b/gu,
  currency: /\b(?:USD|EUR|GBP|JPY|CHF|CAD|AUD|CNY|INR|SEK|NOK|DKK|[A-Z]{3})\b/gu,
  quoted: /"([^"]+)"|“([^”]+)”|(?<![\w])'([^']+)'(?!\w)|`([^`]+)`/gu,
};

/** What a text mentions in a form, in order. */
export function mentions(form: string, text: string): readonly string[] {
  const pattern = forms[form];
  if (pattern === undefined) return [];
  return [...text.matchAll(pattern)].map((match) => match.slice(1).find(Boolean) ?? match[0]);
}

/** Names in a text: runs of capitalised words; of a sentence's first word, only what is no order or a tool's own word. */
export function namesIn(text: string, ownWords: readonly string[] = []): readonly string[] {
  const unquoted = text.replace(/["“][^"”]*["”]/gu, (quoted) => "_".repeat(quoted.length));
  const runs = unquoted.matchAll(
    /\p{Lu}[\p{L}\p{N}'’-]*(?:\s+(?:(?:de|da|del|van|von|of|la|le)\s+)?\p{Lu}[\p{L}\p{N}'’-]*)*/gu,
  );
  return [...runs]
    .map((match) =>
      isSentenceStart(unquoted, match.index)
        ? withoutFirstWord(match[0], {
            own: new Set(ownWords.map(termOf)),
            after: unquoted.slice(match.index + match[0].length),
          })
        : match[0],
    )
    .map((name) => name.replace(/['’]s$/u, ""))
    .filter((name) => name !== "" && !notNames.has(name));
}

/** What a text says after one of the given words, up to the next turn of phrase. */
export function phraseAfter(words: readonly string[], text: string): string | undefined {
  const starts = words.map((word) => word.replace(/[^\p{L}\p{N}]/gu, "")).join("|");
  const pattern = new RegExp(
    String.raw`\b(?:${starts})\s+(?:the\s+|a\s+|an\s+)?(.+?)(?=[?!,;]|\.(?:\s|$)|$|\s(?:in|on|at|for|to|from|of|by|with|and|or|using|via|as|is|are|please|today|tomorrow|now|right now|this|next)\b)`,
    "iu",
  );
  const found = text.match(pattern)?.[1]?.trim();
  return found === undefined || found === "" || /^(?:me|us|it|them|you)$/iu.test(found)
    ? undefined
    : found;
}

function isSentenceStart(text: string, at: number): boolean {
  return /(?:^|[.?!:]\s*)$/u.test(text.slice(0, at).trimEnd()) || at === 0;
}

/** "Paris weather" starts a sentence with a name: only words that often start sentences go. */
function withoutFirstWord(run: string, { own, after }: Surroundings): string {
  const [first = "", ...others] = run.split(/\s+/u);
  // "Restart the server": what an article follows is a verb.
  const isVerb =
    others.length === 0 && /^\s+(?:the|an?|my|our|your|all|every|this)\b/iu.test(after);
  const isOwn = own.has(termOf(first.toLowerCase()));
  return isVerb || isOwn || openers.test(first) ? others.join(" ") : run;
}

interface Surroundings {
  readonly own: ReadonlySet<string>;
  readonly after: string;
}

const openers =
  /^(?:what(?:['’]s)?|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|can|could|will|would|should|please|tell|give|show|find|search|look|read|open|list|get|fetch|check|send|pay|transfer|book|ask|add|create|make|convert|translate|delete|remove|cancel|update|set|write|email|call|order|buy|schedule|remind|the|a|an|in|on|at|for|to|of|and|then|also|if|now|today|i|my|we|our|it|this|that|use|calculate|compute|evaluate|explain|compare|describe|name)$/iu;

const notNames: ReadonlySet<string> = new Set(["I", "I'm", "I've", "OK", "Please", "JSON", "UTC"]);
