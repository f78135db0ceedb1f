import { checkOptions } from "@pawl/core";

import { type WireHeaders, wireHeaders } from "./headers.ts";
import { type AllTimeouts, readTimeouts, type Timeouts } from "./timeouts.ts";

/** How to reach a model over chat completions. */
export interface ChatCompletionsOptions {
  /** Where the server is, such as `"https://api.aimlapi.com/v1"`; `/chat/completions` is added to it. */
  readonly baseURL: string;
  /** The server's name for the model. */
  readonly model: string;
  /**
   * Sent as `Authorization: Bearer …`.
   *
   * @defaultValue none is sent
   */
  readonly apiKey?: string | undefined;
  /**
   * Sent with every request, besides the adapter's own, which cannot be set here.
   *
   * @defaultValue none
   */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * The most tokens of one answer, at least 1.
   *
   * @defaultValue the server's
   */
  readonly maxTokens?: number | undefined;
  /**
   * Attempts after the first, 0 to 10. Only what may pass is tried again, and nothing of which a reader has seen a part.
   *
   * @defaultValue 2
   */
  readonly maxRetries?: number | undefined;
  /** How long each part of an exchange may take. */
  readonly timeouts?: Timeouts | undefined;
  /**
   * Whether answers are asked for as a stream or whole.
   *
   * @defaultValue `true`
   */
  readonly stream?: boolean | undefined;
}

/** Checked options. */
export interface ChatSetup extends WireHeaders {
  readonly url: URL;
  readonly model: string;
  readonly maxTokens: number | undefined;
  readonly maxRetries: number;
  readonly timeouts: AllTimeouts;
  readonly isStreamed: boolean;
}

const optionNames = [
  "baseURL",
  "model",
  "apiKey",
  "headers",
  "maxTokens",
  "maxRetries",
  "timeouts",
  "stream",
];

/** @throws TypeError for an option that is unknown or wrong; `where` is the function that the user called. */
export function readChatOptions(where: string, options: ChatCompletionsOptions): ChatSetup {
  checkOptions(where, options, optionNames);
  const { baseURL, model, apiKey, headers, maxTokens, maxRetries = 2, stream = true } = options;
  const wrong = (problem: string): TypeError => new TypeError(`${where}: ${problem}`);
  if (typeof model !== "string" || model === "")
    throw wrong('"model" must be the name of a model.');
  if (typeof stream !== "boolean")
    throw wrong(`"stream" must be true or false, got ${String(stream)}.`);
  if (apiKey !== undefined && !/^[\x21-\x7e]+$/.test(apiKey))
    throw wrong('"apiKey" must be a text without spaces; the one given is not.');
  if (maxTokens !== undefined && !isWhole(maxTokens, 1, Number.MAX_SAFE_INTEGER))
    throw wrong(`"maxTokens" must be a whole number of at least 1, got ${String(maxTokens)}.`);
  if (!isWhole(maxRetries, 0, 10))
    throw wrong(`"maxRetries" must be a whole number from 0 to 10, got ${String(maxRetries)}.`);
  const given = readTimeouts(where, options.timeouts);
  return {
    ...wireHeaders({ headers, apiKey, isStreamed: stream }, wrong),
    url: endpoint(baseURL, wrong),
    model,
    maxTokens,
    maxRetries,
    // A whole answer comes at once, so only the limit on the whole can be kept.
    timeouts: stream ? given : { ...given, firstContentMs: given.totalMs, idleMs: given.totalMs },
    isStreamed: stream,
  };
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function endpoint(baseURL: unknown, wrong: (problem: string) => TypeError): URL {
  const url = typeof baseURL === "string" && URL.canParse(baseURL) ? new URL(baseURL) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw wrong(
      `"baseURL" must be an http or https address such as "https://api.aimlapi.com/v1", got ${JSON.stringify(baseURL)}.`,
    );
  url.pathname = `${url.pathname.replace(/\/+$/, "").replace(/\/chat\/completions$/, "")}/chat/completions`;
  return url;
}
