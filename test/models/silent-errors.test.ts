import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

import { ask, type Reply, serve } from "./server.ts";

/** A head, and then what never becomes a whole document. */
function head(status: number, write: (beat: () => void) => unknown): Reply {
  return (response) => {
    response.writeHead(status, { "content-type": "application/json" }).flushHeaders();
    write(() => response.write(" "));
  };
}

test("an error whose words do not come is told by its status, and soon", async () => {
  await using server = await serve(head(401, () => {}));
  const start = performance.now();
  const { error } = await ask(chatCompletions({ baseURL: server.baseURL, model: "m" }));
  expect(error).toMatchObject({ code: "auth", status: 401, retryable: false });
  expect(String(error)).toContain("no reason given");
  expect(performance.now() - start).toBeLessThan(3_000);
});

test("one whose words never end is not listened to for ever", async () => {
  let timer: NodeJS.Timeout | undefined;
  await using server = await serve(head(403, (beat) => (timer = setInterval(beat, 100))));
  const start = performance.now();
  const { error } = await ask(chatCompletions({ baseURL: server.baseURL, model: "m" }));
  clearInterval(timer);
  expect(error).toMatchObject({ code: "auth", status: 403 });
  expect(performance.now() - start).toBeGreaterThan(3_000);
  expect(performance.now() - start).toBeLessThan(5_000);
}, 10_000);

test("an abort ends the wait for the words of an error at once", async () => {
  const controller = new AbortController();
  await using server = await serve(
    head(401, () => setTimeout(() => controller.abort(new Error("enough")), 50)),
  );
  const model = chatCompletions({ baseURL: server.baseURL, model: "m", maxRetries: 0 });
  const start = performance.now();
  const { error } = await ask(model, { signal: controller.signal });
  expect(String(error)).toBe("Error: enough");
  expect(performance.now() - start).toBeLessThan(1_000);
});
