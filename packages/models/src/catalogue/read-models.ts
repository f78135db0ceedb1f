import type { ModelCapabilities } from "@pawl/core";

import { type JsonObject, listOf, numberOf, objectOf, textOf } from "../wire/json.ts";
import { assumedCapabilities } from "./assumed.ts";
import type { Catalogue, ModelDeprecation, ModelFacts, ModelPrice } from "./catalogue.ts";

/** What other clients take for granted where AI/ML API says nothing (aimlapi-catalog.ts of aimlapi/pi-aimlapi). */
const assumedSizes = { contextTokens: 32_768, maxOutputTokens: 8_192 };

/**
 * The chat models in what AI/ML API's `GET /v1/models` said, each with the facts of `known` where a row leaves them out.
 * Other rows are for pictures, sound and the like; one model may have several.
 */
export function readModels(body: JsonObject, known: Catalogue): readonly ModelFacts[] {
  return listOf(body["data"]).flatMap((row) => {
    const fields = objectOf(row) ?? {};
    const id = textOf(fields["id"]);
    if (!id || fields["type"] !== "openai/chat-completions") return [];
    const names = [id, ...textsOf(fields["aliases"])];
    return [readModel(fields, names, nearest(names, known))];
  });
}

/** What `GET /v1/models/deprecations` said, by every name of each model (docs: service-endpoints/model-deprecations). */
export function readDeprecations(body: JsonObject): readonly NamedDeprecation[] {
  return listOf(body["data"]).flatMap((row) => {
    const fields = objectOf(row) ?? {};
    const id = textOf(fields["id"]);
    const status = statuses.find((each) => each === fields["status"]);
    if (!id || !status) return [];
    const deprecation = {
      status,
      deprecatedAt: textOf(fields["deprecated_at"]),
      shutdownAt: textOf(fields["shutdown_at"]),
      replacement: textOf(fields["replaced_by"]),
    };
    return [{ id, aliases: textsOf(fields["aliases"]), deprecation }];
  });
}

/** A model that is on its way out, or gone. */
export interface NamedDeprecation {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly deprecation: ModelDeprecation;
}

const statuses = ["deprecated", "superseded", "withdrawn"] as const;

/** What is known of the model under any of its names. */
function nearest(names: readonly string[], known: Catalogue): ModelFacts | undefined {
  return names.map((name) => known.find(name)).find(Boolean);
}

function readModel(
  fields: JsonObject,
  [id = "", ...aliases]: readonly string[],
  known: ModelFacts | undefined,
): ModelFacts {
  const price = readPrice(fields["pricing"]) ?? known?.price;
  const others = [...new Set([...aliases, ...(known?.id === id ? (known.aliases ?? []) : [])])];
  return {
    id,
    ...(others.length > 0 && { aliases: others }),
    capabilities: readCapabilities(fields, known?.capabilities),
    ...(price && { price }),
    // A model that is served is not gone, whatever was known of it once.
    ...(known?.deprecation &&
      known.deprecation.status !== "withdrawn" && { deprecation: known.deprecation }),
  };
}

/**
 * What a row says comes first. Its list of capabilities has no documented words for chat models, so one that is named is
 * there, and one that is not named may be there all the same.
 */
function readCapabilities(
  fields: JsonObject,
  known: ModelCapabilities = { ...assumedCapabilities, ...assumedSizes },
): ModelCapabilities {
  const { contextLength, outputMax } = objectOf(fields["info"]) ?? {};
  const named = [...textsOf(fields["capabilities"]), ...textsOf(fields["features"])];
  const input = textsOf(objectOf(fields["modalities"])?.["input"]);
  return {
    ...known,
    ...(named.some((name) => toolWords.test(name)) && { tools: true }),
    ...(input.length > 0 && { images: input.includes("image") }),
    ...size("contextTokens", contextLength),
    ...size("maxOutputTokens", outputMax),
  };
}

/** `openai/chat-completion.function` in the older form of the list (complete-model-list.md of aimlapi/api-docs). */
const toolWords = /^(?:tools?|(?:tool|function)[-_ ]?(?:use|calls?|calling))$|\.function$/i;

function size(name: "contextTokens" | "maxOutputTokens", value: unknown): object {
  const tokens = numberOf(value);
  return tokens !== undefined && tokens >= 1 ? { [name]: Math.floor(tokens) } : {};
}

/**
 * Dollars for a million tokens of text, when both directions are quoted. A price holds for `per` tokens, which differs from
 * model to model (docs: service-endpoints/models-catalogue).
 */
function readPrice(pricing: unknown): ModelPrice | undefined {
  const rates = new Map<unknown, number>();
  for (const unit of listOf(objectOf(pricing)?.["units"])) {
    const { name, content, origin, price, per } = objectOf(unit) ?? {};
    const [dollars, tokens] = [numberOf(price), numberOf(per)];
    if (name !== "token" || content !== "text" || dollars === undefined || !tokens) continue;
    // A cheap price for a thousand, times a thousand, is off by a binary hair.
    rates.set(origin, Number(((dollars / tokens) * 1_000_000).toPrecision(12)));
  }
  const inputUsd = rates.get("provided");
  const outputUsd = rates.get("generated");
  const cachedInputUsd = rates.get("cached");
  if (inputUsd === undefined || outputUsd === undefined) return undefined;
  return { inputUsd, outputUsd, ...(cachedInputUsd !== undefined && { cachedInputUsd }) };
}

function textsOf(value: unknown): readonly string[] {
  return listOf(value).flatMap((each) => textOf(each) ?? []);
}
