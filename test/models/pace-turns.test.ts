import { ModelError } from "@pawl/core";
import { chatCompletions } from "@pawl/models";
import { expect, test, vi } from "vitest";

// Eight refusals take minutes, which only a clock of the test's own can wait for: so this looks inside.
// @boundaries-ignore a clock of the test's own
import { Pacer } from "../../packages/models/src/pace/pacer.ts";
// @boundaries-ignore a clock of the test's own
import { Passage } from "../../packages/models/src/pace/passage.ts";
// @boundaries-ignore a clock of the test's own
import { newTicket } from "../../packages/models/src/pace/ticket.ts";
import { ask, hello, send, serve } from "./server.ts";

const soon = { "retry-after-ms": "1" };

test("a refusal while others are let in does not count as an attempt that failed", async () => {
  let refusals = 0;
  await using server = await serve((response, _attempt, { body }) =>
    body.includes("unlucky") && (refusals += 1) <= 3
      ? send(response, "", { status: 429, headers: soon })
      : send(response, hello),
  );
  const model = chatCompletions({ baseURL: server.baseURL, model: "m", maxRetries: 1 });
  const over = new AbortController();
  const others = async (): Promise<void> => {
    while (!over.signal.aborted) await ask(model, { run: { id: "other" } });
  };
  const busy = others();
  const { message } = await ask(model, { messages: [{ role: "user", content: "unlucky" }] });
  over.abort();
  await busy;
  expect([message?.content, refusals]).toEqual(["Hello", 4]);
}, 15_000);

test.each([0, 1, 2])(
  "where nobody is let in, each refusal counts: %i attempts after the first",
  async (maxRetries) => {
    await using server = await serve((response) =>
      send(response, "", { status: 429, headers: soon }),
    );
    const model = chatCompletions({ baseURL: server.baseURL, model: "m", maxRetries });
    expect((await ask(model)).error).toMatchObject({ code: "rate-limit", status: 429 });
    expect(server.received).toHaveLength(1 + maxRetries);
  },
);

test("a request is refused for others eight times at most, and not when none was let in since", async () => {
  vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] });
  const pacer = new Pacer();
  const patience = { signal: new AbortController().signal, totalMs: 2_000_000_000 };
  const passage = new Passage(pacer, {});
  const found: boolean[] = [];
  for (const isOtherLetIn of [true, false, ...Array.from({ length: 8 }, () => true)]) {
    void passage.enter(1, patience);
    await vi.advanceTimersByTimeAsync(70_000);
    const other = newTicket({}, 1, 0);
    if (isOtherLetIn) pacer.answered(other, { status: 200, headers: {} });
    passage.failed(new ModelError("No.", { code: "rate-limit", status: 429, retryable: true }));
    found.push(passage.isShared);
  }
  vi.useRealTimers();
  expect(found).toEqual([true, false, true, true, true, true, true, true, false, false]);
});
