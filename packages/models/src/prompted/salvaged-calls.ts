import { type Model, ModelError } from "@pawl/core";

import { HeldText } from "./held-text.ts";
import { eventsOf, meant } from "./meant.ts";
import { readCalls } from "./read-calls.ts";

/**
 * The model with an eye on calls that its server let through as text (ggml-org/llama.cpp#14101): an answer that is one call of
 * a tool that is offered, and nothing else, is that call.
 */
export function salvagedCalls(model: Model): Model {
  return {
    ...model,
    async *respond(request) {
      const names = new Set(request.tools.map(({ name }) => name));
      if (names.size === 0 || request.toolChoice === "none") return yield* model.respond(request);
      const held = new HeldText();
      try {
        const message = yield* held.through(model.respond(request));
        const isWhole = message.finishReason === "stop";
        const reading = isWhole && !held.isShown && readCalls(message.content, { names });
        const [call, ...others] = reading ? reading.calls : [];
        if (!reading || !call || call.invalid || others.length > 0 || !names.has(call.name)) {
          yield* held.release();
          return message;
        }
        yield* eventsOf(reading, request);
        return meant(message, reading);
      } catch (error) {
        if (error instanceof ModelError) yield* held.release();
        throw error;
      }
    },
  };
}
