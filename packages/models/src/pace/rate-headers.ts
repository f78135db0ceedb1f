import type { ReplyHead } from "../wire/exchange.ts";

/** What a server says is left of one of its limits. */
export interface Reported {
  /** Which of its limits. */
  readonly name: string;
  readonly kind: "requests" | "tokens";
  readonly limit: number | undefined;
  readonly left: number;
  /** Milliseconds until there is more; undefined when it does not say. */
  readonly resetMs: number | undefined;
}

/** Cohere's trial keys are told how many calls a minute are left, and only of successes (docs.cohere.com/docs/rate-limits). */
const trial = /^x-trial-endpoint-call-(limit|remaining)$/;
const minuteMs = 60_000;

/**
 * What the headers of an answer say of limits. Reads `x-ratelimit-remaining-requests` and its kin (OpenAI, Groq, Azure, Mistral,
 * Cerebras), `anthropic-ratelimit-requests-remaining` and its kin, `x-ratelimit-remaining`, and the `ratelimit` fields of all
 * drafts of draft-ietf-httpapi-ratelimit-headers.
 */
export function rateHeaders(headers: ReplyHead["headers"]): readonly Reported[] {
  let found: Map<string, Map<string, string>> | undefined;
  const note = (name: string, field: string, value: string): void => {
    found ??= new Map();
    const fields = found.get(name) ?? new Map<string, string>();
    found.set(name, fields.set(field, value));
  };
  // Every answer comes through here, and few of its headers are of interest.
  for (const name in headers) {
    if (!name.includes("ratelimit") && !name.startsWith("x-trial-")) continue;
    const value = String(headers[name]);
    if (name === "ratelimit") noteStructured(value, note);
    else {
      const [, word] = trial.exec(name) ?? [];
      if (word) note("trial", word, value);
      else noteNamed(name, value, note);
    }
  }
  return found ? [...found].flatMap(([name, fields]) => reportedOf(name, fields)) : [];
}

type Note = (name: string, field: string, value: string) => void;

/** `"default";r=50;t=30`, or in older drafts `limit=100, remaining=50, reset=5`; of several the first. */
function noteStructured(value: string, note: Note): void {
  const words = {
    r: "remaining",
    remaining: "remaining",
    t: "reset",
    reset: "reset",
    limit: "limit",
  };
  const isOld = /\bremaining=/.test(value);
  const first = isOld ? value : (value.split(",")[0] ?? "");
  for (const [, key = "", number = ""] of first.matchAll(/\b(\w+)=(\d+)/g)) {
    const field = words[key as keyof typeof words];
    if (field) note("ratelimit", field, number);
  }
}

/** The word that says what is stated stands before or after the name of the limit. */
function noteNamed(name: string, value: string, note: Note): void {
  const match = /^(?:x-|anthropic-)?ratelimit-(.+)$/.exec(name);
  const words = match?.[1]?.split("-") ?? [];
  const field = words.find((word) => /^(?:limit|remaining|reset)$/.test(word));
  if (field) note(words.filter((word) => word !== field).join("-"), field, value);
}

function reportedOf(name: string, fields: ReadonlyMap<string, string>): Reported[] {
  const kind = kindOf(name);
  const left = Number.parseFloat(fields.get("remaining") ?? "");
  // Azure says -1 of what it does not count (openai/openai-dotnet#838).
  if (!kind || !(left >= 0)) return [];
  const limit = Number.parseFloat(fields.get("limit") ?? "");
  const reset = fields.get("reset");
  const isMinute = name === "trial" || name.endsWith("-minute");
  return [
    {
      name,
      kind,
      left,
      limit: limit > 0 ? limit : undefined,
      resetMs:
        (reset === undefined ? undefined : readReset(reset)) ?? (isMinute ? minuteMs : undefined),
    },
  ];
}

/** Of days and hours nothing can be made within a request. */
function kindOf(name: string): Reported["kind"] | undefined {
  if (/day|hour|month/.test(name)) return undefined;
  if (name.includes("token")) return "tokens";
  return /^(?:|ratelimit|trial|req(?:uests)?(?:-minute|-second)?)$/.test(name)
    ? "requests"
    : undefined;
}

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: minuteMs,
  h: 3_600_000,
  d: 86_400_000,
};

/** `"6m0s"` and `"20ms"` (OpenAI), seconds, seconds or milliseconds since 1970, or a date (Anthropic). */
function readReset(text: string): number | undefined {
  const value = text.trim();
  if (/^\d+(?:\.\d+)?$/.test(value)) {
    const number = Number(value);
    if (number < 1e9) return number * 1_000;
    return Math.max(0, (number < 1e11 ? number * 1_000 : number) - Date.now());
  }
  if (/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/.test(value))
    return [...value.matchAll(/([\d.]+)(ms|s|m|h|d)/g)].reduce(
      (sum, [, number, unit = ""]) => sum + Number(number) * (units[unit] ?? 0),
      0,
    );
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}
