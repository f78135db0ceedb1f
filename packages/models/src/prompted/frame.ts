/** A text that may be calls, taken apart. */
export interface Frame {
  readonly plan: string | undefined;
  /** The word `directly_answer`, when it stands there by itself and not in JSON. */
  readonly direct?: string;
  /** The JSON: all objects and lists that follow each other, or all there is when one is not closed. */
  readonly json: string;
  readonly isClosed: boolean;
  /** What is left after the JSON, or after the word. */
  readonly rest: string;
}

/**
 * Takes off what Command R writes around its calls: `Plan:` or `Reflection:` and its words, `Action:`, and a Markdown fence
 * (docs.cohere.com, "Prompting Command R"; langchain-ai/langchain-cohere reads the same). Undefined when no JSON is in it.
 */
export function framed(text: string): Frame | undefined {
  const { plan, action } = withoutPlan(text.trim());
  if (action === undefined) return undefined;
  const direct = /^(directly[-_]answer)[^\S\n]*(?=$|[\n:({])/.exec(action);
  if (direct) {
    const rest = action.slice(direct[0].length).trim();
    return { plan, direct: direct[1] ?? "", json: "", isClosed: true, rest };
  }
  const fence = /^```\w*\s*/.exec(action)?.[0] ?? "";
  const body = action.slice(fence.length);
  const end = endOfValues(body);
  const tail = body.slice(end).trim();
  const rest = fence === "" ? tail : tail.replace(/^```/, "").trim();
  if (/^[[{]/.test(tail)) return { plan, json: body, isClosed: false, rest: "" };
  return end === 0 ? undefined : { plan, json: body.slice(0, end), isClosed: true, rest };
}

function withoutPlan(text: string): { plan?: string | undefined; action?: string } {
  if (!/^(?:Plan|Reflection):/.test(text)) return { action: withoutWord(text) };
  const at = text.indexOf("\nAction:");
  if (at === -1) return {};
  const plan = text.slice(text.indexOf(":") + 1, at).trim();
  return { plan: plan || undefined, action: withoutWord(text.slice(at + 1)) };
}

function withoutWord(text: string): string {
  return text.replace(/^Action:/, "").trimStart();
}

/** Where the last of the objects and lists ends that follow each other from the start, with nothing but blanks between. */
function endOfValues(text: string): number {
  let depth = 0;
  let end = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (isQuoted) {
      if (character === "\\") at++;
      else if (character === '"') isQuoted = false;
    } else if ("{[".includes(character)) depth++;
    else if ("}]".includes(character) && depth > 0) {
      if (--depth === 0) end = at + 1;
    } else if (depth === 0 && character.trim() !== "") break;
    else if (character === '"') isQuoted = true;
  }
  return end;
}
