import type { AssistantMessage } from "../message.ts";
import type { Model, ModelEvent, ModelRequest } from "../model.ts";
import { abandon } from "../scope.ts";
import { Gate } from "./gate.ts";

/**
 * What stands between the loop and a model: an async generator that asks the model through `next`, once, several times or not
 * at all, and yields and returns what the loop is to see. What is passed on as it is costs one line:
 * `return yield* next(request)`. What it does not know it must throw again, also what is no `Error`: the loop has signals of
 * its own.
 */
export type ModelWrapper = (
  request: ModelRequest,
  next: (request: ModelRequest) => AsyncGenerator<ModelEvent, AssistantMessage>,
) => AsyncGenerator<ModelEvent, AssistantMessage>;

/**
 * A model with a wrapper around each of its answers; id and capabilities are the model's own. A request that was aborted
 * reaches the model no more, whatever the wrapper does.
 *
 * @throws TypeError when the first argument is no model or the second no function.
 */
export function wrapModel(model: Model, wrapper: ModelWrapper): Model {
  if (typeof Object(model).respond !== "function")
    throw new TypeError(
      'wrapModel: the first argument must be a model, such as aimlapi("cohere/command-r-plus-08-2024").',
    );
  if (typeof wrapper !== "function")
    throw new TypeError(
      "wrapModel: the second argument must be a function, such as async function* (request, next) { return yield* next(request); }.",
    );
  const { id, capabilities } = model;
  return {
    id,
    capabilities,
    respond: (request) => {
      const gate = new Gate(request);
      const answer = wrapper(request, (asked) =>
        gate.isOpen ? model.respond(asked) : refused(gate),
      );
      if (typeof Object(answer).next !== "function")
        throw new TypeError(
          "wrapModel: the wrapper must return an async generator; write it as async function* (request, next) { … }.",
        );
      return checked(answer);
    },
  };
}

type Answer = AsyncGenerator<ModelEvent, AssistantMessage>;

/** The answer, of which nothing is read that is no event. */
function checked(answer: Answer): Answer {
  const check = (step: IteratorResult<ModelEvent, AssistantMessage>): typeof step => {
    if (step.done || typeof (Object(step.value) as ModelEvent).type === "string") return step;
    void abandon(answer);
    throw new TypeError(
      'wrapModel: the wrapper must yield events of a model, such as { type: "text-delta", text: "…" }.',
    );
  };
  return {
    next: async () => check(await answer.next()),
    return: (value) => answer.return(value),
    throw: (error) => answer.throw(error),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

// oxlint-disable-next-line require-yield -- there is no answer to yield
async function* refused(gate: Gate): AsyncGenerator<ModelEvent, AssistantMessage> {
  return await gate.refusal();
}
