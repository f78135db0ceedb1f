import { ModelError } from "@pawl/core";

import { objectOf, textOf } from "./json.ts";

/** A failure of the connection as a sentence. Whether the request may have been run before it broke is left to the retries. */
export function networkError(cause: unknown, host: string): ModelError {
  const code = codeOf(cause);
  const known: Readonly<Record<string, string>> = {
    ECONNREFUSED: `Nothing answers at ${host}. Check "baseURL", and that the server is up.`,
    ENOTFOUND: `There is no host ${host}. Check "baseURL", and the network.`,
    EAI_AGAIN: `The name ${host} could not be looked up. Check the network.`,
    UND_ERR_CONNECT_TIMEOUT: `No connection to ${host} in time.`,
  };
  const detail = (cause instanceof Error ? cause.message : String(cause)).trim();
  // OpenSSL's own words are of no use to anybody.
  const secure = /SSL routines/.test(detail)
    ? `No secure connection to ${host}. Should "baseURL" begin with http:// ?`
    : undefined;
  const message =
    known[code ?? ""] ?? secure ?? `The connection to ${host} broke: ${detail || code}.`;
  return new ModelError(message, { code: "network", retryable: true, cause });
}

/** Whether the request may have been run, and billed, although no answer came: it had been written when the connection broke. */
export function isAmbiguous(error: ModelError): boolean {
  if (error.code === "timeout" || error.code === "incomplete" || error.status === 504) return true;
  return (
    error.code === "network" &&
    ["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"].includes(codeOf(error.cause) ?? "")
  );
}

/** A name with several addresses fails with one error for each, wrapped. */
function codeOf(cause: unknown): string | undefined {
  const { code, errors } = objectOf(cause) ?? {};
  return textOf(code) ?? (Array.isArray(errors) ? codeOf(errors[0]) : undefined);
}
