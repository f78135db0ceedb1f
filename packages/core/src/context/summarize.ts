import type { AgentEvent } from "../event.ts";
import type { Running } from "../running.ts";
import { type Compaction, limitFor } from "./compaction.ts";
import { cutFor } from "./cut.ts";
import { opening } from "./shortened.ts";
import type { Tight } from "./squeeze.ts";
import { requestOf } from "./summary.ts";
import { messageTokens, textTokens } from "./token-estimate.ts";
import { type SummaryTask, writeSummary } from "./write-summary.ts";

/** A view that has become too large, and how it is to be made smaller. */
export interface Overflow extends Tight {
  readonly compaction: Compaction;
}

/**
 * How much of the limit a summary may take up; and the request beside it, and the steps behind it: the last ones of all, and
 * more of them.
 */
export const summaryPart = 0.15;
const requestPart = 0.25;
const stepsPart = 0.5;
const recentPart = 0.3;
/** How much of the limit a summary must replace, or it is not worth a call of a model. */
const worthPart = 0.1;
/** How many more messages there have to be before it is tried again, when a summary could not be had. */
const patience = 10;
/** How much of what the model can take in may be used before it is tried again at every step. */
const urgentPart = 0.95;

/** Has a summary written and put in place of old messages. Returns why there is none, when it was tried in vain. */
export async function* summarize(
  it: Running,
  overflow: Overflow,
): AsyncGenerator<AgentEvent, string | undefined> {
  const { view, viewed, limit } = overflow;
  const { messages } = viewed;
  const { contextTokens } = it.agent.model.capabilities ?? {};
  const isUrgent = view.measure(viewed) > (contextTokens ?? Infinity) * urgentPart;
  if (messages.length < view.notBefore && !isUrgent) return undefined;
  const planned = plan(it, overflow);
  if (!planned) return undefined;
  view.attempts = planned.number;
  let isNew = false;
  const record = yield* it.steps.run(`summary-${planned.number}`, () => {
    isNew = true;
    return writeSummary(it, planned);
  });
  if (!isNew && record.usage) it.budget.replay({ usage: record.usage });
  const { upTo, isRequestKept, problem } = record;
  const { text } = record;
  // One that was recorded under other limits may stand for more than has been said by now.
  const isFit = text !== "" && upTo <= planned.upTo;
  if (isFit && textTokens(text) < replacedSize(overflow, upTo)) {
    const room = (limit * summaryPart * 2) / view.ratio;
    view.replace({ upTo, text: bounded(text, room), isRequestKept });
    view.renew(viewed);
    return undefined;
  }
  view.notBefore = messages.length + patience;
  return problem ?? "the summary is empty, or longer than what it stands for.";
}

/** What is to be summed up; undefined when there is too little. */
function plan(it: Running, overflow: Overflow): SummaryTask | undefined {
  const { compaction, limit, view, viewed } = overflow;
  const { messages } = viewed;
  const { keepSteps, summarize: writer, instructions } = compaction;
  const scale = limit / view.ratio;
  const upTo = cutFor(messages, {
    from: view.next,
    keepSteps,
    stepsRoom: scale * stepsPart,
    room: scale * recentPart,
    sizeOf: (index) => view.sizeAt(messages, index),
  });
  if (upTo === undefined || replacedSize(overflow, upTo) < scale * worthPart) return undefined;
  const model = typeof writer === "boolean" ? it.agent.model : writer;
  return {
    number: view.attempts + 1,
    upTo,
    isRequestKept: requestSize(overflow) > 0,
    model,
    last: view.summary?.text,
    messages: messages.slice(view.summary?.upTo ?? 0, upTo),
    inputTokens: Math.min(limit, limitFor({ tokens: undefined }, model)) * 0.9,
    outputTokens: Math.floor(scale * summaryPart),
    instructions,
  };
}

/** How much room the request that began the run takes up beside a summary, in estimated tokens; 0 where it is too long. */
export function requestSize({ limit, view, viewed: { messages, start } }: Overflow): number {
  const size = requestOf(messages, start).reduce((sum, each) => sum + messageTokens(each), 0);
  return size > (limit * requestPart) / view.ratio ? 0 : size;
}

/** How much room there is to be won by a summary of the messages before `upTo`, in estimated tokens. */
function replacedSize(overflow: Overflow, upTo: number): number {
  const { view, viewed } = overflow;
  const { messages, start } = viewed;
  const last = view.summary ? textTokens(view.summary.text) : 0;
  let size = view.summary || upTo < start ? last : -requestSize(overflow);
  for (let i = view.next; i < upTo; i++) size += view.sizeAt(messages, i);
  return size;
}

function bounded(text: string, room: number): string {
  const size = textTokens(text);
  return size <= room ? text : opening(text, Math.floor((text.length * room) / size));
}
