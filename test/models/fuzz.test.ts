import { expect, test } from "vitest";

import { doShare } from "../fuzz/share.ts";
import { SocketReader } from "../fuzz/socket-reader.ts";

test("whatever a server sends, in whatever pieces, what holds for every answer holds", async () => {
  await using socket = await SocketReader.open();
  const share = { seed: 1, first: 0, step: 1, runs: 2_000, httpEvery: 100 };
  const progress = new Int32Array(2);
  const result = await doShare({ ...share, progress }, { socket, heap: () => 0 });
  const finding = "problem" in result ? result : undefined;
  expect(finding && [finding.run, finding.problem, finding.body.toString("utf8")]).toBeUndefined();
  // Were all of them refused, nothing would be proven.
  const { kinds } = result as { kinds: Record<string, number> };
  const whole = Object.keys(kinds).filter((kind) => /: (stop|tool-calls)$/.test(kind));
  expect(whole.filter((kind) => (kinds[kind] ?? 0) > 50)).toHaveLength(4);
});
