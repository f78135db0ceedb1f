import type { AssistantMessage, Model, ModelRequest, Usage } from "@pawl/core";

import { checkModelGiven } from "./check-given.ts";
import { comparableRequest, stableJson } from "./comparable-request.ts";
import { listOf, objectOf, textOf } from "../wire/json.ts";
import { eventsOf, newIds, withIds } from "./kept-answer.ts";

/** Where answers are kept: a `Map`, or anything like it. Answers are plain JSON. */
export interface AnswerStore {
  /** The answer that is kept under a key of 64 letters and digits. */
  get(key: string): AssistantMessage | undefined | Promise<AssistantMessage | undefined>;
  /** Keeps an answer; waited for when it returns a promise. */
  set(key: string, answer: AssistantMessage): unknown;
}

/**
 * The model with its answers kept: what it was asked before (under the same id, with the same instructions, messages, tools,
 * choice of tools and form of answer, whatever the ids of calls and runs) is answered from the store, with the same kinds of
 * events and with a `usage` of zero, so that nothing is billed twice. Settings of the model such as `maxTokens` are not part of
 * the question: use a store for each. Only answers that are whole and good are kept: none that was cut or filtered, refused
 * or empty, or has a call that cannot be run. Two equal requests at once are both asked, and the later answer stays. A store
 * that fails costs no answer: the model is asked, and a warning of the process says why.
 *
 * @throws TypeError when it is given no model or no store.
 */
export function cached(model: Model, store: AnswerStore): Model {
  checkModelGiven("cached", model);
  if (typeof Object(store).get !== "function" || typeof Object(store).set !== "function")
    throw new TypeError('cached: the store must have "get" and "set", as new Map() has.');
  return {
    get id() {
      return model.id;
    },
    get capabilities() {
      return model.capabilities;
    },
    async *respond(request) {
      const key = await keyOf(model, request);
      const kept = await ofStore(() => store.get(key), request.signal);
      if (isAnswer(kept)) {
        const answer = answeredAgain(kept, request);
        yield* eventsOf(answer, request.isWatched);
        return answer;
      }
      const answer = yield* model.respond(request);
      if (isWorthKeeping(answer)) await ofStore(() => store.set(key, answer), request.signal);
      return answer;
    },
  };
}

/** The number says how the rest is made, so that a change of it finds none of the old answers. */
async function keyOf({ id }: Model, request: ModelRequest): Promise<string> {
  const { hash } = await import("node:crypto");
  return hash("sha256", stableJson([1, id, comparableRequest(request)]));
}

/** What a store gives, or nothing when it fails. An abort ends the wait. */
async function ofStore(work: () => unknown, signal: AbortSignal): Promise<unknown> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort);
  try {
    return await Promise.race([aborted.promise, Promise.resolve().then(work)]);
  } catch (error) {
    signal.throwIfAborted();
    process.emitWarning(`cached: the store failed: ${String(error)}`, "PawlWarning");
    return undefined;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** A store may hold what others put there, and what is made of it is run. */
function isAnswer(value: unknown): value is AssistantMessage {
  const { role, content, ...rest } = objectOf(value) ?? {};
  return (
    role === "assistant" &&
    typeof content === "string" &&
    texts.every((name) => isAbsent(rest[name]) || typeof rest[name] === "string") &&
    lists.every((name) => isAbsent(rest[name]) || Array.isArray(rest[name])) &&
    listOf(rest["toolCalls"]).every(isCall) &&
    listOf(rest["citations"]).every(objectOf) &&
    (isAbsent(rest["usage"]) || objectOf(rest["usage"]) !== undefined)
  );
}

const texts = ["reasoning", "refusal", "finishReason", "providerFinishReason"];
const lists = ["toolCalls", "citations"];

function isAbsent(value: unknown): boolean {
  return value === undefined;
}

/** One that cannot be run is never kept. */
function isCall(value: unknown): boolean {
  const { id, name, input, invalid } = objectOf(value) ?? {};
  const isNamed = textOf(id) !== undefined && textOf(name) !== undefined;
  return isNamed && objectOf(input) !== undefined && isAbsent(invalid);
}

function answeredAgain(kept: AssistantMessage, { messages }: ModelRequest): AssistantMessage {
  const usage: Usage = {
    inputTokens: 0,
    outputTokens: 0,
    totalTokens: 0,
    // A bill of nothing is only said where there would have been one: beside answers without prices it would look like a sum.
    ...(kept.usage?.usd !== undefined && { usd: 0 }),
  };
  return { ...withIds(kept, newIds(kept, messages)), usage };
}

function isWorthKeeping({
  content,
  finishReason,
  refusal,
  toolCalls = [],
}: AssistantMessage): boolean {
  const isWhole = finishReason !== "length" && finishReason !== "content-filter";
  const isSound = toolCalls.every(({ invalid }) => !invalid);
  return isWhole && isSound && !refusal && (content !== "" || toolCalls.length > 0);
}
