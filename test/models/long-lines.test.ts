import { once } from "node:events";

import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

import { ask, delta, events, finish, send, serve } from "./server.ts";

const megabyte = "x".repeat(1024 * 1024);

test.each([
  ["a comment", ": "],
  ["a line that is no field", "nothing "],
  ["an event", "data: "],
])("%s without an end is not read for ever", async (_name, start) => {
  await using server = await serve(async (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(start);
    const gone = once(response, "close");
    for (let sent = 0; sent < 64 && !response.destroyed; sent++)
      if (!response.write(megabyte))
        await Promise.race([new Promise((resolve) => response.once("drain", resolve)), gone]);
    response.end();
  });
  const model = chatCompletions({ baseURL: server.baseURL, model: "m", maxRetries: 0 });
  const { error } = await ask(model);
  expect(error).toMatchObject({
    code: "protocol",
    message: "An event of the stream is too long.",
  });
});

test.each(["\n", "\r\n", "\r"])("many lines are no long one, ended by %j", async (end) => {
  const comments = `: ${megabyte}${end}`.repeat(20);
  const text = events(delta({ content: "Hello" }), finish()).replaceAll("\n", end);
  await using server = await serve((response) => send(response, comments + text));
  const { message, error } = await ask(chatCompletions({ baseURL: server.baseURL, model: "m" }));
  expect([message?.content, error]).toEqual(["Hello", undefined]);
});
