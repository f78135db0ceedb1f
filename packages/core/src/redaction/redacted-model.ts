import type { AssistantMessage } from "../message.ts";
import type { Model, ModelEvent, ModelRequest } from "../model.ts";
import { abandon } from "../scope.ts";
import { wrapModel } from "../wrapping/wrap-model.ts";
import { RedactedEvents } from "./redacted-events.ts";
import type { Redactor } from "./redactor.ts";

/** A model that is never told a secret, and whose answers, events and errors have none in them. */
export function redactedModel(model: Model, redactor: Redactor): Model {
  return wrapModel(model, async function* redacted(request, next) {
    const events = new RedactedEvents<ModelEvent>(redactor);
    const source = next(cleaned(request, redactor));
    let isOver = false;
    try {
      for (;;) {
        const step = await source.next();
        if (step.done) {
          isOver = true;
          yield* events.rest();
          return redactor.message<AssistantMessage>(step.value);
        }
        yield* events.take(step.value);
      }
    } catch (error) {
      isOver = true;
      throw redactor.thrown(error);
    } finally {
      if (!isOver) void abandon(source);
    }
  });
}

/** What was said is clean already; what a step was given beside it may not be. */
function cleaned(request: ModelRequest, redactor: Redactor): ModelRequest {
  const messages = redactor.messages(request.messages);
  const { instructions } = request;
  if (instructions === undefined) return { ...request, messages };
  return { ...request, messages, instructions: redactor.text(instructions) };
}
