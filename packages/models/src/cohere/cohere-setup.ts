import type { ModelCapabilities } from "@pawl/core";

import { answerTokens } from "../catalogue/assumed.ts";
import type { ModelFacts } from "../catalogue/catalogue.ts";
import { checkCatalogue } from "../catalogue/check-catalogue.ts";
import { knownModels } from "../catalogue/known-models.ts";
import { cohereURL } from "../cohere-server.ts";
import { checkSwitch, numberFields } from "../wire/checked-fields.ts";
import { checkModel, type Endpoint, readEndpoint } from "../wire/endpoint.ts";
import { objectOf } from "../wire/json.ts";
import { forWhole } from "../wire/timeouts.ts";
import type { CohereDocument, CohereOptions } from "./cohere-options.ts";

/** Checked options. */
export interface CohereSetup {
  readonly endpoint: Endpoint;
  readonly model: string;
  readonly facts: ModelFacts;
  /** The fields that are the same in every request. */
  readonly fields: object;
  readonly isStrict: boolean;
  /** Whether the model may think, and so writes its plans as thinking. */
  readonly isThinking: boolean;
  readonly documents: CohereOptions["documents"];
  readonly extra: CohereOptions["extra"];
}

/** What is taken for granted of a model that nobody knows: that it is newer than those that are known. */
const assumed: ModelCapabilities = {
  tools: true,
  toolChoice: true,
  structuredOutput: "json-schema",
};

/** Models that write their plans as thinking, in blocks of their own (docs.cohere.com/docs/reasoning). */
const thinkers = /^command-a-(?:plus|reasoning)/;

const where = "cohere";
const path = "/v2/chat";

/** The numbers: how they are sent, and from where to where they go. */
const numbers = {
  maxTokens: { wire: "max_tokens", min: 1, isWhole: true },
  temperature: { wire: "temperature", min: 0, max: 1 },
  topP: { wire: "p", min: 0.01, max: 0.99 },
  topK: { wire: "k", min: 0, max: 500, isWhole: true },
  frequencyPenalty: { wire: "frequency_penalty", min: 0, max: 1 },
  presencePenalty: { wire: "presence_penalty", min: 0, max: 1 },
  seed: { wire: "seed", min: 0, isWhole: true },
  priority: { wire: "priority", min: 0, max: 999, isWhole: true },
} as const;

const modes = {
  citations: ["accurate", "fast", "off", "enabled", "disabled"],
  safetyMode: ["contextual", "strict", "off"],
} as const;

const others = ["stream", "stop", "strictTools", "documents", "thinking", "catalogue", "extra"];
const more = [...Object.keys(numbers), ...Object.keys(modes), ...others];

/** @throws TypeError for an option that is unknown or wrong. */
export function readCohereOptions(model: string, options: CohereOptions): CohereSetup {
  const { baseURL = cohereURL, stream = true, strictTools = false } = options;
  const { headers, timeouts, ...endpoint } = readEndpoint(
    { where, path, more },
    {
      ...options,
      baseURL: typeof baseURL === "string" ? baseURL.replace(/\/v2\/*$/, "") : baseURL,
    },
  );
  checkModel(where, model);
  checkSwitch(where, "stream", stream);
  checkSwitch(where, "strictTools", strictTools);
  const { catalogue = knownModels.cohere, documents, thinking, extra } = options;
  checkCatalogue(where, catalogue);
  const facts = catalogue.find(model) ?? { id: model, capabilities: assumed };
  if (documents !== undefined && typeof documents !== "function") checkDocuments(documents);
  if (extra !== undefined && typeof extra !== "function") checkExtra(extra);
  const accept = stream ? "text/event-stream" : "application/json";
  return {
    endpoint: {
      ...endpoint,
      headers: { ...headers, accept },
      timeouts: stream ? timeouts : forWhole(timeouts),
    },
    model,
    facts,
    fields: {
      model,
      stream,
      ...fieldsOf({ ...options, maxTokens: options.maxTokens ?? answerTokens(facts) }),
    },
    isStrict: strictTools,
    isThinking: thinkers.test(model) && thinking !== false,
    documents,
    extra,
  };
}

/** @throws TypeError when they are no list of texts and `{ id?, data }`. */
export function checkDocuments(documents: unknown): asserts documents is readonly CohereDocument[] {
  const isRight =
    Array.isArray(documents) &&
    documents.every(
      (each: unknown) => typeof each === "string" || objectOf(objectOf(each)?.["data"]),
    );
  if (!isRight)
    throw wrong(
      '"documents" must be a list of texts or of objects { id, data }, or a function that returns one',
    );
}

const ownFields = ["model", "messages", "tools", "stream", "documents"];

/** @throws TypeError for fields that the adapter itself sets. */
export function checkExtra(extra: unknown): void {
  const fields = objectOf(extra);
  if (!fields) throw wrong('"extra" must be an object of fields, or a function that returns one');
  const own = ownFields.find((name) => Object.hasOwn(fields, name));
  if (own) throw wrong(`"extra" must not hold "${own}", which is set already; leave it out`);
}

function fieldsOf(options: CohereOptions): object {
  // No limit is what there is without the field; the server refuses 1.
  const topP = options.topP === 1 ? undefined : options.topP;
  const fields = numberFields(where, { ...options, topP }, numbers);
  const { stop, strictTools, citations, safetyMode, thinking } = options;
  if (stop !== undefined) fields["stop_sequences"] = wireStop(stop);
  if (strictTools) fields["strict_tools"] = true;
  if (citations !== undefined)
    fields["citation_options"] = { mode: modeOf("citations", citations) };
  if (safetyMode !== undefined) fields["safety_mode"] = modeOf("safetyMode", safetyMode);
  if (thinking !== undefined) fields["thinking"] = wireThinking(thinking);
  return fields;
}

function wireStop(stop: unknown): readonly unknown[] {
  const texts: readonly unknown[] = Array.isArray(stop) ? stop : [stop];
  const isRight =
    texts.length <= 5 && texts.every((each) => typeof each === "string" && each !== "");
  if (!isRight)
    throw wrong('"stop" must be a text, or a list of at most 5 texts, none of them empty');
  return texts;
}

function modeOf(name: keyof typeof modes, value: unknown): string {
  const known: readonly string[] = modes[name];
  const mode = known.find((each) => each === value);
  if (mode === undefined)
    throw wrong(`"${name}" must be one of ${known.join(", ")}, got ${String(value)}`);
  return mode.toUpperCase();
}

function wireThinking(thinking: CohereOptions["thinking"]): object {
  if (thinking === false) return { type: "disabled" };
  const { budgetTokens } = objectOf(thinking) ?? {};
  if (!Number.isSafeInteger(budgetTokens) || (budgetTokens as number) < 1)
    throw wrong('"thinking" must be false or { budgetTokens } of at least 1');
  return { type: "enabled", token_budget: budgetTokens };
}

function wrong(problem: string): TypeError {
  return new TypeError(`${where}: ${problem}.`);
}
