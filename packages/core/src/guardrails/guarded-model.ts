import { ModelError } from "../errors.ts";
import type { AssistantMessage } from "../message.ts";
import type { Model, ModelEvent, ModelRequest, TextDeltaEvent } from "../model.ts";
import { Limit, type Running } from "../running.ts";
import { abandon } from "../scope.ts";
import { wrapModel } from "../wrapping/wrap-model.ts";
import { askGuards, type CheckedOutput, type GuardLists } from "./guardrails.ts";

/** How guardrails are put around something. */
export interface Guarding {
  readonly guards: GuardLists;
  readonly clean: <Words>(words: Words) => Words;
}

/** A model whose last word has passed the guardrails before any of it is shown. */
export function guardedModel(model: Model, by: Guarding): Model {
  return wrapModel(model, async function* guarded(request, next) {
    // A summary of the conversation is no answer of the run.
    if (!("conversation" in request.run)) return yield* next(request);
    const held: TextDeltaEvent[] = [];
    const source = next(request);
    let isOver = false;
    try {
      for (;;) {
        const step = await source.next();
        if (step.done) {
          isOver = true;
          return yield* passed(request, { answer: step.value, held }, by);
        }
        const event = step.value;
        if (event.type !== "text-delta") yield event;
        // That something has arrived is shown at once, if not what: from here on nobody may ask again in silence.
        else if (held.push(event) === 1) yield { ...event, text: "" };
        if (event.type === "reset") held.length = 0;
      }
    } catch (error) {
      isOver = true;
      throw unseen(error);
    } finally {
      if (!isOver) void abandon(source);
    }
  });
}

interface Whole {
  readonly answer: AssistantMessage;
  readonly held: readonly TextDeltaEvent[];
}

/** @throws Limit when the answer is blocked: it was paid for, and is lost. */
async function* passed(
  request: ModelRequest,
  { answer, held }: Whole,
  { guards, clean }: Guarding,
): AsyncGenerator<ModelEvent, AssistantMessage> {
  if (answer.toolCalls?.length) {
    yield* held;
    return answer;
  }
  const { budget, context } = request.run as Partial<Running>;
  const { signal } = request;
  const asking = { context, signal, clean, replaced: replacedText };
  const passage = await askGuards<CheckedOutput, unknown>(
    guards.output,
    { text: answer.content },
    asking,
  );
  if (passage.blocked !== undefined) {
    budget?.add({ ...(answer.usage && { usage: answer.usage }), steps: 1 });
    throw new Limit("guardrail", passage.blocked);
  }
  if (!passage.isReplaced) {
    yield* held;
    return answer;
  }
  const { text } = passage.checked;
  if (text !== "") yield { type: "text-delta", text };
  // What was cited is no longer there.
  const { citations: _, ...rest } = answer;
  return { ...rest, content: text };
}

function replacedText(_: CheckedOutput, text: unknown): CheckedOutput {
  if (typeof text !== "string")
    throw new TypeError("a guardrail of the output must replace it by a text");
  return { text };
}

/** What had arrived of an answer before it failed has passed no guardrail. */
function unseen(error: unknown): unknown {
  if (!(error instanceof ModelError) || !error.partial) return error;
  const { citations: _, ...partial } = error.partial;
  return error.with({ partial: { ...partial, content: "" } });
}
