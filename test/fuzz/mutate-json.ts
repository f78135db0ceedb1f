import type { Chance } from "./chance.ts";

/** Stands for a text that no writer of JSON would write, until it takes its place. */
const hole = "@hole@";

const deep = (open: string, close: string, depth: number): string =>
  open.repeat(depth) + close.repeat(depth);

const oddValues: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => 0,
  () => -1,
  () => 4_294_967_296.5,
  () => "",
  () => " \n",
  () => "0",
  () => [],
  () => {},
  () => ({}),
  () => [[{}]],
  () => "\u0000\ud800",
  () => "x".repeat(3_000),
  () => "functions.add:1",
  () => "multi_tool_use.parallel",
  () => ({ __proto__: null, constructor: { prototype: 1 } }),
  () => ({ message: "upstream failed", code: 502 }),
  () => [{ url_citation: { start_index: 9, end_index: 2, title: 1, url: "https://a.example" } }],
];

const oddTexts: readonly ((chance: Chance) => string)[] = [
  () => "1e999",
  () => "-1e-999",
  () => "9".repeat(400),
  () => "NaN",
  () => "Infinity",
  () => '{"__proto__":{"a":1},"a":2}',
  () => '"\\ud83d"',
  (chance) => deep("[", "]", 10 ** (1 + chance.below(4))),
  (chance) => deep('{"a":', "1}", 10 ** (1 + chance.below(3))).replaceAll("1}1", "1}}"),
];

const oddArguments: readonly ((text: string) => string)[] = [
  (text) => text + text,
  (text) => `{}${text}`,
  (text) => `${text}{"a":1}`,
  (text) => `${text}, {"a":1}`,
  (text) => `\`\`\`json\n${text}\n\`\`\``,
  (text) => text.replace(/\}$/, ",}"),
  (text) => text.slice(0, -1),
  (text) => `${text}}`,
  (text) => `[${text}]`,
  (text) => JSON.stringify(text),
  () => '{"a":1e999}',
  () => `{"a":${deep("[", "]", 600)}}`,
  () =>
    '{"tool_uses":[{"recipient_name":"functions.add","parameters":{"a":1}},{"parameters":"{\\"a\\":"}]}',
];

/** What decides to which call a piece belongs, and whether an answer is whole. */
const telling = [
  "id",
  "index",
  "name",
  "arguments",
  "finish_reason",
  "content",
  "tool_calls",
  "usage",
  "type",
  "delta",
  "text",
];
const ids = ["c1", "c2", "c1_2", "call_1", "call_0", "used_before", "", "__proto__"];
const names = ["add", "now", "a", "ad", "d", "functions.add", "parallel", "hasOwnProperty", ""];
const reasons = ["stop", "tool_calls", "length", "content_filter", "error", "eos", "", null];
const cohereReasons = ["COMPLETE", "TOOL_CALL", "MAX_TOKENS", "ERROR", "eos"];
const types = ["content-start", "content-delta", "tool-call-start", "tool-call-end", "message-end"];

interface Place {
  readonly owner: Record<string, unknown>;
  readonly key: string;
}

/** A block with something else at one place of its JSON; as it is when it holds none. */
export function mutateJson(block: string, chance: Chance): string {
  const start = block.indexOf("{");
  const end = block.lastIndexOf("}") + 1;
  // What is deep already can be read, but not written again.
  const isDeep = block.includes("[".repeat(9)) || block.includes('{"a":'.repeat(9));
  const value = start < 0 || isDeep ? undefined : parsed(block.slice(start, end));
  if (value === undefined) return block;
  const places: Place[] = [];
  collect(value, places);
  if (places.length === 0) return block;
  const likely = places.filter(({ key }) => telling.includes(key));
  const place = chance.of(likely.length > 0 && !chance.isOneIn(3) ? likely : places);
  const text = change(place, places, chance);
  const json = JSON.stringify(value).replace(`"${hole}"`, () => text);
  return block.slice(0, start) + json + block.slice(end);
}

/** Changes one place; what comes back is to be put into the hole, where there is one. */
function change({ owner, key }: Place, places: readonly Place[], chance: Chance): string {
  const old = owner[key];
  const kind = chance.below(8);
  if (kind === 0) delete owner[key];
  else if (kind === 1) owner[key] = chance.of(oddValues)();
  else if (kind === 2) {
    owner[key] = hole;
    return chance.of(oddTexts)(chance);
  } else if (kind === 3) {
    const other = chance.of(places);
    [owner[key], other.owner[other.key]] = [structuredClone(other.owner[other.key]), old];
  } else if (kind === 4 && Array.isArray(old)) owner[key] = [...old, ...structuredClone(old)];
  else owner[key] = fitting(key, old, chance);
  return "";
}

/** Another value of the kind that belongs there. */
function fitting(key: string, old: unknown, chance: Chance): unknown {
  if (key === "id") return chance.of(ids);
  if (key === "index") return chance.below(4);
  if (key === "name") return chance.of(names);
  if (key === "finish_reason") return chance.of(isCohere(old) ? cohereReasons : reasons);
  if (key === "type") return chance.of(types);
  if (key === "arguments" && typeof old === "string") return chance.of(oddArguments)(old);
  if (typeof old === "number") return old + 1 - chance.below(3);
  if (typeof old === "string") return old.slice(...chance.range(old.length));
  if (Array.isArray(old)) return old.toReversed();
  return chance.isOneIn(2) ? [old] : chance.of(oddValues)();
}

function isCohere(reason: unknown): boolean {
  return typeof reason === "string" && /^[A-Z]/.test(reason);
}

function collect(value: unknown, places: Place[]): void {
  if (typeof value !== "object" || value === null) return;
  const owner = value as Record<string, unknown>;
  for (const key of Object.keys(owner)) {
    places.push({ owner, key });
    collect(owner[key], places);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
