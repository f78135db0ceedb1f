import { checkCount } from "../count.ts";
import type { Model } from "../model.ts";
import { checkOptions } from "../options.ts";

/**
 * How a conversation that grows too long for its model is made to fit: the model is shown less of it, while the run and its
 * result keep all. Old results are taken out first; when that is not enough, a summary takes the place of old messages.
 */
export interface CompactionOptions {
  /**
   * The size of a prompt, in tokens, that is not to be passed; at least 500. Tokens are estimated, and corrected by what the
   * provider counts.
   *
   * @defaultValue 80 % of what is left of the model's `capabilities.contextTokens` without its `maxOutputTokens`; no limit
   * where the model does not say
   */
  readonly tokens?: number | undefined;
  /**
   * How many of the last steps keep their results, at least 1: they are shortened only where nothing else would help.
   *
   * @defaultValue 3
   */
  readonly keepSteps?: number | undefined;
  /**
   * Who writes the summary: `true` for the agent's own model, another model, or `false` for no summaries. Writing one is no
   * part of a step's time: `timeouts.idleMs` and the budget's `ms` end a writer that hangs, `timeouts.stepMs` does not. A
   * writer that fails with a `ModelError` costs the run only its summary; any other error ends the run as `failed`.
   *
   * @defaultValue `true`
   */
  readonly summarize?: boolean | Model | undefined;
  /**
   * What a summary must keep, in words for the model that writes it, beside what every summary keeps.
   *
   * @defaultValue nothing more
   */
  readonly instructions?: string | undefined;
}

/** Checked options of a compaction. */
export interface Compaction {
  readonly tokens: number | undefined;
  readonly keepSteps: number;
  readonly summarize: boolean | Model;
  readonly instructions: string;
}

/** Options as they are given to an agent; undefined for none at all. @throws TypeError for wrong ones. */
export function readCompaction(
  where: string,
  given: CompactionOptions | false = {},
): Compaction | undefined {
  if (given === false) return undefined;
  checkOptions(`${where}: "compaction"`, given, [
    "tokens",
    "keepSteps",
    "summarize",
    "instructions",
  ]);
  const { tokens, keepSteps = 3, summarize = true, instructions = "" } = given;
  if (tokens !== undefined) checkCount(where, ["compaction.tokens", tokens], { least: 500 });
  checkCount(where, ["compaction.keepSteps", keepSteps]);
  if (typeof summarize !== "boolean" && typeof Object(summarize).respond !== "function")
    throw new TypeError(`${where}: "compaction.summarize" must be true, false, or a model.`);
  if (typeof instructions !== "string")
    throw new TypeError(`${where}: "compaction.instructions" must be a string.`);
  return { tokens, keepSteps, summarize, instructions };
}

/** The size that a prompt is not to pass, in tokens; infinite where nobody knows one. */
export function limitFor({ tokens }: Pick<Compaction, "tokens">, { capabilities }: Model): number {
  if (tokens !== undefined) return tokens;
  // A model that somebody wrote in plain JavaScript may say nothing of itself.
  const { contextTokens = Number.POSITIVE_INFINITY, maxOutputTokens = 0 } = capabilities ?? {};
  // Some models may fill all they can take in with one answer: the conversation has half of it even so.
  return 0.8 * (contextTokens - Math.min(maxOutputTokens, contextTokens / 2));
}
