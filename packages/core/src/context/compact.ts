import { ModelError } from "../errors.ts";
import type { AgentEvent } from "../event.ts";
import type { Running } from "../running.ts";
import { lastSteps } from "./cut.ts";
import { prune, squeeze } from "./squeeze.ts";
import { type Overflow, requestSize, summarize, summaryPart } from "./summarize.ts";

/** Parts of the limit. What is made smaller is made much smaller, so that it need not be done again after the next step. */
const prunedPart = 0.6;
const amplePart = 0.8;

/**
 * Makes a view fit: takes out old results; when that does not suffice, has a summary written in place of old messages; and
 * where even that does not, or could not, shortens the largest results.
 *
 * @throws ModelError when no summary could be had, and the view is more than the model can take in.
 */
export async function* compact(it: Running, overflow: Overflow): AsyncGenerator<AgentEvent, void> {
  const { compaction, limit, view, viewed } = overflow;
  const before = view.measure(viewed);
  const { summary } = view;
  prune(overflow, lastSteps(viewed.messages, compaction.keepSteps), limit * prunedPart);
  let problem: string | undefined;
  if (compaction.summarize && view.measure(viewed) > limit * amplePart) {
    // Where the last steps are too large by themselves a summary of the others is no help.
    const surplus = leastAfterSummary(overflow) - limit * amplePart;
    if (surplus > 0) squeeze(overflow, view.measure(viewed) - surplus);
    if (view.measure(viewed) > limit * amplePart) problem = yield* summarize(it, overflow);
  }
  if (view.measure(viewed) > limit) squeeze(overflow, limit * amplePart);
  const after = view.measure(viewed);
  if (view.summary !== summary && it.isWatched) yield { type: "compaction", before, after };
  const { contextTokens = Number.POSITIVE_INFINITY } = it.agent.model.capabilities ?? {};
  if (problem !== undefined && after > contextTokens)
    throw new ModelError(
      `The conversation is more than the model can take in (about ${after} of ${contextTokens} tokens), and summing it up failed: ${problem}`,
      { code: "invalid-request" },
    );
}

/** How many tokens would be left if a summary stood for all but the last steps. */
function leastAfterSummary(overflow: Overflow): number {
  const { compaction, limit, view, viewed } = overflow;
  const { messages } = viewed;
  let size = requestSize(overflow);
  const kept = Math.max(view.next, lastSteps(messages, compaction.keepSteps));
  for (let i = kept; i < messages.length; i++) size += view.sizeAt(messages, i);
  return view.fixed(viewed) + size * view.ratio + limit * summaryPart;
}
