import { readText, type HttpText } from "./http-text.ts";
import type { Web } from "./web.ts";

/** An answer of any status, as text. */
export interface HttpGetResult extends HttpText {
  /** Where the redirects led. */
  readonly url: string;
  readonly status: number;
}

/** What every hop of one call goes through. */
export interface Visit {
  readonly web: Web;
  readonly isAllowedHost: (host: string) => boolean;
  readonly maxRedirects: number;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/**
 * Reads a URL, following redirects by hand, because each target must pass the checks of the first.
 *
 * @throws Error when a target is refused or the answer cannot be read.
 */
export async function follow(visit: Visit, start: string): Promise<HttpGetResult> {
  let url = checkedUrl(start, visit);
  for (let redirects = 0; ; redirects++) {
    const response = await visit.web.get(url, visit.signal);
    const location = redirectStatuses.has(response.status) && response.headers.get("location");
    if (!location) {
      const text = await readText(response, visit.maxBytes, visit.signal);
      return { url: url.href, status: response.status, ...text };
    }
    await response.body?.cancel();
    if (redirects === visit.maxRedirects)
      throw new Error(`"${start}" redirects more than ${visit.maxRedirects} times.`);
    const next = checkedUrl(location, visit, url);
    if (url.protocol === "https:" && next.protocol === "http:")
      throw new Error(
        `"${url.href}" redirects from https to unencrypted http, which is not followed.`,
      );
    url = next;
  }
}

const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

function checkedUrl(written: string, { isAllowedHost }: Visit, base?: URL): URL {
  const url = URL.parse(written, base?.href);
  if (!url)
    throw new Error(`"${written}" is not an absolute URL: write it like https://example.com/page.`);
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw new Error(`"${url.protocol}" URLs cannot be read: only http and https.`);
  if (url.username || url.password)
    throw new Error("A URL with a user name or password in it is not allowed: leave them out.");
  if (!isAllowedHost(url.hostname))
    throw new Error(`The host "${url.hostname}" is not among the allowed hosts.`);
  url.hash = "";
  return url;
}
