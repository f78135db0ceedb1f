import { secretsIn } from "./secrets.ts";

/** What decides the headers of requests. */
export interface HeaderSettings {
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly apiKey: string | undefined;
}

/** The headers of every request, and what of them must not be seen in an error. */
export interface WireHeaders {
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/** @throws TypeError for a header that cannot be sent; `wrong` makes it of a problem. */
export function wireHeaders(
  { headers, apiKey }: HeaderSettings,
  wrong: (problem: string) => TypeError,
): WireHeaders {
  const custom = readCustom(headers, wrong);
  const given = [...Object.entries(custom), ["key", apiKey ?? ""] as const];
  if (apiKey !== undefined && custom["authorization"] !== undefined)
    throw wrong('"headers" holds "authorization", which "apiKey" sets; leave one of them out.');
  return {
    headers: {
      ...custom,
      "content-type": "application/json",
      ...(apiKey && { authorization: `Bearer ${apiKey}` }),
    },
    secrets: secretsIn(given, { told: 4, other: 8 }),
  };
}

/** AI/ML API (docs/capabilities/request-tracing-and-cost.md) keeps this id if it has 1–128 of these characters. */
export function correlation(requestId: string, attempt: number): Record<string, string> {
  const id = attempt === 1 ? requestId : `${requestId}.a${attempt}`;
  return /^[\w.:-]{1,128}$/.test(id) ? { "x-client-request-id": id } : {};
}

/** What the adapter or the connection sets: of two values of one header, one would be lost on the way. */
const ownNames = [
  "accept",
  "connection",
  "content-length",
  "content-type",
  "expect",
  "host",
  "keep-alive",
  "transfer-encoding",
  "upgrade",
  "x-client-request-id",
];

/** Custom headers under names in lower case. */
function readCustom(
  headers: Readonly<Record<string, string>> = {},
  wrong: (problem: string) => TypeError,
): Readonly<Record<string, string>> {
  if (typeof headers !== "object" || headers === null || Array.isArray(headers))
    throw wrong('"headers" must be an object of names and texts.');
  const read: Record<string, string> = {};
  for (const [given, value] of Object.entries(headers)) {
    const name = given.toLowerCase();
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name))
      throw wrong(`"headers" holds ${JSON.stringify(given)}, which is no name of a header.`);
    if (ownNames.includes(name) || Object.hasOwn(read, name))
      throw wrong(`"headers" must not hold "${given}", which is set already; leave it out.`);
    if (typeof value !== "string" || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
      throw wrong(`"headers" must hold a text of one line as "${given}"; the one given is not.`);
    read[name] = value;
  }
  return read;
}
