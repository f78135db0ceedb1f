import { inspect } from "node:util";

/** What redacts the texts, numbers and keys inside a value; each is given back as it is where there is nothing to redact. */
export interface Leaves {
  text(text: string): string;
  number(value: number | bigint): number | bigint | string;
}

/** Data that is nested deeper than this is not looked into but replaced. */
const deepest = 1000;

const tooDeep = "[redacted: nested too deeply]";

/**
 * A value with every text in it redacted: in lists, records, maps, sets, errors and other objects, keys too. Copied only where
 * something changed. Bytes and functions are not looked into; an object with a JSON form of its own becomes that form.
 */
export function redactedValue<Value>(value: Value, leaves: Leaves): Value {
  if (typeof value !== "object" || value === null) return leafOf(value, leaves) as Value;
  const search = new Search(leaves);
  return search.isDirty(value, 0) ? (new Copies(leaves, search).of(value, 0) as Value) : value;
}

function leafOf(value: unknown, leaves: Leaves): unknown {
  if (typeof value === "string") return leaves.text(value);
  return typeof value === "number" || typeof value === "bigint" ? leaves.number(value) : value;
}

/** Finds which objects have something to redact in them. */
class Search {
  /** An object that contains itself: none of it can be left as it is. */
  isCyclic = false;
  readonly #leaves: Leaves;
  readonly #known = new Map<object, boolean | undefined>();

  constructor(leaves: Leaves) {
    this.#leaves = leaves;
  }

  isDirty(value: unknown, depth: number): boolean {
    if (typeof value !== "object" || value === null) return leafOf(value, this.#leaves) !== value;
    if (depth > deepest) return true;
    if (this.#known.has(value)) {
      const known = this.#known.get(value);
      this.isCyclic ||= known === undefined;
      return known ?? false;
    }
    this.#known.set(value, undefined);
    let isDirty = false;
    // To the end, since what is dirty further on must be known too.
    for (const part of partsOf(value)) if (this.isDirty(part, depth + 1)) isDirty = true;
    this.#known.set(value, isDirty);
    return isDirty;
  }

  isToBeCopied(value: object): boolean {
    return this.isCyclic || this.#known.get(value) !== false;
  }
}

/** Makes the copies, each object's once. */
class Copies {
  readonly #leaves: Leaves;
  readonly #search: Search;
  readonly #made = new Map<object, unknown>();

  constructor(leaves: Leaves, search: Search) {
    this.#leaves = leaves;
    this.#search = search;
  }

  of(value: unknown, depth: number): unknown {
    if (typeof value !== "object" || value === null) return leafOf(value, this.#leaves);
    if (depth > deepest) return tooDeep;
    if (!this.#search.isToBeCopied(value)) return value;
    if (this.#made.has(value)) return this.#made.get(value);
    const shown = formOf(value);
    if (shown) return this.of(shown.form, depth + 1);
    const shell = shellOf(value);
    this.#made.set(value, shell);
    this.#fill(value, shell, depth + 1);
    return shell;
  }

  #fill(from: object, to: object, depth: number): void {
    if (from instanceof Map)
      for (const [key, each] of from)
        (to as Map<unknown, unknown>).set(this.of(key, depth), this.of(each, depth));
    if (from instanceof Set)
      for (const each of from) (to as Set<unknown>).add(this.of(each, depth));
    for (const key of keysOf(from)) {
      const isEnumerable = Object.prototype.propertyIsEnumerable.call(from, key);
      if (Array.isArray(from) && key === "length") continue;
      // Defined, not assigned: a key may be "__proto__", or have a setter on the way.
      Object.defineProperty(to, this.#leaves.text(key), {
        value: this.of(read(from, key), depth),
        enumerable: isEnumerable,
        writable: true,
        configurable: true,
      });
    }
  }
}

function* partsOf(value: object): Generator<unknown, void> {
  const shown = formOf(value);
  if (shown) yield shown.form;
  if (value instanceof Map) for (const entry of value) yield* entry;
  if (value instanceof Set) yield* value;
  for (const key of keysOf(value)) {
    if (!Array.isArray(value)) yield key;
    yield read(value, key);
  }
}

/** What an object shows of itself other than by its parts: its JSON form, or how Node prints it when it has no parts. */
function formOf(value: object): { readonly form: unknown } | undefined {
  if (isMadeOfParts(value)) return undefined;
  const toJSON = read(value, "toJSON");
  try {
    const form: unknown = typeof toJSON === "function" ? toJSON.call(value) : value.valueOf();
    if (form !== value) return { form };
    return Object.keys(value).length === 0 ? { form: inspect(value) } : undefined;
  } catch {
    return undefined;
  }
}

function isMadeOfParts(value: object): boolean {
  const kinds = [Array, Map, Set, Error];
  if (ArrayBuffer.isView(value) || kinds.some((each) => value instanceof each)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && !("toJSON" in value);
}

/** The names of what can be seen of an object; an error also shows what is not enumerable. */
function keysOf(value: object): readonly string[] {
  if (ArrayBuffer.isView(value)) return [];
  if (!(value instanceof Error)) return Object.keys(value);
  const own = Object.getOwnPropertyNames(value);
  return [...new Set([...own, "message", "stack"])];
}

/** An object that is still empty, of the same kind. */
function shellOf(value: object): object {
  if (Array.isArray(value)) return [];
  const prototype: unknown = Object.getPrototypeOf(value);
  if (value instanceof DOMException) return new DOMException("", value.name);
  const shell =
    value instanceof Error
      ? new Error()
      : value instanceof Map
        ? new Map()
        : value instanceof Set
          ? new Set()
          : {};
  return Object.setPrototypeOf(shell, prototype as object | null) as object;
}

/** A getter may throw. */
function read(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}
