import { expect, test, vi } from "vitest";

// What is learnt shows over minutes, which only a clock of the test's own can wait for: so this looks inside.
// @boundaries-ignore a clock of the test's own
import { Pacer } from "../../packages/models/src/pace/pacer.ts";
// @boundaries-ignore a clock of the test's own
import { newTicket, type Ticket } from "../../packages/models/src/pace/ticket.ts";

test("once a limit is lifted, the pace rises step by step", async () => {
  const { it, pacer, at } = simulated(10);
  void many(pacer, it, 4_000);
  await at(5_000);
  const before = it.letIn;
  it.limit = 1_000;
  await at(15_000);
  const between = it.letIn;
  await at(30_000);
  expect(before).toBeLessThan(60);
  expect(between - before).toBeGreaterThan(100);
  expect(it.letIn - between).toBeGreaterThan(800);
  expect(it.refused).toBeLessThan(10);
  end();
});

test("while a limit stays, it is seldom tried whether it does", async () => {
  const { it, pacer, at } = simulated(10);
  void many(pacer, it, 2_000);
  await at(100_000);
  expect(it.letIn).toBeGreaterThan(900);
  expect(it.refused).toBeLessThan(10);
  expect(it.mostRefusals).toBeLessThanOrEqual(2);
  end();
});

test("requests one after the other are no evidence for many at once", async () => {
  const { it, pacer, at } = simulated(10);
  for (let count = 1; count <= 60; count += 1) {
    void many(pacer, it, 1);
    await at(count * 200);
  }
  void many(pacer, it, 60);
  await at(30_000);
  expect(it.letIn).toBe(120);
  expect(it.refused).toBeLessThanOrEqual(10);
  end();
});

test("a limit that is lowered is found again", async () => {
  const { it, pacer, at } = simulated(40);
  void many(pacer, it, 4_000);
  await at(4_000);
  it.limit = 10;
  await at(8_000);
  const { letIn, refused } = it;
  await at(14_000);
  expect(it.letIn - letIn).toBeGreaterThan(40);
  expect(it.refused - refused).toBeLessThan(6);
  end();
});

test("a limit by the minute is found out by fewer and fewer trials", async () => {
  const { it, pacer, at } = simulated(20, 60_000);
  void many(pacer, it, 100);
  await at(60_000);
  expect(it.letIn).toBe(20);
  expect(it.refused).toBeLessThan(16);
  await at(200_000);
  expect(it.letIn).toBeGreaterThanOrEqual(60);
  expect(it.refused).toBeLessThan(14);
  expect(it.mostRefusals).toBeLessThanOrEqual(2);
  end();
});

test("what was learnt is forgotten when there were no requests for a while", async () => {
  const { it, pacer, at } = simulated(10);
  const first = many(pacer, it, 12);
  await at(10_000);
  await first;
  it.limit = 1_000;
  await at(200_000);
  void many(pacer, it, 200);
  await at(201_000);
  expect(it.letIn).toBe(212);
  end();
});

test("a refusal that comes late tells of its own burst, and of nothing new", async () => {
  const { pacer, at } = simulated(10);
  for (let count = 0; count < 6; count += 1)
    pacer.answered(enter(pacer), { status: 200, headers: {} });
  const [refused, late] = [enter(pacer), enter(pacer)];
  await at(10);
  pacer.refused(refused, undefined);
  await at(1_100);
  const probe = enter(pacer);
  await at(1_120);
  pacer.answered(probe, { status: 200, headers: {} });
  pacer.refused(late, undefined);
  await at(1_300);
  expect([late.state, enter(pacer).state]).toEqual(["refused", "sent"]);
  end();
});

test("an answer that was overtaken does not bring back what is used up", async () => {
  const { pacer, at } = simulated(10);
  const one = enter(pacer);
  await at(10);
  const two = enter(pacer);
  pacer.answered(two, head(0));
  pacer.answered(one, head(5));
  expect(enter(pacer).state).toBe("waiting");
  end();
});

/** The head of an answer that says what is left. */
function head(left: number): { status: number; headers: Record<string, string> } {
  return {
    status: 200,
    headers: { "x-ratelimit-remaining": String(left), "x-ratelimit-reset": "5" },
  };
}

/** A request that leaves at once if it may. */
function enter(pacer: Pacer): Ticket {
  const ticket = newTicket({}, 1, 0);
  void pacer.enter(ticket, { signal: over.signal, totalMs: 60_000 });
  return ticket;
}

/** A server with a sliding limit and a round trip of 20 ms, on a clock of its own. */
function simulated(limit: number, periodMs = 1_000): Simulation {
  vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] });
  const log: number[] = [];
  const it: SimulatedServer = {
    limit,
    letIn: 0,
    refused: 0,
    mostRefusals: 0,
    take: () => {
      const now = performance.now();
      while (log[0] !== undefined && log[0] <= now - periodMs) log.shift();
      if (log.length >= it.limit) return false;
      log.push(now);
      return true;
    },
  };
  const start = performance.now();
  const at = async (ms: number): Promise<void> => {
    await vi.advanceTimersByTimeAsync(start + ms - performance.now());
  };
  return { it, pacer: new Pacer(), at };
}

interface SimulatedServer {
  limit: number;
  letIn: number;
  refused: number;
  mostRefusals: number;
  readonly take: () => boolean;
}

interface Simulation {
  readonly it: SimulatedServer;
  readonly pacer: Pacer;
  readonly at: (ms: number) => Promise<void>;
}

const over = new AbortController();

/** Requests that are tried until they are let in. */
function many(pacer: Pacer, it: SimulatedServer, count: number): Promise<unknown> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const run = {};
      for (let refusals = 0; ; refusals += 1) {
        it.mostRefusals = Math.max(it.mostRefusals, refusals);
        const ticket = newTicket(run, 1, refusals);
        await pacer.enter(ticket, { signal: over.signal, totalMs: 2_000_000_000 });
        const isIn = it.take();
        await new Promise((resolve) => setTimeout(resolve, 20));
        it[isIn ? "letIn" : "refused"] += 1;
        pacer.answered(ticket, { status: isIn ? 200 : 429, headers: {} });
        if (!isIn) pacer.refused(ticket, undefined);
        pacer.ended(ticket);
        if (isIn) return;
      }
    }),
  );
}

/** Gives the clock back; what still waits is left where it is. */
function end(): void {
  vi.useRealTimers();
}
