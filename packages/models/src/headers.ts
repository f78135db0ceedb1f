/** What decides the headers of requests. */
export interface HeaderSettings {
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly apiKey: string | undefined;
  readonly isStreamed: boolean;
}

/** The headers of every request, and what of them must not be seen in an error. */
export interface WireHeaders {
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/** @throws TypeError for a header that cannot be sent; `wrong` makes it of a problem. */
export function wireHeaders(
  { headers, apiKey, isStreamed }: HeaderSettings,
  wrong: (problem: string) => TypeError,
): WireHeaders {
  const custom = readCustom(headers ?? {}, wrong);
  if (apiKey !== undefined && custom["authorization"] !== undefined)
    throw wrong('"headers" holds "authorization", which "apiKey" sets; leave one of them out.');
  return {
    headers: {
      ...custom,
      "content-type": "application/json",
      accept: isStreamed ? "text/event-stream" : "application/json",
      ...(apiKey && { authorization: `Bearer ${apiKey}` }),
    },
    secrets: [...Object.values(custom), apiKey ?? ""].flatMap(secretsOf),
  };
}

/** What the adapter or the connection sets: of two values of one header, one would be lost on the way. */
const ownNames = [
  "accept",
  "connection",
  "content-length",
  "content-type",
  "expect",
  "keep-alive",
  "transfer-encoding",
  "upgrade",
  "x-client-request-id",
];

/** Custom headers under names in lower case. */
function readCustom(
  headers: Readonly<Record<string, string>>,
  wrong: (problem: string) => TypeError,
): Readonly<Record<string, string>> {
  if (typeof headers !== "object" || Array.isArray(headers))
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

/** A value, and what follows a scheme such as `Bearer` in it. Short words are no secrets and occur in any text. */
function secretsOf(value: string): string[] {
  return [value, value.slice(value.indexOf(" ") + 1)].filter(({ length }) => length >= 8);
}
