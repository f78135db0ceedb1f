/** What a tool may be named by in a call that is written as JSON. */
export const nameKeys: readonly string[] = ["tool", "tool_name", "name"];

/** What its arguments may stand under. */
export const argumentKeys: readonly string[] = ["arguments", "parameters", "input"];

/** What an answer may stand under. */
export const answerKey = "final";

const firstKeys: readonly string[] = [...nameKeys, ...argumentKeys, answerKey];

/** The spellings of the tool by which Command R says that it needs none (docs.cohere.com, "Prompting Command R"). */
const directWords: readonly string[] = ["directly_answer", "directly-answer"];

/** What Command R writes before its calls. */
const planWords: readonly string[] = ["Plan:", "Reflection:"];

/** How far is looked, in characters: blanks without end before a call are no call. */
export const longestOpening = 1_000;

/**
 * Whether a text that begins like this may turn out to be calls. Once it may not, it never will, however it goes on: so an
 * answer is shown as soon as it differs from a call, and is the same in however many pieces it came.
 */
export function mayBecomeCalls(text: string): boolean {
  const start = text.slice(0, longestOpening).trimStart();
  if (agrees(start, planWords) || agrees(start, directWords)) return true;
  if ("Action:".startsWith(start)) return text.length < longestOpening;
  const action = start.replace(/^Action:\s*/, "");
  if (action !== start && agrees(action, directWords)) return true;
  const json = withoutFence(action);
  return json !== undefined && (json === "" ? text.length < longestOpening : opensCall(json));
}

/** Whether a text begins with one of the words, or may still become one of them. */
function agrees(text: string, words: readonly string[]): boolean {
  return text !== "" && words.some((word) => text.startsWith(word) || word.startsWith(text));
}

/** What follows an opening fence, if there is one; undefined when the fence is about something else. */
function withoutFence(text: string): string | undefined {
  if ("```".startsWith(text)) return "";
  if (!text.startsWith("```")) return text;
  const language = /^\w*/.exec(text.slice(3))?.[0] ?? "";
  const rest = text.slice(3 + language.length);
  const isJson = language === "" || language.toLowerCase() === "json";
  if (rest === "" && "json".startsWith(language.toLowerCase())) return "";
  return isJson ? rest.trimStart() : undefined;
}

/** Whether it begins an object, or a list of them, whose first key is one of a call's. */
function opensCall(json: string): boolean {
  const object = json.replace(/^\[\s*/, "");
  if (object === "") return true;
  const [opening, key, quote] = /^\{\s*(?:"([^"]*)("?))?/.exec(object) ?? [];
  if (opening === undefined) return false;
  if (quote === '"') return firstKeys.includes(key ?? "");
  return opening === object && firstKeys.some((each) => each.startsWith(key ?? ""));
}
