import {
  addUsage,
  type AssistantMessage,
  type Model,
  ModelError,
  type ModelEvent,
  type ModelRequest,
} from "@pawl/core";

import { checkModelGiven } from "../combinators/check-given.ts";
import { cutOf } from "../wire/finish-reason.ts";
import { HeldText } from "./held-text.ts";
import { eventsOf, meant } from "./meant.ts";
import { withoutTools, withToolsInWords } from "./prompt.ts";
import { readCalls } from "./read-calls.ts";

/**
 * The model with tools by way of its prompt, for one whose API has none: tools are described in the instructions, calls and
 * results are told as text, and a text that is calls and nothing else comes back as tool calls. A model that only says that
 * it needs no tool is asked once more, without them.
 *
 * @throws TypeError when it is given no model.
 */
export function promptedTools(model: Model): Model {
  checkModelGiven("promptedTools", model);
  return {
    get id() {
      return model.id;
    },
    get capabilities() {
      return { ...model.capabilities, tools: true, toolChoice: false };
    },
    async *respond(request) {
      if (request.tools.length === 0 || request.toolChoice === "none")
        return yield* model.respond(withoutTools(request));
      const { message, isDeclined } = yield* respondInWords(model, request);
      if (!isDeclined) return message;
      const again = {
        ...withoutTools(request),
        requestId: `${request.requestId}.direct`,
        ...leftOf(request, message),
      };
      const direct = yield* model.respond(again);
      // Two requests are paid for.
      const usage = direct.usage ? addUsage(direct.usage, message.usage) : message.usage;
      return { ...direct, usage };
    },
  };
}

/** What a first answer used of the room for both. */
function leftOf(
  { maxOutputTokens }: ModelRequest,
  { usage }: AssistantMessage,
): Pick<ModelRequest, "maxOutputTokens"> {
  if (maxOutputTokens === undefined) return {};
  return { maxOutputTokens: Math.max(1, maxOutputTokens - (usage?.totalTokens ?? 0)) };
}

interface Said {
  readonly message: AssistantMessage;
  /** Whether the model only said that it needs no tool. */
  readonly isDeclined: boolean;
}

async function* respondInWords(
  model: Model,
  request: ModelRequest,
): AsyncGenerator<ModelEvent, Said> {
  const held = new HeldText();
  const names = new Set(request.tools.map(({ name }) => name));
  try {
    const message = yield* held.through(model.respond(withToolsInWords(request)));
    if (held.isShown || message.toolCalls?.length) {
      yield* held.release();
      return { message, isDeclined: false };
    }
    const refused = message.refusal ? "the model refused to answer" : undefined;
    const cut = refused ?? cutOf(message.finishReason);
    const reading = readCalls(message.content, { names, cut });
    const isEmpty = reading.calls.length === 0 && reading.text === "";
    if (isEmpty && message.content !== "") return { message, isDeclined: true };
    yield* eventsOf(reading, request);
    return { message: meant(message, reading), isDeclined: false };
  } catch (error) {
    if (!(error instanceof ModelError) || held.isShown || held.text === "") throw error;
    const cut = "the answer broke off";
    const reading = readCalls(held.text, { names, cut });
    yield* eventsOf(reading, request);
    // Something was said, if nothing that can be shown: only a turn of which something was seen is begun anew.
    if (reading.text === "") yield { type: "text-delta", text: "" };
    throw error.with({ partial: { role: "assistant", ...error.partial, content: reading.text } });
  }
}
