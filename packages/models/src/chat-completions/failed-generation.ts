import { type AssistantMessage, ModelError } from "@pawl/core";

import { mintCallId } from "../tool-calls/mint-call-id.ts";
import { objectOf, parseJson, textOf } from "../wire/json.ts";

/**
 * The answer inside a refusal: Groq refuses the calls that its own model wrote badly, with what it wrote
 * (groq/groq-typescript#28). That is the model's mistake and not the request's, so it becomes a call that is answered with an
 * error. Undefined when the refusal holds none.
 *
 * @throws ModelError when no tool can be made out in it: there is nobody to answer, but the model may write better when it is
 * asked again.
 */
export function failedGeneration(
  status: number,
  body: string,
  names: ReadonlySet<string>,
): AssistantMessage | undefined {
  const { code, failed_generation } = objectOf(objectOf(parseJson(body))?.["error"]) ?? {};
  const text = textOf(failed_generation);
  if (code !== "tool_use_failed" || text === undefined) return undefined;
  const name = firstNamed(text, names);
  if (name === undefined)
    throw new ModelError(
      "The model wrote a call of no tool, in a form that its provider could not read.",
      { code: "protocol", status, retryable: true },
    );
  const invalid = { reason: "the provider could not read the call", text };
  return {
    role: "assistant",
    content: "",
    toolCalls: [
      {
        id: mintCallId(),
        name,
        input: {},
        invalid,
      },
    ],
    finishReason: "tool-calls",
  };
}

/** The tool whose name comes first in a text, as a word of its own. */
function firstNamed(text: string, names: ReadonlySet<string>): string | undefined {
  return text.match(/[\w-]+/g)?.find((word) => names.has(word));
}
