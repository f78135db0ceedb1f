import type { Price } from "./prices.ts";

/** What a call of a model needs at the most. */
export interface Need {
  /** The length of the prompt, estimated. */
  readonly inputTokens: number;
  /** The longest answer wanted; `Infinity` when there is no bound. */
  readonly outputTokens: number;
  /** Whose prices are meant: calls with one key cost the same a token. */
  readonly model?: object | undefined;
}

/** How a limit stands: what is left of it, and how much of that is held for calls that are under way. */
export interface Room {
  readonly left: number;
  readonly held: number;
}

/** How the limits of one budget stand that a call of a model meets; undefined where it has none. */
export type Rooms = { readonly [Kind in (typeof kinds)[number]]: Room | undefined } & {
  /** How many may want something of it at the same time, at least 1. */
  readonly users: number;
};

/** What a call is allowed, or why it is not. */
export type Allowance =
  | {
      readonly tokens: number;
      readonly usd: number;
      readonly maxOutputTokens: number | undefined;
      readonly lack?: undefined;
      readonly blocked?: undefined;
    }
  /** The call has to wait for what is held at these places in the chain. */
  | { readonly blocked: readonly number[]; readonly lack?: undefined }
  | { readonly lack: Lack };

/** Which limit leaves too little, of which budget in the chain, and how much. */
export interface Lack {
  readonly kind: (typeof kinds)[number];
  readonly place: number;
  readonly left: number;
}

const kinds = ["ms", "steps", "tokens", "usd"] as const;

/** An answer that may not even be this long is hardly worth having: the call rather waits for what others hold. */
const leastTokens = 1024;

/** Hardly any answer is longer. No call is kept below that for the sake of those that may come. */
const ampleTokens = 4096;

/** What a call with this need and price is allowed by a chain of budgets. */
export function allowance(
  chain: readonly Rooms[],
  need: Need,
  price: Price | undefined,
): Allowance {
  const call = { need, price };
  const limits = limitsOf(chain);
  const longest = limits.map((limit) => fitsIn(limit, call));
  for (const [index, { kind, place, left }] of limits.entries())
    if ((longest[index] ?? 0) < 1) return { lack: { kind, place, left } };
  // Of those who work side by side none takes all, or the others would have to wait.
  const share = Math.min(...limits.map((limit) => shareOf(limit, call)));
  const wanted = Math.min(need.outputTokens, Math.max(share, ampleTokens));
  const enough = Math.min(wanted, leastTokens, ...longest);
  const now = limits.map((limit) => fitsNow(limit, call));
  const blocked = limits.flatMap(({ place }, index) => ((now[index] ?? 0) < enough ? [place] : []));
  if (blocked.length > 0) return { blocked };
  const fits = Math.min(...now);
  const outputTokens = Math.floor(Math.min(wanted, fits));
  return {
    tokens: need.inputTokens + outputTokens,
    usd: price
      ? need.inputTokens * price.input + outputTokens * price.output
      : Math.min(...chain.map(({ usd }) => usd?.left ?? Infinity)),
    maxOutputTokens: fits === Infinity ? undefined : outputTokens,
  };
}

interface Limit extends Lack, Room {
  readonly users: number;
}

function limitsOf(chain: readonly Rooms[]): Limit[] {
  return chain.flatMap(({ users, ...rooms }, place) =>
    kinds.flatMap((kind) => {
      const room = rooms[kind];
      return room ? [{ kind, place, users, ...room }] : [];
    }),
  );
}

interface Call {
  readonly need: Need;
  readonly price: Price | undefined;
}

/** How long an answer fits into what is left of a limit; less than 1 when not even its call does. */
function fitsIn({ kind, left }: Pick<Limit, "kind" | "left">, { need, price }: Call): number {
  if (kind === "tokens") return left - need.inputTokens;
  if (kind === "usd" && price)
    return Math.floor((left - need.inputTokens * price.input) / price.output);
  const isLeft = kind === "steps" ? left >= 1 : left > 0;
  return isLeft ? Infinity : 0;
}

/** The same while the calls of others are under way. */
function fitsNow({ kind, left, held }: Limit, call: Call): number {
  // Before a price is known a call may cost all that is left, so that no other may be under way.
  const isUnsure = kind === "usd" && !call.price && held > 0;
  return isUnsure ? 0 : fitsIn({ kind, left: left - held }, call);
}

/** The same when all who may want something of it get as much. */
function shareOf({ kind, left, users }: Limit, call: Call): number {
  const isShared = users > 1 && (kind === "tokens" || kind === "usd");
  return isShared ? fitsIn({ kind, left: left / users }, call) : Infinity;
}
