import type { JsonObject } from "./json.ts";
import type { Cost, Reply, ReplyCall, Usage } from "./reply.ts";

/** A reply with all that the wire says about it. */
export interface Completion {
  /** Id of the completion. */
  readonly id: string;
  /** When it was made, in seconds since 1970. */
  readonly created: number;
  /** Id of the model that was asked for. */
  readonly model: string;
  /** What is answered. */
  readonly reply: Reply;
  /** Token counts. */
  readonly usage: Usage;
  /** What it cost. */
  readonly cost: Cost;
}

/** The body of an answer that is not streamed. */
export function completionBody(completion: Completion): JsonObject {
  const { reply, usage, cost } = completion;
  return {
    ...head(completion, "chat.completion"),
    choices: [
      {
        index: 0,
        finish_reason: reply.finishReason,
        native_finish_reason: reply.finishReason,
        logprobs: null,
        message: {
          role: "assistant",
          content: reply.text,
          refusal: null,
          ...(reply.calls.length > 0 ? { tool_calls: reply.calls.map(wholeCall) } : {}),
        },
      },
    ],
    usage,
    meta: { usage: cost },
  };
}

/** The chunks of a streamed answer, in order, without the closing `[DONE]`. */
export function* completionChunks(
  completion: Completion,
  includeUsage: boolean,
): Generator<JsonObject, void> {
  const { reply, usage, cost } = completion;
  const shared = head(completion, "chat.completion.chunk");
  const chunk = (delta: JsonObject, finish_reason: string | null = null): JsonObject => ({
    ...shared,
    choices: [{ index: 0, delta, finish_reason }],
  });
  yield chunk({ role: "assistant", content: "" });
  for (const content of fewWordsEach(reply.text)) yield chunk({ content });
  for (const [index, call] of reply.calls.entries()) {
    for (const delta of callDeltas(call)) yield chunk({ tool_calls: [{ index, ...delta }] });
  }
  yield chunk({}, reply.finishReason);
  if (includeUsage) yield { ...shared, choices: [], usage };
  // The gateway's own last chunk may hold nothing else; clients of OpenAI's make look for choices in each one.
  yield { ...shared, choices: [], meta: { usage: cost } };
}

function head({ id, created, model }: Completion, object: string): JsonObject {
  const system_fingerprint = "pawl-simulator: rule-based stand-in, no language model";
  return { id, object, created, model, system_fingerprint };
}

function wholeCall(call: ReplyCall, index: number): JsonObject {
  const { id, name } = call;
  return { index, id, type: "function", function: { name, arguments: call.arguments } };
}

function* callDeltas(call: ReplyCall): Generator<JsonObject, void> {
  yield { id: call.id, type: "function", function: { name: call.name, arguments: "" } };
  for (const piece of call.arguments.match(/[^]{1,12}/gu) ?? []) {
    yield { function: { arguments: piece } };
  }
}

function fewWordsEach(text: string): readonly string[] {
  return text.match(/\s*(?:\S+\s*){1,3}|\s+/gu) ?? [];
}
