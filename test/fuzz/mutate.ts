import type { Chance } from "./chance.ts";
import { corpus, type Dialect } from "./corpus.ts";
import { mutateJson } from "./mutate-json.ts";

/** A body that nobody sent. */
export interface Mutant {
  readonly dialect: Dialect;
  readonly body: Buffer;
}

const all = Object.values(corpus).flat();

/** One body of the corpus with up to five things done to it. */
export function mutated(chance: Chance): Mutant {
  const dialect = chance.isOneIn(4) ? "cohere" : "chat-completions";
  let blocks = [...chance.of(corpus[dialect]).blocks];
  for (let left = chance.below(4); left > 0; left--) {
    if (chance.isOneIn(2)) blocks = chance.of(ofBlocks)(blocks, chance);
    else {
      const at = chance.below(blocks.length);
      blocks[at] = mutateJson(blocks[at] ?? "", chance);
    }
  }
  let body: Buffer = Buffer.from(blocks.join(""));
  for (let left = chance.isOneIn(3) ? 1 + chance.below(2) : 0; left > 0; left--)
    body = chance.of(ofBytes)(body, chance);
  return { dialect, body };
}

type OfBlocks = (blocks: string[], chance: Chance) => string[];

const noise = [
  ": ping\n\n",
  "data:\n\n",
  "data: : keepalive\n\n",
  "event: error\n",
  "id: 1\0\nretry: x\n",
  "data: [DONE]\n\n",
  "data: [DONE]",
  "data: [",
  "\uFEFF",
  "\r",
  "\n\n",
  "{",
  "<!doctype html>",
];

const ofBlocks: readonly OfBlocks[] = [
  function dropped(blocks, chance) {
    return blocks.toSpliced(chance.below(blocks.length), blocks.length > 1 ? 1 : 0);
  },
  function repeated(blocks, chance) {
    const [start, end] = chance.range(blocks.length, 4);
    return blocks.toSpliced(end, 0, ...blocks.slice(start, end));
  },
  function moved(blocks, chance) {
    const [block = ""] = blocks.splice(chance.below(blocks.length), 1);
    return blocks.toSpliced(chance.below(blocks.length + 1), 0, block);
  },
  function doneMoved(blocks, chance) {
    const rest = blocks.filter((block) => !block.includes("[DONE]"));
    return rest.toSpliced(chance.below(rest.length + 1), 0, "data: [DONE]\n\n");
  },
  function cutShort(blocks, chance) {
    return blocks.slice(0, chance.below(blocks.length) + 1);
  },
  function spliced(blocks, chance) {
    const other = chance.of(all).blocks;
    return [
      ...blocks.slice(0, chance.below(blocks.length) + 1),
      ...other.slice(chance.below(other.length)),
    ];
  },
  function woven(blocks, chance) {
    const other = chance.of(all).blocks;
    return blocks.flatMap((block, at) => [block, other[at] ?? ""]);
  },
  function noisy(blocks, chance) {
    return blocks.toSpliced(chance.below(blocks.length + 1), 0, chance.of(noise));
  },
  function otherLineEnds(blocks, chance) {
    const lineEnd = chance.of(["\r\n", "\r", "\n"]);
    return blocks.map((block) => block.replace(/\r\n|\r|\n/g, lineEnd));
  },
  function linesChanged(blocks, chance) {
    const at = chance.below(blocks.length);
    const lines = blocks[at]?.split("\n") ?? [];
    const line = chance.of(lines);
    const place = chance.below(lines.length);
    const changed = chance.isOneIn(2)
      ? lines.toSpliced(place, 1)
      : lines.toSpliced(place, 0, line.replace(/^data: ?/, chance.of(["data:", "data: ", "dat"])));
    return blocks.toSpliced(at, 1, changed.join("\n"));
  },
];

type OfBytes = (body: Buffer, chance: Chance) => Buffer;

/** Characters that were cut, continued without a beginning, or that no encoding has. */
const halves = [
  [0xc3],
  [0xe2, 0x82],
  [0xf0, 0x9f, 0x92],
  [0x80],
  [0xff],
  [0xed, 0xa0, 0x80],
  [0xef, 0xbb, 0xbf],
  [0],
];

const ofBytes: readonly OfBytes[] = [
  function flipped(body, chance) {
    for (let left = 1 + chance.below(3); left > 0 && body.length > 0; left--) {
      const at = chance.below(body.length);
      body[at] = (body[at] ?? 0) ^ (1 << chance.below(8));
    }
    return body;
  },
  function cut(body, chance) {
    return body.subarray(0, chance.below(body.length + 1));
  },
  function left(body, chance) {
    const [start, end] = chance.range(body.length, 64);
    return Buffer.concat([body.subarray(0, start), body.subarray(end)]);
  },
  function doubled(body, chance) {
    const [start, end] = chance.range(body.length, 64);
    return Buffer.concat([body.subarray(0, end), body.subarray(start)]);
  },
  function inserted(body, chance) {
    const at = chance.below(body.length + 1);
    const bytes = chance.isOneIn(2)
      ? Buffer.from(chance.of(halves))
      : Buffer.from(chance.of(['"', "\\", "{", "}", "]", "\n", "\r", "\n\n", ",", ":"]));
    return Buffer.concat([body.subarray(0, at), bytes, body.subarray(at)]);
  },
];
