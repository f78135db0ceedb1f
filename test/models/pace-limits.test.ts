import { Agent } from "@pawl/core";
import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

import { type Counting, type Limited, limited, type LimitedOptions } from "./limited-server.ts";
import { serve } from "./server.ts";

const countings: readonly Counting[] = ["fixed window", "sliding log", "token bucket"];

const hints: Readonly<Record<string, Pick<LimitedOptions, "refusal" | "every">>> = {
  "says nothing": {},
  "says to wait for 0 seconds": { refusal: () => ({ "retry-after": "0" }) },
  "says to wait for a second": { refusal: () => ({ "retry-after": "1" }) },
  "says to wait for a fraction": {
    refusal: ({ resetMs }) => ({ "retry-after": (resetMs / 1_000).toFixed(3) }),
  },
  "says to wait until a date": {
    refusal: () => ({ "retry-after": new Date(Date.now() + 1_000).toUTCString() }),
  },
  "says what is left": {
    every: ({ left, resetMs }, limit) => ({
      "x-ratelimit-limit-requests": String(limit),
      "x-ratelimit-remaining-requests": String(left),
      "x-ratelimit-reset-requests": `${Math.ceil(resetMs)}ms`,
    }),
  },
};

test.concurrent.each(countings)(
  "60 runs at once get through a limit of ten a second: %s",
  // Other tests may keep the machine busy for a moment.
  { timeout: 15_000, retry: 1 },
  async (counting) => {
    const it = limited({ counting, limit: 10, answerMs: () => 5 + Math.random() * 45 });
    const { seconds, statuses } = await runs(60, it);
    expect(statuses).toEqual(["completed"]);
    expect(it.refusals).toBeLessThanOrEqual(10);
    expect(seconds).toBeLessThanOrEqual(6.5);
  },
);

const cases = countings.flatMap((counting) =>
  Object.keys(hints).map((hint) => ({ counting, hint })),
);

test.concurrent.each(cases)("$counting, a server that $hint", async ({ counting, hint }) => {
  const it = limited({ counting, limit: 10, answerMs: () => 20, ...hints[hint] });
  const { seconds, statuses } = await runs(25, it);
  expect(statuses).toEqual(["completed"]);
  expect(it.refusals).toBeLessThanOrEqual(hint === "says what is left" ? 3 : 10);
  // Two periods, and what is lost by finding out when they begin.
  expect(seconds).toBeLessThanOrEqual(4.5);
});

async function runs(
  count: number,
  it: Limited,
): Promise<{ seconds: number; statuses: readonly string[] }> {
  await using server = await serve(it.reply);
  const agent = new Agent({ model: chatCompletions({ baseURL: server.baseURL, model: "m" }) });
  const start = performance.now();
  const results = await Promise.all(Array.from({ length: count }, () => agent.run("Hello")));
  const seconds = (performance.now() - start) / 1_000;
  return { seconds, statuses: [...new Set(results.map(({ status }) => status))] };
}
