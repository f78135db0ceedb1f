import { type JsonObject, numberOf, objectOf, textOf, writeJson } from "../wire/json.ts";

/** A piece of a call, as far as it says something. */
export interface CallDelta {
  readonly id: string | undefined;
  readonly index: number | undefined;
  readonly name: string | undefined;
  readonly arguments: string;
  /** Whether the arguments came as an object and not as its text, and so are whole. */
  readonly isObject: boolean;
  readonly extra: JsonObject | undefined;
}

export function readDelta(value: unknown): CallDelta {
  const piece = objectOf(value) ?? {};
  const { name, arguments: args } = objectOf(piece["function"]) ?? {};
  return {
    id: textOf(piece["id"]),
    index: numberOf(piece["index"]),
    name: textOf(name),
    // Some servers send the object itself in place of its text; what is no object must not pass for no arguments.
    arguments:
      typeof args === "string" ? args : args === undefined || args === null ? "" : writeJson(args),
    isObject: objectOf(args) !== undefined,
    extra: extraOf(piece),
  };
}

const ownFields: ReadonlySet<string> = new Set(["id", "index", "type", "function"]);

/** What the protocol has no use for, as it came: some servers sign their calls (langroid/langroid#969). */
function extraOf(piece: JsonObject): JsonObject | undefined {
  let extra: Record<string, unknown> | undefined;
  for (const name of Object.keys(piece))
    if (!ownFields.has(name)) (extra ??= {})[name] = piece[name];
  return extra;
}
