import { signature } from "./small-talk.ts";

/**
 * An answer of the simulator itself, as it comes back from a subagent that runs on it too: its closing line goes, and its
 * numbered sources take the place of the numbers, which mean nothing in another answer.
 */
export function unfolded(text: string): string {
  if (!text.includes(signature)) return text;
  const [said = "", list = ""] = text.replace(signature, "").split(/^Sources:\n/mu);
  const sources = new Map(
    [...list.matchAll(/^\[(\d+)\] (.+)$/gmu)].map(([, number, source]) => [number, source]),
  );
  return said
    .replace(/\[(\d+)\]/gu, (mark, number: string) => {
      const source = sources.get(number);
      return source === undefined ? mark : `(${source})`;
    })
    .trim();
}
