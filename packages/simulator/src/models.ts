import { HttpError } from "./errors.ts";
import type { JsonObject } from "./json.ts";

/** Ids that a simulator serves when none are named. */
export const defaultModels: readonly string[] = [
  "cohere/command-r-plus-08-2024",
  "cohere/command-r-08-2024",
  "cohere/command-r7b-12-2024",
  "cohere/command-a",
];

/** What a model costs and how much it may say. */
export interface ModelFacts {
  /** US dollars for a million tokens read. */
  readonly inputUsd: number;
  /** US dollars for a million tokens written. */
  readonly outputUsd: number;
  /** Longest conversation, in tokens. */
  readonly contextLength: number;
  /** Longest answer, in tokens. */
  readonly outputMax: number;
}

/** The facts of a model; one that is not in the table is priced as Command R+. */
export function modelFacts(id: string): ModelFacts {
  return facts[id] ?? commandRPlus;
}

/** Throws a 404 in the gateway's words unless the model is served. */
export function requireModel(id: string, served: readonly string[]): void {
  if (served.includes(id)) return;
  const successor = successors[id];
  if (successor !== undefined) {
    throw new HttpError(404, `Model ${id} is deprecated and was withdrawn; use ${successor}.`);
  }
  throw new HttpError(404, `Model ${id} was not found; served here: ${served.join(", ")}.`);
}

/**
 * The body of `GET /v1/models`: the identity of each model, and the sections that `include` asks for, such as
 * `pricing,modalities` or `all` (docs: service-endpoints/models-catalogue). `id` keeps the models of those names.
 */
export function modelList(served: readonly string[], query: URLSearchParams): JsonObject {
  const sections = valuesOf(query, "include");
  const ids = valuesOf(query, "id");
  const data = served
    .map((id) =>
      modelItem(id, (section) => sections.some((each) => each === "all" || each === section)),
    )
    .filter(
      ({ id, aliases }) =>
        ids.length === 0 || [id, ...aliases].some((each) => ids.includes(each.toLowerCase())),
    );
  return { object: "list", data };
}

/** The body of `GET /v1/models/deprecations`: the old models that are not served here. */
export function deprecationList(served: readonly string[]): JsonObject {
  const data = Object.entries(successors)
    .filter(([id]) => !served.includes(id))
    .map(([id, successor]) => ({
      id,
      aliases: [aliasOf(id)],
      status: "withdrawn",
      deprecated_at: "2025-09-15",
      shutdown_at: "2025-09-28",
      replaced_by: successor,
      reason: "provider_delisted",
    }));
  return { object: "list", generated_at: new Date().toISOString(), data };
}

/** The values of a parameter, comma-separated or repeated; their case does not matter. */
function valuesOf(query: URLSearchParams, name: string): readonly string[] {
  return query.getAll(name).flatMap((each) => each.toLowerCase().split(","));
}

function aliasOf(id: string): string {
  return id.slice(id.indexOf("/") + 1);
}

const commandRPlus: ModelFacts = {
  inputUsd: 3.25,
  outputUsd: 13,
  contextLength: 128_000,
  outputMax: 4000,
};

const facts: Readonly<Record<string, ModelFacts>> = {
  "cohere/command-a": { ...commandRPlus, contextLength: 256_000, outputMax: 8000 },
  "cohere/command-r-08-2024": { ...commandRPlus, inputUsd: 0.195, outputUsd: 0.78 },
  "cohere/command-r7b-12-2024": { ...commandRPlus, inputUsd: 0.0515775, outputUsd: 0.20631 },
};

const successors: Readonly<Record<string, string>> = {
  "cohere/command-r-plus": "cohere/command-r-plus-08-2024",
  "cohere/command-r-plus-04-2024": "cohere/command-r-plus-08-2024",
  "cohere/command-r": "cohere/command-r-08-2024",
};

function modelItem(id: string, has: (section: string) => boolean): ModelItem {
  const { inputUsd, outputUsd, contextLength, outputMax } = modelFacts(id);
  const unit = { name: "token", content: "text", per: 1_000_000 };
  const units = [
    { ...unit, origin: "provided", price: inputUsd },
    { ...unit, origin: "generated", price: outputUsd },
  ];
  return {
    id,
    // The gateway has no such three; clients of OpenAI's make have a type that promises them.
    object: "model",
    created: 0,
    owned_by: "pawl-simulator",
    aliases: [aliasOf(id)],
    type: "openai/chat-completions",
    info: {
      name: `${id} (simulated)`,
      developer: "Pawl simulator",
      description: "A rule-based stand-in served by the Pawl simulator; no language model.",
      contextLength,
      outputMax,
    },
    tags: ["simulator"],
    ...(has("pricing") && { pricing: { kind: "fixed", currency: "USD", units } }),
    ...(has("modalities") && { modalities: { input: ["text"], output: ["text"] } }),
    ...(has("capabilities") && { capabilities: [] }),
  };
}

interface ModelItem extends JsonObject {
  readonly id: string;
  readonly aliases: readonly string[];
}
