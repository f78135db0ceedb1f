import type { Parameter } from "./parameter.ts";

/** Whether a parameter takes the name of a time zone. */
export function isTimeZone({ words, description }: Parameter): boolean {
  const name = words.join("");
  return /^(?:\w*timezone|tz)$/u.test(name) || /\bIANA\b/u.test(description);
}

/** The time zone that a text names outright, such as "Asia/Tokyo", or by its city. */
export function zoneIn(text: string): string | undefined {
  const [written] = text.match(/\b(?:\p{Lu}[\p{L}_]+\/)+\p{Lu}[\p{L}_-]+|\bUTC\b/u) ?? [];
  if (written !== undefined) return written;
  const said = ` ${text.toLowerCase().replace(/[^\p{L}]+/gu, " ")} `;
  return zones.find(([city]) => said.includes(` ${city} `))?.[1];
}

/** The runtime knows a zone for most large cities; the longest name first, so that "Porto Velho" is not "Porto". */
const zones: readonly (readonly [city: string, zone: string])[] = Intl.supportedValuesOf("timeZone")
  .filter((zone) => zone.includes("/"))
  .map((zone): [string, string] => [cityOf(zone), zone])
  .toSorted(([a], [b]) => b.length - a.length);

function cityOf(zone: string): string {
  return zone
    .slice(zone.lastIndexOf("/") + 1)
    .toLowerCase()
    .replace(/[^\p{L}]+/gu, " ");
}
