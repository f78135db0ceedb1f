import type { Catalogue } from "../catalogue/catalogue.ts";
import type { ModelRequest } from "@pawl/core";

import type { EndpointOptions } from "../wire/endpoint.ts";

/** How to reach a model of Cohere, and what to ask of it; all of it has defaults. */
export interface CohereOptions extends Omit<EndpointOptions, "baseURL"> {
  /**
   * Where the server is, with or without `/v2`.
   *
   * @defaultValue `"https://api.cohere.com/v2"`
   */
  readonly baseURL?: string | undefined;
  /**
   * The most tokens of one answer, at least 1; always sent, since the server's own default may cut a call.
   *
   * @defaultValue what the model can write: 4,000 for Command R, 8,000 for Command A, 32,000 for Command A Reasoning
   */
  readonly maxTokens?: number | undefined;
  /**
   * Whether answers are asked for as a stream or whole.
   *
   * @defaultValue `true`
   */
  readonly stream?: boolean | undefined;
  /**
   * How freely the model chooses its words, 0 to 1.
   *
   * @defaultValue the server's, 0.3
   */
  readonly temperature?: number | undefined;
  /**
   * Out of which share of the likely words it chooses, 0.01 to 0.99, or 1 for no limit, which is not sent.
   *
   * @defaultValue the server's, 0.75
   */
  readonly topP?: number | undefined;
  /**
   * Out of how many of the likely words it chooses, 0 to 500; 0 means all.
   *
   * @defaultValue the server's, 0
   */
  readonly topK?: number | undefined;
  /**
   * How much a word that was said often is avoided, 0 to 1.
   *
   * @defaultValue the server's, 0
   */
  readonly frequencyPenalty?: number | undefined;
  /**
   * How much a word that was said at all is avoided, 0 to 1. Some models refuse it beside `frequencyPenalty`.
   *
   * @defaultValue the server's, 0
   */
  readonly presencePenalty?: number | undefined;
  /**
   * Makes like answers to like requests likely, a whole number of at least 0.
   *
   * @defaultValue none
   */
  readonly seed?: number | undefined;
  /**
   * Where an answer ends before it says it: a text, or up to five.
   *
   * @defaultValue none
   */
  readonly stop?: string | readonly string[] | undefined;
  /**
   * Whether calls are held to the parameters of their tools. The server takes at most 200 fields over all tools then, and
   * no tool without a required parameter; a request with such a tool fails before it is sent.
   *
   * @defaultValue `false`
   */
  readonly strictTools?: boolean | undefined;
  /**
   * What answers rest on and cite, or a function that finds it for a request (asked on each attempt). An answer that has to
   * be JSON is asked for in the prompt then, because Cohere holds no grounded answer to a schema.
   *
   * @defaultValue none
   */
  readonly documents?:
    | readonly CohereDocument[]
    | ((request: ModelRequest) => readonly CohereDocument[])
    | undefined;
  /**
   * How answers cite: `"accurate"` after the text, `"fast"` along with it, `"off"` not at all; `"enabled"` and `"disabled"`
   * leave the way to the model.
   *
   * @defaultValue the model's
   */
  readonly citations?: "accurate" | "fast" | "off" | "enabled" | "disabled" | undefined;
  /**
   * Which safety instructions the server adds. It takes only `"contextual"` beside tools or documents, and newer models know
   * no `"off"`.
   *
   * @defaultValue the server's, `"contextual"`
   */
  readonly safetyMode?: "contextual" | "strict" | "off" | undefined;
  /**
   * How many tokens a model that thinks may think, at least 1; `false` keeps it from thinking.
   *
   * @defaultValue the model's
   */
  readonly thinking?: { readonly budgetTokens: number } | false | undefined;
  /**
   * How soon the request is served where the server is busy, 0 (first) to 999.
   *
   * @defaultValue the server's, 0
   */
  readonly priority?: number | undefined;
  /**
   * What is known of the models: their capabilities, sizes, prices and successors. Prices make the bill, since Cohere states
   * what it bills in tokens only.
   *
   * @defaultValue `knownModels.cohere`
   */
  readonly catalogue?: Catalogue | undefined;
  /**
   * Fields added to the request as they are, or a function that makes them for a request (asked on each attempt). They win
   * over those of other options, and must not be `model`, `messages`, `tools`, `stream` or `documents`.
   *
   * @defaultValue none
   */
  readonly extra?:
    | Readonly<Record<string, unknown>>
    | ((request: ModelRequest) => Readonly<Record<string, unknown>>)
    | undefined;
}

/** Something an answer can rest on: a text, or fields such as `title`, `url` and `text`, which a citation then names. */
export type CohereDocument =
  | string
  | {
      /**
       * What citations call it.
       *
       * @defaultValue the server's, `"doc:0"` and so on
       */
      readonly id?: string | undefined;
      readonly data: Readonly<Record<string, unknown>>;
    };
