/** Every text inside something, keys, errors and what they hide included. */
export function textsIn(value: unknown, seen: Set<unknown> = new Set()): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null || seen.has(value)) return [];
  seen.add(value);
  const isError = value instanceof Error;
  const keys = isError ? Object.getOwnPropertyNames(value) : Object.keys(value);
  const inside = keys.flatMap((key) => [
    ...(Array.isArray(value) ? [] : [key]),
    ...textsIn((value as Record<string, unknown>)[key], seen),
  ]);
  const held = value instanceof Map || value instanceof Set ? [...value] : [];
  return [...inside, ...held.flatMap((each) => textsIn(each, seen))];
}
