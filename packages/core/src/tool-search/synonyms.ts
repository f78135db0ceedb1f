import { toolWords } from "./tool-words.ts";

/** What is done: tools call it by one word, and models ask for it by another. */
const deeds: readonly string[] = [
  "create add new make insert open start begin launch publish post compose write upload generate register book reserve file",
  "delete remove erase drop cancel destroy terminate clear revoke uninstall archive",
  "update edit change modify set rename move reschedule patch adjust replace assign",
  "list all show find search browse query lookup",
  "get read fetch show view look see retrieve detail info status check load download",
  "send post tell notify share forward deliver",
  "run execute start trigger invoke launch",
  "stop end pause halt terminate kill cancel",
];

/** What it is done to: these have names of their own mostly, and few others. */
const things: readonly string[] = [
  "email mail inbox",
  "meeting event appointment",
  "picture image photo",
  "movie film video",
  "song track music",
  "document file doc",
  "folder directory",
  "repository repo",
  "person people user employee contact",
  "message chat",
  "direction route navigation",
  "address location place",
  "payment pay charge money",
  "price cost amount",
  "buy purchase order",
  "bug issue ticket",
  "team group",
  "credential secret password",
  "db database",
  "pr pull request",
];

/** The words that may stand for each word. */
export const synonyms: ReadonlyMap<string, ReadonlySet<string>> = read([...deeds, ...things]);

const deedWords: ReadonlySet<string> = new Set(deeds.flatMap(toolWords));

/** Whether a word says what is done, and so little of what a tool is about. */
export function isDeed(word: string): boolean {
  return deedWords.has(word);
}

function read(lines: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const line of lines) {
    const words = toolWords(line);
    for (const word of words) {
      const others = found.get(word) ?? new Set();
      for (const each of words) if (each !== word) others.add(each);
      found.set(word, others);
    }
  }
  return found;
}
