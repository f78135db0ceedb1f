import { readdirSync, readFileSync } from "node:fs";

/** A body that a server sent, or could have: as blocks, which make the body again when they are joined. */
export interface Specimen {
  readonly name: string;
  /** Events with the blank line after them, or one whole document. */
  readonly blocks: readonly string[];
}

const contract = new URL("../models/contract/", import.meta.url);

/** Longer ones are cut in the middle: most of a long stream says the same again. */
const mostBlocks = 10;

/** In whose words an answer is. */
export type Dialect = "chat-completions" | "cohere";

/** What is mutated: the fixtures of the dialect, examples, and recorded streams. */
export const corpus: Readonly<Record<Dialect, readonly Specimen[]>> = {
  "chat-completions": [
    ...fixtures(),
    ...files("examples/", /^aiml\.(stream|response|error)/),
    ...files("captures/", /^sse/),
  ],
  cohere: files("examples/", /^cohere\.(stream|response|error)/),
};

function fixtures(): Specimen[] {
  const text = readFileSync(new URL("examples/dialect-fixtures.json", contract), "utf8");
  const list: readonly { id: string; bodyBase64: string }[] = JSON.parse(text);
  return list.map(({ id, bodyBase64 }) =>
    specimen(id, Buffer.from(bodyBase64, "base64").toString("utf8")),
  );
}

function files(folder: string, pattern: RegExp): Specimen[] {
  const url = new URL(folder, contract);
  return readdirSync(url)
    .filter((name) => pattern.test(name))
    .toSorted()
    .map((name) => specimen(name, readFileSync(new URL(name, url), "utf8")));
}

function specimen(name: string, text: string): Specimen {
  // Recorded streams may lack the blank lines between their events.
  const events = /\n\s*\n|\r\r/.test(text) ? text : text.replace(/\n/g, "\n\n");
  const blocks = text.trimStart().startsWith("{")
    ? [text]
    : events.split(/(?<=\r\n\r\n|(?<!\r)\n\n|\r\r(?!\n))/);
  const half = mostBlocks / 2;
  const isLong = blocks.length > mostBlocks;
  return { name, blocks: isLong ? [...blocks.slice(0, half), ...blocks.slice(-half)] : blocks };
}
