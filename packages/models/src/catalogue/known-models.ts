import type { ModelCapabilities } from "@pawl/core";

import { type Catalogue, catalogue, type ModelDeprecation, type ModelFacts } from "./catalogue.ts";

/**
 * AI/ML API serves these by its request schema (docs/api-references/text-models-llm/Cohere/command-r-plus-08-2024.json of
 * aimlapi/api-docs, 2026-07-07). Of `tool_choice` it takes `auto` alone: its own clients turn `required` into that
 * (tool-payload.ts of aimlapi/openclaw-aimlapi).
 */
const gatewayCommandR: ModelCapabilities = {
  tools: true,
  toolChoice: false,
  // Cohere's models page. The gateway's own lists call it vision-capable (aimlapi/dify-aimlapi-plugin, 2026); it is not.
  images: false,
  structuredOutput: "json-schema",
  contextTokens: 128_000,
  maxOutputTokens: 4_000,
};

/** No `tools` in the request schema of `command-r-plus` since 2025-06-12; unknown fields are dropped without a word. */
const withoutTools: ModelCapabilities = { ...gatewayCommandR, tools: false };

/** Gone from AI/ML API since 2025-09-28 (model-database.md of aimlapi/api-docs); deprecated by Cohere on 2025-09-15. */
function withdrawn(replacement: string): ModelDeprecation {
  const dates = { deprecatedAt: "2025-09-15", shutdownAt: "2025-09-28" };
  return { status: "withdrawn", ...dates, replacement };
}

/** Prices as charged: cohere-*.yaml of aimlapi/dify-aimlapi-plugin (2026), about 1.3 times Cohere's own. */
const gatewayModels: readonly ModelFacts[] = [
  {
    id: "cohere/command-r-plus-08-2024",
    aliases: ["command-r-plus-08-2024"],
    capabilities: gatewayCommandR,
    price: { inputUsd: 3.25, outputUsd: 13 },
  },
  {
    id: "cohere/command-r-08-2024",
    aliases: ["command-r-08-2024"],
    capabilities: gatewayCommandR,
    price: { inputUsd: 0.195, outputUsd: 0.78 },
  },
  {
    id: "cohere/command-r7b-12-2024",
    aliases: ["command-r7b-12-2024"],
    capabilities: gatewayCommandR,
    // command-r7b-12-2024.toml of aimlapi/models.dev-aimlapi, read from the live catalogue (2026-09).
    price: { inputUsd: 0.051_577_5, outputUsd: 0.206_31 },
  },
  {
    id: "cohere/command-a",
    aliases: ["command-a"],
    // Its schema of 2026-04-22 has no `tools`, and no model of Cohere is on the gateway's list of those that call tools
    // (docs/capabilities/function-calling.md); aimlapi/dify-aimlapi-plugin says that it does.
    capabilities: { ...withoutTools, contextTokens: 256_000, maxOutputTokens: 8_000 },
    price: { inputUsd: 3.25, outputUsd: 13 },
  },
  {
    id: "cohere/command-r-plus",
    aliases: ["command-r-plus", "cohere/command-r-plus-04-2024"],
    capabilities: withoutTools,
    deprecation: withdrawn("cohere/command-r-plus-08-2024"),
  },
  {
    id: "cohere/command-r",
    aliases: ["command-r", "cohere/command-r-03-2024"],
    capabilities: withoutTools,
    deprecation: withdrawn("cohere/command-r-08-2024"),
  },
];

/**
 * Cohere's own: sizes by https://docs.cohere.com/docs/models (2026-08). `tool_choice` is for Command R7B and newer
 * (https://docs.cohere.com/v2/reference/chat).
 */
const commandR: ModelCapabilities = { ...gatewayCommandR };
const commandA: ModelCapabilities = { ...commandR, toolChoice: true };

/** https://docs.cohere.com/changelog/2025-09-15-major-command-deprecations; no date of a shutdown is given. */
function deprecated(replacement: string): ModelDeprecation {
  return { status: "deprecated", deprecatedAt: "2025-09-15", replacement };
}

/** Prices: https://cohere.com/pricing and, for what it no longer lists, OpenRouter (2026); none is public for the others. */
const cohereModels: readonly ModelFacts[] = [
  {
    // https://docs.cohere.com/docs/command-a-plus (2026-05-20)
    id: "command-a-plus-05-2026",
    capabilities: { ...commandA, images: true, maxOutputTokens: 64_000 },
  },
  {
    id: "command-a-03-2025",
    capabilities: { ...commandA, contextTokens: 256_000, maxOutputTokens: 8_000 },
    price: { inputUsd: 2.5, outputUsd: 10 },
  },
  {
    // https://docs.cohere.com/docs/command-a-reasoning (2025-08)
    id: "command-a-reasoning-08-2025",
    capabilities: { ...commandA, contextTokens: 256_000, maxOutputTokens: 32_000 },
  },
  {
    // "Tool use isn't supported": https://docs.cohere.com/docs/command-a-vision (2025-07)
    id: "command-a-vision-07-2025",
    capabilities: { ...commandR, tools: false, images: true, maxOutputTokens: 8_000 },
  },
  {
    id: "command-r7b-12-2024",
    capabilities: { ...commandR, toolChoice: true },
    price: { inputUsd: 0.0375, outputUsd: 0.15 },
  },
  {
    id: "command-r-plus-08-2024",
    capabilities: commandR,
    price: { inputUsd: 2.5, outputUsd: 10 },
  },
  {
    id: "command-r-08-2024",
    capabilities: commandR,
    price: { inputUsd: 0.15, outputUsd: 0.6 },
  },
  {
    id: "command-r-plus-04-2024",
    aliases: ["command-r-plus"],
    capabilities: commandR,
    deprecation: deprecated("command-r-plus-08-2024"),
  },
  {
    id: "command-r-03-2024",
    aliases: ["command-r"],
    capabilities: commandR,
    deprecation: deprecated("command-r-08-2024"),
  },
  {
    id: "command",
    capabilities: { ...commandR, tools: false, contextTokens: 4_096 },
    deprecation: deprecated("command-a-03-2025"),
  },
  {
    id: "command-light",
    capabilities: { ...commandR, tools: false, contextTokens: 4_096 },
    deprecation: deprecated("command-r7b-12-2024"),
  },
];

/** What this package knows of models, by server. The two give one name to models with different prices and protocols. */
export const knownModels: { readonly aimlapi: Catalogue; readonly cohere: Catalogue } = {
  aimlapi: catalogue(gatewayModels),
  cohere: catalogue(cohereModels),
};
