import { checkOptions, tool, type Tool } from "@pawl/core";
import { z } from "zod";

import { checkLimit } from "./check-limit.ts";
import { follow, type HttpGetResult } from "./follow.ts";
import { openWeb } from "./web.ts";

/** Where {@link httpGet} may go, and how much it may take. */
export interface HttpGetOptions {
  /**
   * The only hosts that may be asked, redirects included: `"example.com"` is that host, `"*.example.com"` all below it (not
   * itself). A host listed here must still be public, unless `allowPrivate` is set.
   *
   * @defaultValue every public host
   */
  readonly allowHosts?: readonly string[] | undefined;
  /**
   * Whether loopback, private, link-local and reserved addresses may be reached: for intranets and tests only, because a
   * page or a prompt can then make the model look around in your network.
   *
   * @defaultValue `false`
   */
  readonly allowPrivate?: boolean | undefined;
  /**
   * The most bytes of a body that are read, counted after decompression, 1 or more. The rest is cut, with a note.
   *
   * @defaultValue 1,048,576 (1 MiB)
   */
  readonly maxBytes?: number | undefined;
  /**
   * How many redirects are followed, 0 or more. Each target is checked like the first URL; from https to http none is
   * followed.
   *
   * @defaultValue 5
   */
  readonly maxRedirects?: number | undefined;
  /**
   * Milliseconds for the whole call, redirects and body included, 1 to 2,147,483,647.
   *
   * @defaultValue 10,000
   */
  readonly timeoutMs?: number | undefined;
}

/** What {@link httpGet} is asked. */
export interface HttpGetInput {
  readonly url: string;
}

/**
 * A tool that reads a public web page or API by GET, without cookies or credentials. HTML is reduced to its text. Any port is
 * allowed but those that the Fetch standard blocks (https://fetch.spec.whatwg.org/#port-blocking).
 *
 * @throws TypeError when an option is unknown or wrong.
 */
export function httpGet(
  options: HttpGetOptions = {},
): Tool<"http_get", HttpGetInput, HttpGetResult, unknown> {
  checkOptions("httpGet", options, optionNames);
  const {
    maxBytes = 1_048_576,
    maxRedirects = 5,
    timeoutMs = 10_000,
    allowPrivate = false,
  } = options;
  checkLimit('httpGet: "maxBytes"', maxBytes);
  checkLimit('httpGet: "maxRedirects"', maxRedirects, 0);
  checkLimit('httpGet: "timeoutMs"', timeoutMs);
  if (timeoutMs > 2_147_483_647)
    throw new TypeError('httpGet: "timeoutMs" must be 2147483647 at most.');
  if (typeof allowPrivate !== "boolean")
    throw new TypeError('httpGet: "allowPrivate" must be true or false.');
  const isAllowedHost = hostFilter(options.allowHosts);
  return tool({
    name: "http_get",
    description:
      "Reads a public web page or API with an HTTP GET request and returns its status and text; HTML is reduced to readable text.",
    inputSchema: z.object({
      url: z.string().min(1).max(4096).describe("Absolute, http or https."),
    }),
    effect: "read",
    execute: ({ url }, { signal }) =>
      within({ timeoutMs, signal, url }, async (limit) => {
        const web = await openWeb(allowPrivate);
        try {
          limit.throwIfAborted();
          return await follow({ web, isAllowedHost, maxRedirects, maxBytes, signal: limit }, url);
        } finally {
          void web.close();
        }
      }),
  });
}

const optionNames = ["allowHosts", "allowPrivate", "maxBytes", "maxRedirects", "timeoutMs"];

function hostFilter(allowHosts: unknown): (host: string) => boolean {
  if (allowHosts === undefined) return () => true;
  if (!Array.isArray(allowHosts) || allowHosts.length === 0)
    throw new TypeError(
      'httpGet: "allowHosts" must be a list of host names; leave it out to allow all.',
    );
  const rules = allowHosts.map(hostRule);
  return (host) => rules.some((isMatch) => isMatch(host.replace(/\.$/, "")));
}

function hostRule(rule: unknown): (host: string) => boolean {
  const [, wildcard, written = ""] = /^(\*\.)?(.+)$/.exec(String(rule)) ?? [];
  // The URL parser writes a host the way it will write those it is compared with: lower case, punycode.
  const url = URL.parse(`http://${written}/`);
  const isHost = url && url.port === "" && !/[*/@?#\s]|:\d+$/.test(written.replace(/^\[.*\]$/, ""));
  if (typeof rule !== "string" || !isHost)
    throw new TypeError(
      `httpGet: "allowHosts" takes host names such as "example.com" or "*.example.com", without scheme, port or path; got ${JSON.stringify(rule)}.`,
    );
  const { hostname } = url;
  return (host) => (wildcard ? host.endsWith(`.${hostname}`) : host === hostname);
}

interface Deadline {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly url: string;
}

/** Settles at the deadline or the abort even if the network, or a name server, does not react to it. */
async function within<Result>(
  { timeoutMs, signal, url }: Deadline,
  work: (limit: AbortSignal) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted();
  const limit = new AbortController();
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const end = (reason: unknown) => {
    reject(reason);
    limit.abort(reason);
  };
  const onAbort = () => end(signal.reason);
  const late = () => end(new Error(`"${url}" gave no complete answer within ${timeoutMs} ms.`));
  const timer = setTimeout(late, timeoutMs);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([ended, work(limit.signal)]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}
