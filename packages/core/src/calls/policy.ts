import { wordsOf } from "../errors.ts";
import type { ToolEffect } from "../tool.ts";

/**
 * Whether a call may run: `"allow"`, `"ask"` (a person must agree) or `"deny"`, or one of the last two with a reason.
 * Undefined is no opinion.
 */
export type Policy<Context = unknown> = (
  call: PolicyCall<Context>,
) => Verdict | undefined | Promise<Verdict | undefined>;

/** A valid call that is about to run. */
export interface PolicyCall<Context = unknown> {
  readonly callId: string;
  readonly toolName: string;
  /** The arguments after the check against the tool's schema. */
  readonly input: unknown;
  readonly effect: ToolEffect;
  /** The agent whose call it is. */
  readonly agent: string;
  readonly runId: string;
  readonly context: Context;
  readonly signal: AbortSignal;
}

/** A policy's word on a call. */
export type Verdict = VerdictWord | { readonly verdict: VerdictWord; readonly reason?: string };

/** What may become of a call. */
export type VerdictWord = "allow" | "ask" | "deny";

/** A verdict with its reason, if it has one. */
export interface Judgement {
  readonly verdict: VerdictWord;
  readonly reason?: string | undefined;
}

/** A verdict in one form. @throws TypeError for what is none: a policy that cannot be understood must not let a call pass. */
export function judgementOf(given: Verdict | undefined): Judgement {
  const { verdict, reason } = Object(
    typeof given === "object" ? given : { verdict: given ?? "allow" },
  ) as Judgement;
  if (!["allow", "ask", "deny"].includes(verdict))
    throw new TypeError(
      `the policy must return "allow", "ask", "deny" or { verdict, reason }, not ${wordsOf(JSON.stringify(given))}`,
    );
  return { verdict, reason };
}
