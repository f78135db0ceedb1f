/** A text with its JSON escapes read, and the way back to where each character was written. */
export interface Unescaped {
  readonly text: string;
  /** Where each character begins in the text as it was written; the last entry is that text's length. */
  readonly starts: Uint32Array;
  /** How many characters come before an escape that may go on after the end. */
  readonly settled: number;
}

const characters: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/** Reads the escapes of a JSON string anywhere in a text; undefined when there are none. */
export function unescaped(written: string): Unescaped | undefined {
  if (!written.includes("\\")) return undefined;
  const starts = new Uint32Array(written.length + 1);
  let text = "";
  let at = 0;
  const take = (read: string, from: number): void => {
    for (let i = 0; i < read.length; i++) starts[text.length + i] = from + i;
    text += read;
  };
  for (const { 0: whole, 1: hex, 2: letter = "", index } of written.matchAll(
    /\\(?:u([\da-fA-F]{4})|(["\\/bfnrt]))/g,
  )) {
    take(written.slice(at, index), at);
    take(
      hex ? String.fromCharCode(Number.parseInt(hex, 16)) : (characters[letter] ?? letter),
      index,
    );
    at = index + whole.length;
  }
  const rest = written.slice(at);
  take(rest, at);
  const open = /\\(?:u[\da-fA-F]{0,3})?$/.exec(rest);
  starts[text.length] = written.length;
  return {
    text,
    starts: starts.subarray(0, text.length + 1),
    settled: text.length - (open?.[0].length ?? 0),
  };
}

/** A place in a text as it was written, or where the character begins that it is in the middle of. */
export function beginOf(place: number, starts: Uint32Array): number {
  return starts[characterAt(starts, place)] ?? place;
}

/** The same, or where that character ends. */
export function endOf(place: number, starts: Uint32Array): number {
  return place === 0 ? 0 : (starts[characterAt(starts, place - 1) + 1] ?? place);
}

/** The last character that begins at a place or before it, by its number. */
function characterAt(starts: Uint32Array, place: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}
