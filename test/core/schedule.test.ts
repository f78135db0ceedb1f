import { expect, test } from "vitest";

// @boundaries-ignore the order of thousands of calls is looked at without waiting for any
import { type Claim, Schedule } from "../../packages/core/src/calls/schedule.ts";
import { Chance } from "../fuzz/chance.ts";

/** The calls of a schedule, and which of them run. */
class Office {
  readonly schedule: Schedule;
  readonly running: number[] = [];

  constructor(mayClaim: readonly boolean[], limit: number) {
    this.schedule = new Schedule(mayClaim, limit);
  }

  async enter(index: number, claim?: Claim): Promise<void> {
    await this.schedule.enter(index, claim);
    this.running.push(index);
  }
}

function all(count: number, mayClaim: boolean): boolean[] {
  return Array.from({ length: count }, () => mayClaim);
}

function writes(...resources: string[]): Claim {
  return { resources, isExclusive: true };
}

function reads(...resources: string[]): Claim {
  return { resources, isExclusive: false };
}

async function turns(): Promise<void> {
  for (let n = 0; n < 4; n++) await Promise.resolve();
}

test("calls that claim nothing start at once, as many as there are places", async () => {
  const { schedule, running, ...office } = new Office(all(4, false), 2);
  expect(schedule.enter(0)).toBeUndefined();
  expect(schedule.enter(1)).toBeUndefined();
  expect([office, running]).toEqual([{}, []]);
  const third = schedule.enter(2);
  const fourth = schedule.enter(3);
  expect([third, fourth]).toEqual([expect.any(Promise), expect.any(Promise)]);
  schedule.leave(1);
  await third;
  schedule.leave(0);
  await fourth;
});

test("places go to the calls in their order, also to those that are still prepared", async () => {
  const office = new Office(all(3, false), 1);
  void office.enter(2);
  void office.enter(1);
  await turns();
  expect(office.running).toEqual([]);
  office.schedule.leave(0);
  await turns();
  expect(office.running).toEqual([1]);
  office.schedule.leave(1);
  await turns();
  expect(office.running).toEqual([1, 2]);
});

test("a place that no earlier call can want is given away before these are prepared", () => {
  const schedule = new Schedule(all(8, false), 3);

  expect(schedule.enter(2)).toBeUndefined();
  expect(schedule.enter(3)).toBeInstanceOf(Promise);
});

test("writes to one resource run one by one in the order of the calls, reads beside each other", async () => {
  const office = new Office(all(5, true), 8);
  const claims = [writes("a"), writes("a", "b"), reads("b"), reads("b"), writes("c")];
  for (const [index, claim] of claims.entries()) void office.enter(index, claim);
  await turns();
  expect(office.running).toEqual([0, 4]);
  office.schedule.leave(0);
  await turns();
  expect(office.running).toEqual([0, 4, 1]);
  office.schedule.leave(1);
  await turns();
  expect(office.running).toEqual([0, 4, 1, 2, 3]);
});

test("a write waits for the reads before it, and the reads after it wait for the write", async () => {
  const office = new Office(all(3, true), 8);
  for (const [index, claim] of [reads("a"), writes("a"), reads("a")].entries())
    void office.enter(index, claim);
  await turns();
  expect(office.running).toEqual([0]);
  office.schedule.leave(0);
  await turns();
  expect(office.running).toEqual([0, 1]);
});

test("a call that waits for a resource takes no place", async () => {
  const office = new Office(all(4, true), 2);
  for (const [index, claim] of [writes("a"), writes("a"), writes("a"), writes("b")].entries())
    void office.enter(index, claim);
  await turns();

  expect(office.running).toEqual([0, 3]);
});

test("until it is known what an earlier call claims, only calls that claim something wait for it", async () => {
  const office = new Office([true, true, false], 8);
  void office.enter(1, writes("b"));
  void office.enter(2);
  await turns();
  expect(office.running).toEqual([2]);
  void office.enter(0, writes("a"));
  await turns();
  expect(office.running.toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
});

test("a call that never runs lets the next one go on, and leaving twice frees one place", async () => {
  const office = new Office(all(4, true), 1);
  for (const index of [0, 1, 2, 3]) void office.enter(index, writes("a"));
  await turns();
  office.schedule.leave(1);
  office.schedule.leave(0);
  office.schedule.leave(0);
  await turns();

  expect(office.running).toEqual([0, 2]);
});

test("a thousand calls are scheduled within a few hundredths of a second", () => {
  const schedule = new Schedule(all(1000, true), 1000);
  const startedAt = performance.now();
  for (let n = 0; n < 1000; n++) void schedule.enter(n, writes(`file-${n}`));
  for (let n = 0; n < 1000; n++) schedule.leave(n);

  expect(performance.now() - startedAt).toBeLessThan(500);
});

test("in 2,000 random answers whoever may start does, and nobody else", async () => {
  for (let run = 0; run < 2000; run++) {
    const wrong = await playAnswer(new Chance(3, run));
    expect(wrong).toBeUndefined();
  }
});

/** Calls enter and leave in any order. Says which calls ran, and which the rules let run, where these are not the same. */
async function playAnswer(chance: Chance): Promise<string | undefined> {
  const count = 1 + chance.below(10);
  const limit = 1 + chance.below(5);
  const calls = Array.from({ length: count }, () => ({
    phase: "preparing",
    claim: claimOf(chance),
  }));
  const office = new Office(
    calls.map(({ claim }) => claim !== undefined),
    limit,
  );
  for (;;) {
    const open = calls.flatMap(({ phase }, index) => (phase === "over" ? [] : [index]));
    if (open.length === 0) return undefined;
    const index = chance.of(open);
    const call = calls[index] as (typeof calls)[number];
    if (call.phase === "preparing" && !chance.isOneIn(6)) {
      call.phase = "waiting";
      void office.enter(index, call.claim);
    } else if (call.phase !== "waiting" || chance.isOneIn(6)) {
      call.phase = "over";
      office.schedule.leave(index);
    }
    for (const [at, each] of calls.entries())
      if (each.phase === "waiting" && mayStart(calls, at, limit)) each.phase = "running";
    await turns();
    const expected = calls.flatMap(({ phase }, at) => (phase === "running" ? [at] : [])).join();
    const running = office.running.filter((at) => calls[at]?.phase !== "over");
    const ran = running.toSorted((a, b) => a - b).join();
    if (ran !== expected) return `${ran} and not ${expected}`;
  }
}

function claimOf(chance: Chance): Claim | undefined {
  if (chance.isOneIn(3)) return undefined;
  const resources = ["a", "b", "c"].filter(() => chance.isOneIn(2));
  return { resources, isExclusive: chance.isOneIn(2) };
}

function mayStart(
  calls: ReadonlyArray<{ readonly phase: string; readonly claim: Claim | undefined }>,
  index: number,
  limit: number,
): boolean {
  const { claim } = calls[index] as (typeof calls)[number];
  const before = calls.slice(0, index).filter(({ phase }) => phase !== "over");
  const preparing = before.filter(({ phase }) => phase === "preparing");
  const running = calls.filter(({ phase }) => phase === "running");
  if (running.length + preparing.length >= limit) return false;
  if (!claim || claim.resources.length === 0) return true;
  if (preparing.some((each) => each.claim)) return false;
  return before.every(
    (each) =>
      (!claim.isExclusive && !each.claim?.isExclusive) ||
      !each.claim?.resources.some((one) => claim.resources.includes(one)),
  );
}
