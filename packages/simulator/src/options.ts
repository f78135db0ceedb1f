import { defaultModels } from "./models.ts";
import type { Script } from "./script.ts";

/** How a simulator behaves. */
export interface SimulatorOptions {
  /**
   * Answers fixed in advance, in order or by a function of the request.
   *
   * @defaultValue none: the rule-based planner answers
   */
  readonly script?: Script | undefined;
  /**
   * Milliseconds before the first byte of an answer, 0 or more.
   *
   * @defaultValue 0
   */
  readonly latencyMs?: number | undefined;
  /**
   * Milliseconds between two chunks of a stream, 0 or more.
   *
   * @defaultValue 0
   */
  readonly tokenDelayMs?: number | undefined;
  /**
   * The one key that is let in (`Authorization: Bearer …`); others get a 401.
   *
   * @defaultValue none: every key, and no key, is let in
   */
  readonly apiKey?: string | undefined;
  /**
   * Ids of the models that are served, at least one; others get a 404.
   *
   * @defaultValue the Cohere models that AI/ML API serves, such as `cohere/command-r-plus-08-2024`
   */
  readonly models?: readonly string[] | undefined;
  /**
   * TCP port on 127.0.0.1, 0 to 65535; 0 lets the system choose a free one.
   *
   * @defaultValue 0
   */
  readonly port?: number | undefined;
}

/** The options with every default filled in. */
export interface Settings {
  readonly script: Script | undefined;
  readonly latencyMs: number;
  readonly tokenDelayMs: number;
  readonly apiKey: string | undefined;
  readonly models: readonly string[];
  readonly port: number;
}

/** Fills in the defaults; an unknown option or one out of range is a `TypeError`. */
export function settings(options: SimulatorOptions): Settings {
  const {
    script,
    latencyMs = 0,
    tokenDelayMs = 0,
    apiKey,
    models = defaultModels,
    port = 0,
  } = options;
  const chosen = { script, latencyMs, tokenDelayMs, apiKey, models, port };
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(chosen, name)) {
      throw new TypeError(`Unknown option "${name}"; known: ${Object.keys(chosen).join(", ")}.`);
    }
  }
  requireDelay("latencyMs", latencyMs);
  requireDelay("tokenDelayMs", tokenDelayMs);
  if (models.length === 0) throw new TypeError("models must name at least one model.");
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new TypeError(`port must be a whole number from 0 to 65535, not ${port}.`);
  }
  if (script !== undefined && typeof script !== "function" && !Array.isArray(script)) {
    throw new TypeError("script must be a list of turns or a function.");
  }
  return chosen;
}

function requireDelay(name: string, value: number): void {
  if (typeof value !== "number" || !(value >= 0) || value === Infinity) {
    throw new TypeError(`${name} must be a number of milliseconds, 0 or more, not ${value}.`);
  }
}
