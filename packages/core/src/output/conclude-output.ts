import { OutputError } from "../errors.ts";
import type { AssistantMessage, Message } from "../message.ts";
import type { Running } from "../running.ts";
import { formDue } from "./form-due.ts";
import { jsonIn } from "./json-in.ts";
import { boundedIssues, type OutputForm } from "./output-form.ts";

/**
 * Whether an answer without calls gives the run its output. If not, what the model is to answer next is put into the
 * conversation: the request for the form, or what does not fit.
 *
 * @throws OutputError when there is no sense in asking again.
 */
export async function concludeOutput(it: Running, answer: AssistantMessage): Promise<boolean> {
  const { conversation, root, scope } = it;
  const form = root.output;
  if (!form) return true;
  checkGiven(answer);
  const said = conversation.messages.slice(0, -1);
  const isAsked = formDue(it, said) !== undefined;
  const parsed = await scope.race(Promise.resolve(form.read(answer.content, isAsked)));
  const isCut = answer.finishReason === "length" && !isWhole(answer.content);
  if (!parsed.issues && !isCut) {
    it.output = { value: parsed.value };
    return true;
  }
  const { issues = [] } = parsed;
  if (isAsked) checkRetry(it, { form, answer, isCut, said, issues });
  conversation.hear([form.request(isAsked ? issues : [])]);
  return false;
}

/** To ask again would be to press the model to say what it, or its provider, will not. */
function checkGiven({ content, finishReason, refusal }: AssistantMessage): void {
  if (refusal)
    throw new OutputError(`The model refused to answer: ${refusal}`, { issues: [], text: content });
  if (finishReason === "content-filter")
    throw new OutputError("The answer was held back by the provider's content filter.", {
      issues: [],
      text: content,
    });
}

/** A text, list or object that can be read is whole; the digits of a number may have been more. */
function isWhole(content: string): boolean {
  return !jsonIn(content, true).issues && /["}\]`]$/.test(content.trim());
}

interface Misfit {
  readonly form: OutputForm;
  readonly answer: AssistantMessage;
  /** Whether it broke off at its greatest length. */
  readonly isCut: boolean;
  /** What was said before the answer. */
  readonly said: readonly Message[];
  readonly issues: readonly string[];
}

function checkRetry({ root, stepResults }: Running, misfit: Misfit): void {
  const { form, answer, isCut, said, issues } = misfit;
  const { outputRetries } = root;
  const facts = { issues, text: answer.content };
  // The same request would be cut at the same place.
  if (isCut)
    throw new OutputError(
      'The answer was cut off at its greatest length before its JSON was whole: let the model write more (its "maxTokens", the run\'s budget), or ask for less in "output".',
      facts,
    );
  // A run that is resumed begins to count anew: one that failed here would else fail again at once.
  if (Math.min(told(form, said), stepResults.length - 1) < outputRetries) return;
  const tries = outputRetries === 1 ? "1 retry" : `${outputRetries} retries`;
  const problems = boundedIssues(issues).join("; ");
  throw new OutputError(
    `The answer does not fit "output"${outputRetries > 0 ? ` after ${tries}` : ""}: ${problems}.`,
    facts,
  );
}

/** How often in a row the model was told what does not fit. */
function told(form: OutputForm, said: readonly Message[]): number {
  let count = 0;
  for (let at = said.length - 1; form.isRequest(said[at], "mend"); at -= 2) count++;
  return count;
}
