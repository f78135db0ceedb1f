import { parseArgs } from "node:util";

import type { Target } from "./probe.ts";

/** What the command line asks for. */
export interface Command {
  /** The endpoint to look at; undefined plays the scenarios to the adapter. */
  readonly target: Target | undefined;
  /** The ids of what is to be run; undefined for all. */
  readonly only: readonly string[] | undefined;
  readonly isJson: boolean;
}

const usage =
  "usage: pnpm conformance [--base-url URL --model NAME [--api-key-env NAME]] [--only id,…] [--json]";

/** What is said to a person who mistyped; not an error of the program. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** @throws UsageError for flags that are unknown or do not go together. */
export function readCommand(args: readonly string[], env: NodeJS.ProcessEnv): Command {
  const flags = readFlags(args);
  return {
    target: readTarget(flags, env),
    only: flags.only?.split(",").map((id) => id.trim()),
    isJson: flags.json ?? false,
  };
}

/** @throws UsageError for an id that there is not. */
export function chosen<Item extends { readonly id: string }>(
  items: readonly Item[],
  only: readonly string[] | undefined,
): readonly Item[] {
  const unknown = only?.find((id) => !items.some((item) => item.id === id));
  if (unknown !== undefined)
    throw wrong(
      `--only names ${JSON.stringify(unknown)}, which is not there; without --only all ids are printed`,
    );
  return items.filter(({ id }) => only?.includes(id) ?? true);
}

interface Flags {
  readonly "base-url"?: string | undefined;
  readonly model?: string | undefined;
  readonly "api-key-env"?: string | undefined;
  readonly only?: string | undefined;
  readonly json?: boolean | undefined;
}

function readTarget(flags: Flags, env: NodeJS.ProcessEnv): Target | undefined {
  const { "base-url": baseURL, model, "api-key-env": keyName } = flags;
  if (baseURL === undefined) {
    if (model === undefined && keyName === undefined) return undefined;
    throw wrong("--model and --api-key-env need --base-url");
  }
  if (!model) throw wrong("--base-url needs --model");
  if (!/^https?:$/.test(URL.parse(baseURL)?.protocol ?? ""))
    throw wrong(`--base-url must begin with http:// or https://, got ${JSON.stringify(baseURL)}`);
  if (keyName === undefined) return { baseURL, model };
  const apiKey = env[keyName]?.trim();
  if (!apiKey) throw wrong(`the environment variable ${JSON.stringify(keyName)} holds no key`);
  return { baseURL, model, apiKey };
}

function readFlags(args: readonly string[]): Flags {
  try {
    return parseArgs({
      // pnpm hands on the `--` of `pnpm conformance -- …`.
      args: args[0] === "--" ? args.slice(1) : [...args],
      options: {
        "base-url": { type: "string" },
        model: { type: "string" },
        "api-key-env": { type: "string" },
        only: { type: "string" },
        json: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw wrong(words.split(/[.\n]/)[0] ?? words);
  }
}

function wrong(problem: string): UsageError {
  return new UsageError(`conformance: ${problem} (${usage}).`);
}
