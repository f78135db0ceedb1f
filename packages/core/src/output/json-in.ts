import { wordsOf } from "../errors.ts";
import type { Parsed } from "../schema.ts";

/** The JSON that a text is, also inside a Markdown fence; where words around a fence are allowed, the JSON that it has in it. */
export function jsonIn(text: string, isAmongWords: boolean): Parsed {
  const bare = text.trim();
  if (bare === "") return { issues: ["the answer is empty"] };
  const whole = parsed(bare);
  if (!whole.issues) return whole;
  const fenced = (isAmongWords ? amongWords : alone).exec(bare)?.[1];
  return fenced === undefined ? whole : parsed(fenced);
}

// Up to the last fence: a text inside the JSON may have fences of its own.
const alone = /^```[^\n`]*\n([^]*)```$/;
const amongWords = /^```[^\n`]*\n([^]*)^[ \t]*```/m;

function parsed(text: string): Parsed {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { issues: [`it is not JSON (${wordsOf(error)})`] };
  }
}
