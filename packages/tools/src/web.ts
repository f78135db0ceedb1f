import { isIP } from "node:net";

import type { buildConnector, Response } from "undici";

import { isPublicAddress, lookupPublic, RefusedAddress } from "./address-guard.ts";

/** The network for one call: plain GET requests, one set of sockets, nothing kept afterwards. */
export interface Web {
  /** One request without following redirects. Errors are sentences; an abort keeps its reason. */
  get(url: URL, signal: AbortSignal): Promise<Response>;
  close(): Promise<void>;
}

/** Opens a {@link Web} that reaches public addresses only, or every address. */
export async function openWeb(allowPrivate: boolean): Promise<Web> {
  // Loaded by the first call: an agent that never goes online does not pay for it.
  const { Agent, buildConnector, fetch } = await import("undici");
  const connect = buildConnector({
    allowH2: false,
    ...(!allowPrivate && { lookup: lookupPublic }),
  });
  const dispatcher = new Agent({ connect: allowPrivate ? connect : publicOnly(connect) });
  return {
    get: async (url, signal) => {
      try {
        return await fetch(url, { dispatcher, headers, signal, redirect: "manual" });
      } catch (cause) {
        signal.throwIfAborted();
        throw failure(url, cause);
      }
    },
    close: () => dispatcher.destroy(),
  };
}

const headers: Readonly<Record<string, string>> = {
  "user-agent": "pawl",
  accept: "text/html, application/json, text/*;q=0.9, */*;q=0.5",
};

/** A host that is an IP address is connected to without a lookup, so it is checked here, whichever way it was spelt. */
function publicOnly(connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) => {
    const { hostname } = options;
    if (isIP(hostname) > 0 && !isPublicAddress(hostname))
      callback(new RefusedAddress(hostname), null);
    else connect(options, callback);
  };
}

function failure(url: URL, cause: unknown): Error {
  const root = rootOf(cause);
  if (root instanceof RefusedAddress) return root;
  const why = reasons.get(codeOf(root)) ?? `the connection failed (${codeOf(root)})`;
  return new Error(`"${url.href}" could not be read: ${why}.`, { cause });
}

const reasons: ReadonlyMap<string, string> = new Map([
  ["ENOTFOUND", "the host does not exist"],
  ["EAI_AGAIN", "the host's name could not be resolved"],
  ["ECONNREFUSED", "nothing answers at that host and port"],
  ["ECONNRESET", "the server closed the connection"],
  ["UND_ERR_SOCKET", "the server closed the connection"],
  ["UND_ERR_CONNECT_TIMEOUT", "the host does not answer"],
  ["CERT_HAS_EXPIRED", "its certificate has expired"],
]);

/** `fetch` wraps what happened in "fetch failed". */
function rootOf(cause: unknown): unknown {
  let root = cause;
  while (root instanceof Error && root.cause instanceof Error) root = root.cause;
  return root;
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : String(error instanceof Error ? error.message : error);
}
