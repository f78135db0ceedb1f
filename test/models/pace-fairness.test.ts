import type { Model } from "@pawl/core";
import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

import { limited } from "./limited-server.ts";
import { ask, hello, send, serve, type Server } from "./server.ts";

test("a run with many requests does not keep another one waiting", async () => {
  const order: string[] = [];
  await using server = await serve((response, _attempt, { body }) => {
    order.push(saidIn(body));
    setTimeout(() => send(response, hello), 5);
  });
  const model = modelAt(server, { pace: { concurrency: 1 } });
  const crowd = { id: "crowd" };
  const many = Array.from({ length: 20 }, (_, index) => say(model, crowd, `crowd ${index}`));
  const single = { id: "single" };
  const few = ["single 0", "single 1"].map((text) => say(model, single, text));
  await Promise.all([...many, ...few]);
  expect(order.slice(0, 5)).toEqual(["crowd 0", "crowd 1", "single 0", "crowd 2", "single 1"]);
  expect(order.slice(5)).toEqual(Array.from({ length: 17 }, (_, index) => `crowd ${index + 3}`));
});

test("what a limit holds back is shared out by runs", async () => {
  const it = limited({ counting: "sliding log", limit: 10, answerMs: () => 20 });
  await using server = await serve(it.reply);
  const model = modelAt(server);
  const crowd = { id: "crowd" };
  const many = Array.from({ length: 22 }, () => say(model, crowd, "crowd"));
  const others = [1, 2, 3].map((id) => say(model, { id: `single ${id}` }, "single"));
  await Promise.all([...many, ...others]);
  const texts = it.bodies.map(saidIn);
  expect(texts.lastIndexOf("single")).toBeLessThan(15);
});

function modelAt(server: Server, options: object = {}): Model {
  return chatCompletions({ baseURL: server.baseURL, model: "m", ...options });
}

async function say(model: Model, run: { readonly id: string }, content: string): Promise<void> {
  const { error } = await ask(model, { run, messages: [{ role: "user", content }] });
  expect(error).toBeUndefined();
}

function saidIn(body: string): string {
  const { messages } = JSON.parse(body) as { messages: readonly { content: string }[] };
  return messages.at(-1)?.content ?? "";
}
