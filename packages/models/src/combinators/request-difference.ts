import { type ComparableRequest, stableJson } from "./comparable-request.ts";

/** What is different in the one of the recorded requests that is most like this one; undefined when there is none. */
export function nearestDifference(
  asked: ComparableRequest,
  recorded: readonly ComparableRequest[],
): string | undefined {
  const [nearest] = recorded
    .map((each) => ({ each, likeness: likeness(asked, each) }))
    .toSorted((a, b) => b.likeness - a.likeness);
  return nearest && difference(asked, nearest.each);
}

/** How many parts are the same; of the messages, those before the first that differs. */
function likeness(asked: ComparableRequest, recorded: ComparableRequest): number {
  const parts = settings.filter((name) => isSame(asked[name], recorded[name])).length;
  return parts + (firstDifference(asked, recorded) ?? asked.messages.length + 1);
}

const settings = ["instructions", "tools", "toolChoice", "responseFormat"] as const;

function difference(asked: ComparableRequest, recorded: ComparableRequest): string {
  const message = firstDifference(asked, recorded);
  const differences = [
    ...(message === undefined ? [] : [messageDifference(message, asked, recorded)]),
    ...(isSame(asked.tools, recorded.tools) ? [] : [toolDifference(asked.tools, recorded.tools)]),
    ...settings
      .filter((name) => name !== "tools" && !isSame(asked[name], recorded[name]))
      .map((name) => compared(name, asked[name], recorded[name])),
  ];
  return differences.join("; ");
}

/** The place of the first message that is not the same in both. */
function firstDifference(a: ComparableRequest, b: ComparableRequest): number | undefined {
  const length = Math.max(a.messages.length, b.messages.length);
  for (let at = 0; at < length; at++) if (!isSame(a.messages[at], b.messages[at])) return at;
  return undefined;
}

function messageDifference(
  at: number,
  asked: ComparableRequest,
  recorded: ComparableRequest,
): string {
  const [now, then] = [asked.messages[at], recorded.messages[at]];
  const { role } = Object(now ?? then) as { role?: unknown };
  return compared(`message ${at + 1} (${String(role)})`, now, then);
}

type Tools = ComparableRequest["tools"];

function toolDifference(asked: Tools, recorded: Tools): string {
  const [now, then] = [byName(asked), byName(recorded)];
  const names = [...new Set([...now.keys(), ...then.keys()])];
  const name = names.find((each) => !isSame(now.get(each), then.get(each)));
  return name === undefined
    ? "the tools are in another order"
    : compared(`the tool "${name}"`, now.get(name), then.get(name));
}

function byName(tools: Tools): ReadonlyMap<string, object> {
  return new Map(tools.map((tool) => [String(Object(tool).name), tool]));
}

/** Both, from a little before the first letter that differs. */
function compared(what: string, asked: unknown, recorded: unknown): string {
  if (recorded === undefined) return `${what} was not there when it was recorded`;
  if (asked === undefined) return `${what} is missing that was there when it was recorded`;
  const [now, then] = [stableJson(asked), stableJson(recorded)];
  let at = 0;
  while (now[at] === then[at]) at++;
  const part = (text: string): string => {
    const start = Math.max(0, at - 30);
    return `${start > 0 ? "…" : ""}${text.slice(start, at + 50)}${text.length > at + 50 ? "…" : ""}`;
  };
  return `${what} is ${part(now)} and was ${part(then)} when it was recorded`;
}

function isSame(a: unknown, b: unknown): boolean {
  return stableJson(a) === stableJson(b);
}
