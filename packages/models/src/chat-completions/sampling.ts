import { type NumberField, numberFields } from "../wire/checked-fields.ts";
import type { JsonObject } from "../wire/json.ts";

/** How a model chooses its words. What is left out is not sent, so the server decides. */
export interface SamplingOptions {
  /**
   * How far the choice strays from the likeliest word, 0 to 2.
   *
   * @defaultValue the server's
   */
  readonly temperature?: number | undefined;
  /**
   * The share of likely words that are chosen from, 0.01 to 1. 1 means all of them and is not sent: Command R refuses it on
   * Bedrock (aws-samples/bedrock-access-gateway#12).
   *
   * @defaultValue the server's
   */
  readonly topP?: number | undefined;
  /**
   * How many of the likeliest words are chosen from, 0 or more; most servers take 0 for all of them.
   *
   * @defaultValue the server's
   */
  readonly topK?: number | undefined;
  /**
   * The least likelihood of a chosen word, as a share of the likeliest one's, 0.001 to 0.999.
   *
   * @defaultValue the server's
   */
  readonly minP?: number | undefined;
  /**
   * How much a word loses each time it was said before, -2 to 2.
   *
   * @defaultValue the server's
   */
  readonly frequencyPenalty?: number | undefined;
  /**
   * How much a word loses once it was said before, -2 to 2.
   *
   * @defaultValue the server's
   */
  readonly presencePenalty?: number | undefined;
  /**
   * What the likelihood of words that were said before is divided by, 0 to 2.
   *
   * @defaultValue the server's
   */
  readonly repetitionPenalty?: number | undefined;
  /**
   * Makes a server choose the same words again, as far as it can: a whole number of at least 1.
   *
   * @defaultValue none is sent
   */
  readonly seed?: number | undefined;
  /**
   * Where the answer ends before it says it: a text, or up to four.
   *
   * @defaultValue none is sent
   */
  readonly stop?: string | readonly string[] | undefined;
  /**
   * How long a model that thinks does so.
   *
   * @defaultValue the server's
   */
  readonly reasoningEffort?: "low" | "medium" | "high" | undefined;
}

const ranges = {
  temperature: { wire: "temperature", min: 0, max: 2 },
  topP: { wire: "top_p", min: 0.01, max: 1 },
  topK: { wire: "top_k", min: 0, isWhole: true },
  minP: { wire: "min_p", min: 0.001, max: 0.999 },
  frequencyPenalty: { wire: "frequency_penalty", min: -2, max: 2 },
  presencePenalty: { wire: "presence_penalty", min: -2, max: 2 },
  repetitionPenalty: { wire: "repetition_penalty", min: 0, max: 2 },
  seed: { wire: "seed", min: 1, isWhole: true },
} satisfies Partial<Record<keyof SamplingOptions, NumberField>>;

/** The names of the options, and what each is called on the wire. */
export const samplingNames: Readonly<Record<keyof SamplingOptions, string>> = {
  temperature: ranges.temperature.wire,
  topP: ranges.topP.wire,
  topK: ranges.topK.wire,
  minP: ranges.minP.wire,
  frequencyPenalty: ranges.frequencyPenalty.wire,
  presencePenalty: ranges.presencePenalty.wire,
  repetitionPenalty: ranges.repetitionPenalty.wire,
  seed: ranges.seed.wire,
  stop: "stop",
  reasoningEffort: "reasoning_effort",
};

/** The fields of a request that say how words are chosen. @throws TypeError for a value out of range. */
export function readSampling(where: string, options: SamplingOptions): JsonObject {
  const { stop, reasoningEffort } = options;
  const fields = numberFields(where, options, ranges);
  if (options.topP === 1) delete fields[ranges.topP.wire];
  if (stop !== undefined && !isStop(stop))
    throw new TypeError(
      `${where}: "stop" must be a text, or a list of 1 to 4 texts, none of them empty.`,
    );
  if (reasoningEffort !== undefined && !["low", "medium", "high"].includes(reasoningEffort))
    throw new TypeError(
      `${where}: "reasoningEffort" must be "low", "medium" or "high", got ${JSON.stringify(reasoningEffort)}.`,
    );
  return {
    ...fields,
    ...(stop !== undefined && { stop }),
    ...(reasoningEffort && { reasoning_effort: reasoningEffort }),
  };
}

function isStop(stop: unknown): boolean {
  const texts: readonly unknown[] = Array.isArray(stop) ? stop : [stop];
  const isCount = texts.length >= 1 && texts.length <= 4;
  return isCount && texts.every((text) => typeof text === "string" && text !== "");
}
