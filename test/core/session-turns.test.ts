import { expect, test } from "vitest";

// @boundaries-ignore who waits for whom is told apart where it is decided, without runs around it
import { busySessions, SessionTurn } from "../../packages/core/src/session/session-turn.ts";

/** Who has begun, in order. */
function book() {
  const begun: string[] = [];
  const enter = (name: string, turn: SessionTurn): SessionTurn => {
    void turn.enter().then(() => begun.push(name));
    return turn;
  };
  return { begun, enter, settled: () => new Promise((resolve) => setImmediate(resolve)) };
}

test("turns with a session come one after another, and with others at once", async () => {
  const { begun, enter, settled } = book();
  const first = enter("a1", new SessionTurn("a"));
  const second = enter("a2", new SessionTurn("a"));
  const third = enter("a3", new SessionTurn("a"));
  const other = enter("b1", new SessionTurn("b"));
  await settled();
  expect(begun).toEqual(["a1", "b1"]);

  first.leave();
  await settled();
  expect(begun).toEqual(["a1", "b1", "a2"]);

  second.leave();
  third.leave();
  other.leave();
  await settled();
  expect(begun).toEqual(["a1", "b1", "a2", "a3"]);
  expect(busySessions()).toBe(0);
});

test("whoever gives up waiting holds up nobody, and leaving twice does no harm", async () => {
  const { begun, enter, settled } = book();
  const first = enter("first", new SessionTurn("a"));
  const second = enter("second", new SessionTurn("a"));
  const third = enter("third", new SessionTurn("a"));

  second.leave();
  await settled();
  expect(begun).toEqual(["first"]);
  first.leave();
  first.leave();
  const fourth = enter("fourth", new SessionTurn("a"));
  await settled();
  expect(begun).toEqual(["first", "third"]);
  third.leave();
  fourth.leave();
  expect(busySessions()).toBe(0);
});

test("a turn inside a turn with the same session is refused, however deep, and frees nobody's place", async () => {
  const { begun, enter, settled } = book();
  const outer = new SessionTurn("a");
  void outer.enter();
  const between = new SessionTurn("b", outer);
  void between.enter();

  const refused = new SessionTurn("a", outer);
  expect(() => void refused.enter()).toThrow("wait for ever");
  refused.leave();
  const next = enter("next", new SessionTurn("a"));
  await settled();
  expect(begun).toEqual([]);
  next.leave();
  expect(() => void new SessionTurn("a", between).enter()).toThrow("wait for ever");
  between.leave();
  outer.leave();
  expect(busySessions()).toBe(0);
});

test("work that a run left behind may take a turn when that run has ended", async () => {
  const { begun, enter, settled } = book();
  const outer = enter("outer", new SessionTurn("a"));
  outer.leave();
  const another = enter("another", new SessionTurn("a"));
  const late = enter("late", new SessionTurn("a", outer));

  another.leave();
  late.leave();
  await settled();
  expect(begun).toEqual(["outer", "another", "late"]);
  expect(busySessions()).toBe(0);
});

test("runs that have ended are forgotten, when each was started by work that the one before left behind", () => {
  let last: SessionTurn | undefined;
  for (let count = 0; count < 20_000; count++) {
    const next = new SessionTurn(`session ${count}`, last);
    void next.enter();
    last?.leave();
    last = next;
  }
  last?.leave();
  expect(busySessions()).toBe(0);
});

test("two runs whose tools want each other's session are told apart from a queue: the second is refused", async () => {
  const { begun, enter, settled } = book();
  const a = enter("a", new SessionTurn("a"));
  const b = enter("b", new SessionTurn("b"));
  const c = enter("c", new SessionTurn("c"));
  const aWantsB = enter("a wants b", new SessionTurn("b", a));
  const bWantsC = enter("b wants c", new SessionTurn("c", b));

  expect(() => void new SessionTurn("a", c).enter()).toThrow("wait for ever");
  // Nobody waits for this one, so it only stands in line.
  const cWantsD = enter("c wants d", new SessionTurn("d", c));
  for (const each of [cWantsD, c, bWantsC, b, aWantsB, a]) each.leave();
  await settled();
  expect(begun).toEqual(["a", "b", "c", "c wants d", "b wants c", "a wants b"]);
  expect(busySessions()).toBe(0);
});
