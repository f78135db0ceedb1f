import { randomUUID } from "node:crypto";

import { ModelError } from "@pawl/core";

import { aimlapiHints, aimlapiURL } from "../aimlapi-server.ts";
import { allOrNone } from "../batches/all-or-none.ts";
import { askedOf, type EndpointOptions, readEndpoint } from "../wire/endpoint.ts";
import type { JsonObject } from "../wire/json.ts";
import { jsonCall, type JsonServer } from "../wire/json-call.ts";
import { type Catalogue, catalogue } from "./catalogue.ts";
import { knownModels } from "./known-models.ts";
import { mergedModels } from "./merged-models.ts";
import { readDeprecations, readModels } from "./read-models.ts";

/** How to read AI/ML API's list of models; all of it has defaults. */
export interface FetchCatalogueOptions extends Omit<EndpointOptions, "baseURL"> {
  /**
   * Where the server is.
   *
   * @defaultValue `AIMLAPI_INFERENCE_URL`, or `"https://api.aimlapi.com/v1"`
   */
  readonly baseURL?: string | undefined;
  /**
   * Ends the requests, with its own reason.
   *
   * @defaultValue none
   */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The chat models that AI/ML API serves now, with their prices, and those that it has withdrawn. What it leaves out is filled
 * in from what this package knows, and so are models that it does not list. No key is needed: the list is public.
 *
 * @throws TypeError for an option that is unknown or wrong, {@link ModelError} when there is no list to be had.
 */
export async function fetchCatalogue(options: FetchCatalogueOptions = {}): Promise<Catalogue> {
  const { signal = new AbortController().signal, ...given } = options;
  const [models, deprecations] = ["/models", "/models/deprecations"].map((path) =>
    serverOf(path, given),
  ) as [JsonServer, JsonServer];
  models.endpoint.url.searchParams.set("include", "all");
  const [list, feed] = (await allOrNone(
    [
      (both) => readList(models, both),
      // Older servers have no such feed; what is known of old models has to do.
      (both) => readList(deprecations, both).catch(emptyUnlessAborted),
    ],
    { limit: 2, signal },
  )) as [JsonObject, JsonObject];
  const known = knownModels.aimlapi;
  return catalogue(
    mergedModels({
      served: readModels(list, known),
      retired: readDeprecations(feed),
      known,
    }),
  );
}

function serverOf(path: string, options: Omit<FetchCatalogueOptions, "signal">): JsonServer {
  const baseURL = options.baseURL ?? aimlapiURL();
  const caller = { where: "fetchCatalogue", path, more: ["signal"] };
  const endpoint = readEndpoint(caller, { ...options, baseURL });
  return { endpoint, asked: askedOf(endpoint, path, aimlapiHints) };
}

/** @throws ModelError when the server has no such list. */
async function readList(server: JsonServer, signal: AbortSignal): Promise<JsonObject> {
  const { host, pathname } = server.endpoint.url;
  const missing = `${host} has no list of models at ${pathname}. Check "baseURL", which mostly ends in /v1.`;
  try {
    const requestId = `models-${randomUUID()}`;
    const { body } = await jsonCall(server, { requestId, run: server, signal });
    if (Array.isArray(body["data"])) return body;
  } catch (error) {
    // No model was asked for, so the usual sentence about one would mislead.
    if (!(error instanceof ModelError && error.code === "not-found")) throw error;
    const { status, requestId } = error;
    throw new ModelError(missing, { code: "not-found", status, requestId, cause: error });
  }
  throw new ModelError(missing, { code: "protocol" });
}

function emptyUnlessAborted(error: unknown): JsonObject {
  if (error instanceof ModelError) return {};
  throw error;
}
