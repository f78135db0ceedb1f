import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { Agent } from "@pawl/core";
import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

test("the socket of a model that fell silent is closed when it is given up", async () => {
  const closed = Promise.withResolvers<number>();
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write('data: {"choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\n');
    response.on("close", () => closed.resolve(performance.now()));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const model = chatCompletions({
    baseURL: `http://127.0.0.1:${port}/v1`,
    model: "m",
    apiKey: "k",
    maxRetries: 0,
  });

  const agent = new Agent({ model, timeouts: { idleMs: 200 }, maxRestarts: 0 });
  const result = await agent.run("Go.");
  const endedAt = performance.now();

  expect(result).toMatchObject({ status: "failed", error: { code: "timeout" }, text: "Hi" });
  expect((await closed.promise) - endedAt).toBeLessThan(100);
  server.close();
});
