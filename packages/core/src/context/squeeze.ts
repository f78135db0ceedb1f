import { lastSteps } from "./cut.ts";
import { fairShare } from "./fair-share.ts";
import type { View, Viewed } from "./view.ts";

/** A view that is to become smaller. */
export interface Tight {
  readonly view: View;
  readonly viewed: Viewed;
  /** The size that it is not to pass, in tokens. */
  readonly limit: number;
}

/** Results below this size, in estimated tokens, are left alone: a note in their place would be hardly shorter. */
const least = 100;

/** Takes out results before `end`, the oldest first, until the view is at most `tokens` long or none is left. */
export function prune({ view, viewed }: Tight, end: number, tokens: number): void {
  const { messages } = viewed;
  const excess = (view.measure(viewed) - tokens) / view.ratio;
  let saved = 0;
  for (let i = view.next; i < end && saved < excess; i++)
    if (view.sizeAt(messages, i) >= least) saved += view.shorten(messages, i, 0);
  if (saved > 0) view.renew(viewed);
}

/**
 * Shortens the largest results until the view is at most `tokens` long, as far as that is possible. Those that the model has not
 * seen yet come last, unless they alone take up more than half of the room.
 */
export function squeeze(tight: Tight, tokens: number): void {
  const { view, viewed, limit } = tight;
  const { messages } = viewed;
  const newest = Math.max(view.next, lastSteps(messages, 1));
  // The share of each is estimated, and a text may be dense where it is kept: another round sees what came of it.
  for (let round = 0; round < 4; round++) {
    const excess = (view.measure(viewed) - tokens) / view.ratio;
    if (excess <= tokens * tolerance) return;
    const unseen = results(tight, newest, messages.length);
    const spare = unseen.reduce((sum, { size }) => sum + size, 0) - limit / 2 / view.ratio;
    let saved = level(tight, unseen, Math.min(excess, spare));
    saved += level(tight, results(tight, view.next, newest), excess - saved);
    saved += level(tight, results(tight, newest, messages.length), excess - saved);
    if (saved === 0) return;
    view.renew(viewed);
  }
}

/** What is over by less than this part is not worth shortening anything else for. */
const tolerance = 0.02;

interface Sized {
  readonly index: number;
  readonly size: number;
}

function results({ view, viewed: { messages } }: Tight, from: number, to: number): Sized[] {
  const found: Sized[] = [];
  for (let index = from; index < to; index++)
    if (messages[index]?.role === "tool") found.push({ index, size: view.sizeAt(messages, index) });
  return found;
}

/** Makes the largest of them as small as the next, and so on, until `excess` is saved. Returns how much was. */
function level({ view, viewed }: Tight, sized: readonly Sized[], excess: number): number {
  if (excess <= 0) return 0;
  const total = sized.reduce((sum, { size }) => sum + size, 0);
  const sizes = sized.map(({ size }) => size);
  const share = Math.max(least, fairShare(sizes, total - excess));
  let saved = 0;
  for (const { index, size } of sized) {
    if (size <= share) continue;
    const { content } = view.at(viewed.messages, index);
    // The note takes up room too.
    const length = Math.floor((content.length * (share - noteTokens)) / size);
    saved += view.shorten(viewed.messages, index, length);
  }
  return saved;
}

const noteTokens = 40;
