import { isJsonObject, parseJson, type JsonObject } from "../json.ts";

/** One thing that a search or a listing found. */
export interface Hit {
  /** What it may be read by, by field name, such as a path or an id. */
  readonly fields: Readonly<Record<string, string | number>>;
  /** What was shown of it. */
  readonly text: string;
}

/** What a result found, in order and each once; from prose, only lines that start with a place are taken. */
export function hitsIn(result: string): readonly Hit[] {
  const json = parseJson(result);
  const found = json === undefined ? hitsInLines(result) : hitsInJson(json);
  const merged = new Map<string, Hit>();
  for (const hit of found) {
    const key = hitLabel(hit);
    const before = merged.get(key);
    merged.set(key, before === undefined ? hit : { ...hit, text: `${before.text}\n${hit.text}` });
  }
  return [...merged.values()];
}

/** What to call a hit in a list of sources. */
export function hitLabel({ fields }: Hit): string {
  const name = labelOrder.find((field) => fields[field] !== undefined);
  return String(name === undefined ? Object.values(fields)[0] : fields[name]);
}

/** The group of a field or parameter name: those of one group hold the same sort of thing. */
export function locatorGroup(name: string): string | undefined {
  const plain = name.toLowerCase().replace(/[^a-z]/gu, "");
  return locatorGroups.find((group) =>
    group.some((one) => plain === one || plain.endsWith(one)),
  )?.[0];
}

const locatorGroups: readonly (readonly string[])[] = [
  ["path", "file", "filename", "filepath"],
  ["url", "uri", "link", "href"],
  ["id", "key", "ref", "handle", "slug"],
  ["title", "name", "document", "doc", "page", "source"],
];

const labelOrder: readonly string[] = ["path", "file", "url", "uri", "link", "id", "title", "name"];

function hitsInJson(value: unknown): readonly Hit[] {
  if (Array.isArray(value)) return value.flatMap(hitsInItem);
  if (!isJsonObject(value)) return [];
  const own = asHit(value);
  if (own !== undefined) return [own];
  return Object.entries(value).flatMap(([key, inner]) =>
    isPath(key) ? [{ fields: { path: key }, text: plainText(inner) }] : hitsInJson(inner),
  );
}

function hitsInItem(item: unknown): readonly Hit[] {
  if (typeof item !== "string") return hitsInJson(item);
  const inLine = hitsInLines(item);
  if (inLine.length > 0) return inLine;
  return /^\S{1,200}$/u.test(item) ? [{ fields: { id: item }, text: "" }] : [];
}

function asHit(value: JsonObject): Hit | undefined {
  const fields: Record<string, string | number> = {};
  for (const [name, inner] of Object.entries(value)) {
    const isPlace = typeof inner === "number" || (typeof inner === "string" && inner.length <= 300);
    if (isPlace && locatorGroup(name) !== undefined) fields[name] = inner;
  }
  return Object.keys(fields).length === 0 ? undefined : { fields, text: plainText(value) };
}

function plainText(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(plainText).join("\n");
  if (!isJsonObject(value)) return "";
  const entries = Object.entries(value);
  const telling = entries.filter(([name]) => locatorGroup(name) === undefined);
  const text = joined(telling.map(([, inner]) => inner));
  // Only where nothing else is said, a title speaks for what it is the title of.
  const titles = entries.filter(([name]) => locatorGroup(name) === "title");
  return text === "" ? joined(titles.map(([, inner]) => inner)) : text;
}

function joined(values: readonly unknown[]): string {
  return values.map(plainText).filter(Boolean).join("\n");
}

const pathSource = String.raw`(?:\.{0,2}\/)?(?:[\w.@-]+\/)*[\w@-][\w.@-]*\.[A-Za-z][A-Za-z0-9]{0,9}`;
const idSource = String.raw`(?=[\w-]*[\d-])[A-Za-z0-9]\w*(?:-\w+)*`;
const bullet = String.raw`^\s*(?:[-*•]\s+|\d+[.)]\s+)?[\x60"'[]?`;
const pathLine: RegExp = new RegExp(
  String.raw`${bullet}(${pathSource})[\x60"'\]]?(?::\d+)*(?:\s*$|\s*[:|(]\s*|\s+[-–—]+\s+|\s{2,}|\t)(.*)$`,
  "u",
);
const urlLine: RegExp = new RegExp(String.raw`${bullet}(https?:\/\/[^\s)\]]+)[:\s]*(.*)$`, "u");
const idLine: RegExp = new RegExp(
  String.raw`${bullet}(?:id[:=]\s*)?(${idSource})[\x60"'\]]?(?:\s*$|\s*[:|]\s+|\s+[-–—]+\s+|\s{2,}|\t|\]\s*)(.*)$`,
  "u",
);

function hitsInLines(text: string): readonly Hit[] {
  return text.split("\n").flatMap((line): readonly Hit[] => {
    for (const [field, pattern] of lineForms) {
      const [, place, rest = ""] = line.match(pattern) ?? [];
      if (place !== undefined) return [{ fields: { [field]: place }, text: rest }];
    }
    return [];
  });
}

const lineForms: readonly (readonly [field: string, pattern: RegExp])[] = [
  ["url", urlLine],
  ["path", pathLine],
  ["id", idLine],
];

function isPath(text: string): boolean {
  return new RegExp(`^${pathSource}$`, "u").test(text);
}
