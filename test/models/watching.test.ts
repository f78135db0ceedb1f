import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

import { ask, delta, finish, send, serve, stream } from "./server.ts";

test("of an answer that nobody watches only the text is told as it arrives", async () => {
  await using server = await serve((response) =>
    send(
      response,
      stream(
        delta({ reasoning_content: "Hm." }),
        delta({ content: "I add." }),
        delta({ tool_calls: [{ index: 0, id: "c", function: { name: "add", arguments: "{}" } }] }),
        finish("tool_calls"),
      ),
    ),
  );
  const model = chatCompletions({ baseURL: server.baseURL, model: "m" });
  const watched = await ask(model, { isWatched: true });
  const unwatched = await ask(model, { isWatched: false });
  expect(watched.events.map(({ type }) => type)).toEqual([
    "reasoning-delta",
    "text-delta",
    "tool-input-start",
    "tool-input-delta",
    "tool-input-end",
  ]);
  expect(unwatched.events).toEqual([{ type: "text-delta", text: "I add." }]);
  expect(unwatched.message).toEqual(watched.message);
});
