import { expect, test } from "vitest";

import { costs } from "./cost.ts";
import { sources } from "./sources.ts";

test("the types of an agent with 50 tools cost the compiler at most a quarter more than what is written by hand", async () => {
  const { byHand, pawl } = await costs(sources(50));
  expect(byHand.instantiations).toBeGreaterThan(20_000);
  expect(pawl.instantiations / byHand.instantiations).toBeLessThan(1.25);
}, 60_000);
