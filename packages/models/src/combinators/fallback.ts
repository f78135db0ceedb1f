import {
  type AssistantMessage,
  checkOptions,
  type Model,
  type ModelCapabilities,
  ModelError,
  type ModelEvent,
  type ModelRequest,
} from "@pawl/core";

import { checkModelGiven } from "./check-given.ts";

/** When the next model answers in place of one that failed. */
export interface FallbackOptions {
  /**
   * Whether the next model is asked after this failure. The reason to say no is a failure that no model can help, such as a
   * request that is wrong for all of them.
   *
   * @defaultValue always yes: a refused request costs nothing, and what one model refuses (a conversation that is too long, a picture) another may take
   */
  readonly shouldFallBack?: ((error: ModelError) => boolean) | undefined;
}

/**
 * Several models as one: when one fails with a `ModelError` before anything of its answer was visible, a `retry` event says so
 * and the next one is asked at once. Each model makes its own retries first (`maxRetries: 0` on the first ones makes the change
 * quick); the retry budget of a run limits those, but not the change to the next model. Nothing is remembered: each request
 * begins with the first model, also when it failed a moment ago. When all fail, the error is that of the last one with the
 * words of all. It has the id of the first model, and can do what all of them can.
 *
 * @throws TypeError when there is no model, or an option is unknown or wrong.
 */
export function fallback(models: readonly Model[], options: FallbackOptions = {}): Model {
  checkOptions("fallback", options, ["shouldFallBack"]);
  const { shouldFallBack = () => true } = options;
  if (typeof shouldFallBack !== "function")
    throw new TypeError(
      'fallback: "shouldFallBack" must be a function of an error that returns true or false.',
    );
  if (!Array.isArray(models) || models.length === 0)
    throw new TypeError("fallback takes a list of at least one model, the first choice first.");
  const all: readonly Model[] = [...(models as readonly Model[])];
  for (const model of all) checkModelGiven("fallback", model);
  return {
    // Looked up when asked for, as a model may have to open a file to say it.
    get id() {
      return all[0]?.id ?? "";
    },
    get capabilities() {
      return common(all.map(({ capabilities }) => capabilities));
    },
    respond: (request) => firstAnswer(all, request, shouldFallBack),
  };
}

async function* firstAnswer(
  models: readonly Model[],
  request: ModelRequest,
  shouldFallBack: (error: ModelError) => boolean,
): AsyncGenerator<ModelEvent, AssistantMessage> {
  const failures: Failure[] = [];
  let { attempt = 1 } = request;
  for (const [index, model] of models.entries()) {
    const { answer, error } = yield* tried(model, { ...request, attempt });
    if (answer) return answer;
    failures.push({ model, error });
    if (index === models.length - 1 || !shouldFallBack(error)) break;
    const failed = error.attempt ?? attempt;
    yield { type: "retry", attempt: failed, delayMs: 0, error };
    attempt = failed + 1;
  }
  throw allFailed(failures);
}

interface Failure {
  readonly model: Model;
  readonly error: ModelError;
}

type Outcome =
  | { readonly answer: AssistantMessage; readonly error?: undefined }
  | { readonly answer?: undefined; readonly error: ModelError };

/** The answer of one model, or how it failed while that was not visible. */
async function* tried(model: Model, request: ModelRequest): AsyncGenerator<ModelEvent, Outcome> {
  const events = model.respond(request);
  let isShown = false;
  try {
    while (!isShown) {
      const next = await events.next();
      if (next.done) return { answer: next.value };
      isShown = next.value.type !== "retry";
      yield next.value;
    }
    return { answer: yield* events };
  } catch (error) {
    if (isShown || !(error instanceof ModelError) || request.signal.aborted) throw error;
    return { error };
  } finally {
    // A reader that left at the first event never entered `events`.
    await events.return(undefined as never);
  }
}

/** The last failure, with the words of all; the only one as it is. */
function allFailed(failures: readonly Failure[]): Error | undefined {
  const last = failures.at(-1)?.error;
  if (!last || failures.length === 1) return last;
  const words = failures.map(({ model, error }) => `${model.id}: ${error.message}`);
  const { code, status, requestId, retryable, retryAfterMs, partial, attempt } = last;
  const known = { code, status, requestId, retryable, retryAfterMs, partial, attempt, cause: last };
  return new ModelError(`None of ${failures.length} models answered. ${words.join(" ")}`, known);
}

/** What all can do; what is not known of one is not known. */
function common(all: readonly ModelCapabilities[]): ModelCapabilities {
  const forms = all.map(({ structuredOutput }) => structuredOutput);
  return {
    tools: all.every(({ tools }) => tools),
    toolChoice: every(all.map(({ toolChoice }) => toolChoice)),
    images: every(all.map(({ images }) => images)),
    structuredOutput: forms.includes(undefined)
      ? undefined
      : (["prompt", "json-object", "json-schema"] as const).find((form) => forms.includes(form)),
    contextTokens: least(all.map(({ contextTokens }) => contextTokens)),
    maxOutputTokens: least(all.map(({ maxOutputTokens }) => maxOutputTokens)),
  };
}

function every(known: readonly (boolean | undefined)[]): boolean | undefined {
  if (known.includes(false)) return false;
  return known.includes(undefined) ? undefined : true;
}

function least(known: readonly (number | undefined)[]): number | undefined {
  const numbers = known.filter((each) => each !== undefined);
  return numbers.length < known.length ? undefined : Math.min(...numbers);
}
