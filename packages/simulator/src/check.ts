import { isJsonObject, type JsonObject } from "./json.ts";

/** One thing wrong with a request body, in the gateway's words. */
export interface Issue {
  /** What kind of mistake it is. */
  readonly code: string;
  /** Where it is. */
  readonly path: readonly (string | number)[];
  /** What is wrong, for a person. */
  readonly message: string;
  /** The type that was wanted. */
  readonly expected?: string | undefined;
  /** The type that was found. */
  readonly received?: string | undefined;
}

/** Where a value stands in the body. */
export type Path = readonly (string | number)[];

/** Looks at a value and lists what is wrong with it. */
export type Check = (value: unknown, path: Path) => readonly Issue[];

/** An issue that is not about a type. */
export function issue(path: Path, message: string): Issue {
  return { code: "custom", path, message };
}

/** A check for one of JavaScript's own types, or a list. */
export function isType(expected: "string" | "boolean" | "number" | "object" | "array"): Check {
  return (value, path) => (typeName(value) === expected ? [] : [mismatch(value, path, expected)]);
}

/** A check for a number between two bounds, both included. */
export function isBetween(low: number, high: number = Number.MAX_VALUE): Check {
  return (value, path) => {
    if (typeof value !== "number") return [mismatch(value, path, "number")];
    if (value >= low && value <= high) return [];
    const bounds = high === Number.MAX_VALUE ? `at least ${low}` : `between ${low} and ${high}`;
    return [issue(path, `Number must be ${bounds}`)];
  };
}

/** A check for one of a few texts. */
export function isOneOf(...allowed: readonly string[]): Check {
  return (value, path) =>
    typeof value === "string" && allowed.includes(value)
      ? []
      : [issue(path, `Expected ${allowed.join(" | ")}, received ${JSON.stringify(value)}`)];
}

/** A check that every item of a list passes, with at most `most` of them. */
export function isListOf(check: Check, most: number = Infinity): Check {
  return (value, path) => {
    if (!Array.isArray(value)) return [mismatch(value, path, "array")];
    if (value.length > most) return [issue(path, `Array must contain at most ${most} element(s)`)];
    return value.flatMap((item: unknown, index) => check(item, [...path, index]));
  };
}

/** A check that at least one of two checks passes; the first one's complaint is reported. */
export function either(first: Check, second: Check): Check {
  return (value, path) => {
    const issues = first(value, path);
    return issues.length === 0 || second(value, path).length === 0 ? [] : issues;
  };
}

/** A check that lets null pass. */
export function orNull(check: Check): Check {
  return (value, path) => (value === null ? [] : check(value, path));
}

/** A check for an object whose fields pass; those not in `required` may be absent, others are free. */
export function hasFields(
  fields: Readonly<Record<string, Check>>,
  required: readonly string[] = [],
): Check {
  return (value, path) => {
    if (!isJsonObject(value)) return [mismatch(value, path, "object")];
    return Object.entries(fields).flatMap(([name, check]) =>
      fieldIssues({ value, path, name, check }, required),
    );
  };
}

interface Field {
  readonly value: JsonObject;
  readonly path: Path;
  readonly name: string;
  readonly check: Check;
}

function fieldIssues(field: Field, required: readonly string[]): readonly Issue[] {
  const inner = field.value[field.name];
  const path = [...field.path, field.name];
  if (inner !== undefined) return field.check(inner, path);
  if (!required.includes(field.name)) return [];
  return [{ ...mismatch(undefined, path, "defined"), message: "Required" }];
}

function mismatch(value: unknown, path: Path, expected: string): Issue {
  const received = typeName(value);
  return {
    code: "invalid_type",
    expected,
    received,
    path,
    message: `Expected ${expected}, received ${received}`,
  };
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
