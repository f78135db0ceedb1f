import { checkOptions } from "@pawl/core";

import { type Pace, readPace } from "../pace/pace.ts";
import { type Pacing, pacingOf } from "../pace/pacers.ts";
import { type WireHeaders, wireHeaders } from "./headers.ts";
import type { Asked } from "./response-error.ts";
import { redactor, secretsInAddress, shownAddress } from "./secrets.ts";
import { type AllTimeouts, readTimeouts, type Timeouts } from "./timeouts.ts";

/** How to reach a server. */
export interface EndpointOptions {
  /** Where the server is; the path of the request is added to it. */
  readonly baseURL: string;
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
   * Attempts after the first, 0 to 10. Only what may pass is tried again, and nothing of which a reader has seen a part.
   * A 429 does not count while others with the same address and key are let in: the request waits for its turn, up to eight
   * times. It still counts against the run's `retryBudget`, and with 0 nothing is tried again.
   *
   * @defaultValue 2
   */
  readonly maxRetries?: number | undefined;
  /** How long each part of an exchange may take. */
  readonly timeouts?: Timeouts | undefined;
  /**
   * How fast requests may be made. What the server allows is found out, and shared by all models of one address and key in
   * the process; limits given here hold besides. `false` for no pacing: each request then waits for itself.
   *
   * @defaultValue what the server allows
   */
  readonly pace?: Pace | false | undefined;
}

const optionNames = ["baseURL", "apiKey", "headers", "maxRetries", "timeouts", "pace"];

/** A server, and the rules for talking to it. */
export interface Endpoint extends WireHeaders {
  readonly url: URL;
  readonly apiKey: string | undefined;
  readonly maxRetries: number;
  readonly timeouts: AllTimeouts;
  /** Undefined when requests are not paced. */
  readonly pacing: Pacing | undefined;
}

/** Which function the user called, and what it takes besides the options of every endpoint. */
export interface Caller {
  readonly where: string;
  /** Added to `baseURL`, such as `"/chat/completions"`. */
  readonly path: string;
  readonly more: readonly string[];
}

/** @throws TypeError for an option that is unknown or wrong. */
export function readEndpoint({ where, path, more }: Caller, options: EndpointOptions): Endpoint {
  checkOptions(where, options, [...optionNames, ...more]);
  const { baseURL, apiKey, headers, maxRetries = 2 } = options;
  const wrong = (problem: string): TypeError => new TypeError(`${where}: ${problem}`);
  if (apiKey !== undefined && !isKey(apiKey))
    throw wrong('"apiKey" must be a text without spaces; the one given is not.');
  if (!Number.isInteger(maxRetries) || maxRetries < 0 || maxRetries > 10)
    throw wrong(`"maxRetries" must be a whole number from 0 to 10, got ${String(maxRetries)}.`);
  const limits = readPace(where, options.pace);
  const wire = wireHeaders({ headers, apiKey }, wrong);
  const url = address(baseURL, path, wrong);
  return {
    ...wire,
    secrets: [...wire.secrets, ...secretsInAddress(url)],
    url,
    pacing: limits && pacingOf(paceKey(url, wire.headers), limits),
    apiKey,
    maxRetries,
    timeouts: readTimeouts(where, options.timeouts),
  };
}

function isKey(value: unknown): boolean {
  return typeof value === "string" && /^[\x21-\x7e]+$/.test(value);
}

/** Limits belong to an address and a key, whichever header holds that. */
function paceKey({ origin, pathname }: URL, headers: Readonly<Record<string, string>>): string {
  const { authorization, "api-key": azure, "x-api-key": other } = headers;
  return JSON.stringify([origin + pathname, authorization, azure, other]);
}

/** @throws TypeError when it is no name. */
export function checkModel(where: string, model: unknown): void {
  if (typeof model !== "string" || model === "")
    throw new TypeError(`${where}: "model" must be the name of a model.`);
}

/** What the sentences of errors say besides what the server said. */
export type Hints = Pick<Asked, "keyHint" | "modelHint">;

/** What is needed to say whose fault an answer is. */
export function askedOf({ url, secrets }: Endpoint, model: string, hints: Hints): Asked {
  return { model, host: url.host, redact: redactor(secrets), ...hints };
}

function address(baseURL: unknown, path: string, wrong: (problem: string) => TypeError): URL {
  const url = typeof baseURL === "string" && URL.canParse(baseURL) ? new URL(baseURL) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw wrong(
      `"baseURL" must be an http or https address such as "https://api.aimlapi.com/v1", got ${typeof baseURL === "string" ? JSON.stringify(shownAddress(baseURL)) : typeof baseURL}.`,
    );
  const base = url.pathname.replace(/\/+$/, "");
  url.pathname = base.endsWith(path) ? base : base + path;
  return url;
}
