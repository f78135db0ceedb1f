import { checkOptions, type ModelCapabilities, type ResponseFormat } from "@pawl/core";

import type { EndpointOptions } from "../wire/endpoint.ts";
import { checkModel, type Endpoint, readEndpoint } from "../wire/endpoint.ts";
import { checkSwitch, numberFields } from "../wire/checked-fields.ts";
import type { JsonObject } from "../wire/json.ts";
import { forWhole } from "../wire/timeouts.ts";
import { type Attribution, attributionHeaders } from "./attribution.ts";
import { checkCapabilities } from "./capabilities.ts";
import { checkExtra, type Extra } from "./extra.ts";
import { checkFormat } from "./response-format.ts";
import { readSampling, samplingNames, type SamplingOptions } from "./sampling.ts";
import type { HistoryOptions, MessageSettings } from "./wire-message.ts";

/** How to reach a model over chat completions, and how to ask it. */
export interface ChatCompletionsOptions extends EndpointOptions, SamplingOptions, HistoryOptions {
  /** The server's name for the model. */
  readonly model: string;
  /**
   * The most tokens of one answer, at least 1.
   *
   * @defaultValue what the model can write, where that is known by its name or its `capabilities`; else the server's
   */
  readonly maxTokens?: number | undefined;
  /**
   * Whether answers are asked for as a stream or whole.
   *
   * @defaultValue `true`
   */
  readonly stream?: boolean | undefined;
  /**
   * Whether the model may call several tools at once. Only sent beside tools.
   *
   * @defaultValue the server's
   */
  readonly parallelToolCalls?: boolean | undefined;
  /**
   * How the model calls tools: by the server's own protocol, or by one written into its prompt. `"auto"` is by the prompt when
   * `capabilities.tools` is known to be false.
   *
   * @defaultValue `"auto"`
   */
  readonly toolMode?: "auto" | "native" | "prompted" | undefined;
  /**
   * What an answer looks like when its request says nothing of it. Not asked for beside tools, since it keeps models from
   * calling them; use an agent's `output` there.
   *
   * @defaultValue text
   */
  readonly responseFormat?: ResponseFormat | undefined;
  /**
   * What is known of the model, which decides how things are asked of it.
   *
   * @defaultValue `{ tools: true }`, or what the vendor says
   */
  readonly capabilities?: Partial<ModelCapabilities> | undefined;
  /**
   * Fields of requests that have no option here, or a function that makes them for each attempt at a request.
   *
   * @defaultValue none
   */
  readonly extra?: Extra | undefined;
  /**
   * Which application asks. Sent to https://api.aimlapi.com and no other server.
   *
   * @defaultValue nothing is said
   */
  readonly attribution?: Attribution | undefined;
  /** What a server does that cannot be told from what others mean. */
  readonly quirks?: Quirks | undefined;
  /**
   * Whether an answer that is one call of a tool written out as text, and nothing else, is taken for the call
   * (ggml-org/llama.cpp#14101).
   *
   * @defaultValue `false`
   */
  readonly salvageToolText?: boolean | undefined;
}

/** What a server does that cannot be told from what others mean. */
export interface Quirks {
  /**
   * Whether each piece of a stream repeats all of the text before it (QwenLM/qwen-code#3896).
   *
   * @defaultValue `false`
   */
  readonly cumulativeText?: boolean | undefined;
}

/** Checked options. */
export interface ChatSetup extends Omit<MessageSettings, "capabilities"> {
  /** The function that the user called, for errors. */
  readonly where: string;
  readonly endpoint: Endpoint;
  readonly maxTokens: number | undefined;
  readonly isStreamed: boolean;
  /** Fields of every request. */
  readonly sampling: JsonObject;
  readonly isParallel: boolean | undefined;
  readonly toolMode: NonNullable<ChatCompletionsOptions["toolMode"]>;
  readonly responseFormat: ResponseFormat | undefined;
  /** What the user knows of the model. */
  readonly capabilities: Partial<ModelCapabilities>;
  readonly extra: Extra | undefined;
  readonly hasCumulativeText: boolean;
  readonly isToolTextSalvaged: boolean;
}

const more = [
  "model",
  "maxTokens",
  "stream",
  ...Object.keys(samplingNames),
  "parallelToolCalls",
  "toolMode",
  "responseFormat",
  "capabilities",
  "extra",
  "attribution",
  "replayReasoning",
  "callIds",
  "quirks",
  "salvageToolText",
];

/**
 * @throws TypeError for an option that is unknown or wrong; `where` is the function that the user called, and `others` what it
 * takes besides.
 */
export function readChatOptions(
  where: string,
  options: ChatCompletionsOptions,
  others: readonly string[] = [],
): ChatSetup {
  const caller = { where, path: "/chat/completions", more: [...more, ...others] };
  const endpoint = readEndpoint(caller, options);
  checkModel(where, options.model);
  checkSwitches(where, options);
  checkParts(where, options);
  const { stream = true, quirks = {} } = options;
  const { timeouts } = endpoint;
  return {
    where,
    endpoint: {
      ...endpoint,
      headers: headersOf(where, options, endpoint),
      timeouts: stream ? timeouts : forWhole(timeouts),
    },
    model: options.model,
    maxTokens: options.maxTokens,
    isStreamed: stream,
    sampling: readSampling(where, options),
    isParallel: options.parallelToolCalls,
    toolMode: options.toolMode ?? "auto",
    responseFormat: options.responseFormat,
    capabilities: options.capabilities ?? {},
    extra: options.extra,
    isReasoningReplayed: options.replayReasoning ?? false,
    callIds: options.callIds ?? "as-given",
    hasCumulativeText: quirks.cumulativeText ?? false,
    isToolTextSalvaged: options.salvageToolText ?? false,
  };
}

const switches = ["stream", "parallelToolCalls", "replayReasoning", "salvageToolText"] as const;

const choices = {
  toolMode: ["auto", "native", "prompted"],
  callIds: ["as-given", "alphanumeric-9"],
} as const;

/** Those that have two values, or a few. */
function checkSwitches(where: string, options: ChatCompletionsOptions): void {
  for (const name of switches) checkSwitch(where, name, options[name]);
  for (const [name, known] of Object.entries(choices)) {
    const value: unknown = options[name as keyof typeof choices];
    if (value !== undefined && !known.some((each) => each === value))
      throw new TypeError(
        `${where}: "${name}" must be ${known.map((each) => `"${each}"`).join(" or ")}, got ${JSON.stringify(value)}.`,
      );
  }
}

function checkParts(where: string, options: ChatCompletionsOptions): void {
  const { maxTokens, responseFormat, capabilities, extra, quirks = {} } = options;
  numberFields(where, { maxTokens }, { maxTokens: { wire: "max_tokens", min: 1, isWhole: true } });
  if (responseFormat !== undefined) checkFormat(where, responseFormat);
  if (capabilities !== undefined) checkCapabilities(where, capabilities);
  if (extra !== undefined) checkExtra(where, extra);
  checkOptions(`${where}: "quirks"`, quirks, ["cumulativeText"]);
  checkSwitch(where, "quirks.cumulativeText", quirks.cumulativeText);
}

function headersOf(
  where: string,
  { stream = true, attribution = {} }: ChatCompletionsOptions,
  { url, headers }: Endpoint,
): Readonly<Record<string, string>> {
  const attributed = attributionHeaders(where, attribution, url);
  const twice = Object.keys(attributed).find((name) => Object.hasOwn(headers, name));
  if (twice)
    throw new TypeError(
      `${where}: "headers" holds "${twice}", which "attribution" sets; leave one of them out.`,
    );
  return { ...headers, accept: stream ? "text/event-stream" : "application/json", ...attributed };
}
