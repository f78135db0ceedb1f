import { Agent } from "@pawl/core";
import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

import { type Counting, limited } from "./limited-server.ts";
import { serve } from "./server.ts";

const countings: readonly Counting[] = ["fixed window", "sliding log", "token bucket"];
const hints = { "says nothing": undefined, "says to wait for a second": "1" };
const cases = countings.flatMap((counting) =>
  [250, 400].flatMap((answerMs) =>
    Object.entries(hints).map(([hint, seconds]) => ({ counting, answerMs, hint, seconds })),
  ),
);

test.concurrent.each(cases)(
  "$counting, a server that takes $answerMs ms for each answer and refusal, and $hint",
  // Other tests may keep the machine busy for a moment.
  { timeout: 15_000, retry: 1 },
  async ({ counting, answerMs, seconds }) => {
    const found = await through(35, counting, { answerMs, seconds });
    expect(found.statuses).toEqual(["completed"]);
    expect(found.refusals).toBeLessThanOrEqual(11);
    // Three periods, two answers, what a hint costs, and twice that on a busy machine.
    expect(found.seconds).toBeLessThanOrEqual(10);
  },
);

test.concurrent.each([20, 250])(
  "the spacing is learnt of a server that takes few at once: answers of %i ms",
  // Other tests may keep the machine busy for a moment.
  { timeout: 15_000, retry: 1 },
  async (answerMs) => {
    const found = await through(30, "spaced", { answerMs });
    expect(found.statuses).toEqual(["completed"]);
    expect(found.refusals).toBeLessThanOrEqual(10);
    expect(found.seconds).toBeLessThanOrEqual(7);
  },
);

interface Slow {
  readonly answerMs: number;
  readonly seconds?: string | undefined;
}

interface Found {
  readonly seconds: number;
  readonly statuses: readonly string[];
  readonly refusals: number;
}

/** So many runs at once through a limit of ten a second. */
async function through(
  count: number,
  counting: Counting,
  { answerMs, seconds }: Slow,
): Promise<Found> {
  const refusal = (): Record<string, string> => (seconds ? { "retry-after": seconds } : {});
  const it = limited({ counting, limit: 10, answerMs: () => answerMs, refusal });
  await using server = await serve(it.reply);
  const agent = new Agent({ model: chatCompletions({ baseURL: server.baseURL, model: "m" }) });
  const start = performance.now();
  const results = await Promise.all(Array.from({ length: count }, () => agent.run("Hello")));
  return {
    seconds: (performance.now() - start) / 1_000,
    statuses: [...new Set(results.map(({ status }) => status))],
    refusals: it.refusals,
  };
}
