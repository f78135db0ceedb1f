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

/** The body of `GET /v1/models`. */
export function modelList(served: readonly string[]): JsonObject {
  return { object: "list", data: served.map(modelItem) };
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

function modelItem(id: string): JsonObject {
  const { inputUsd, outputUsd, contextLength, outputMax } = modelFacts(id);
  const unit = { name: "token", content: "text", per: 1_000_000 };
  return {
    id,
    aliases: [id.slice(id.indexOf("/") + 1)],
    type: "openai/chat-completions",
    info: {
      name: `${id} (simulated)`,
      developer: "Pawl simulator",
      description: "A rule-based stand-in served by the Pawl simulator; no language model.",
      contextLength,
      outputMax,
    },
    tags: ["simulator"],
    pricing: {
      kind: "fixed",
      currency: "USD",
      units: [
        { ...unit, origin: "provided", price: inputUsd },
        { ...unit, origin: "generated", price: outputUsd },
      ],
    },
  };
}
