import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

import { ask, delta, finish, send, serve, stream } from "./server.ts";

test("text that is said again in each piece is read once, where the server is known to do so", async () => {
  const pieces = ["Ha", "Haha", "Haha!"].map((content) => delta({ content }));
  await using server = await serve((response) => send(response, stream(...pieces, finish())));
  const contents = [];
  for (const quirks of [{}, { cumulativeText: false }, { cumulativeText: true }]) {
    const model = chatCompletions({ baseURL: server.baseURL, model: "m", quirks });
    contents.push((await ask(model)).message?.content);
  }
  expect(contents).toEqual(["HaHahaHaha!", "HaHahaHaha!", "Haha!"]);
});
